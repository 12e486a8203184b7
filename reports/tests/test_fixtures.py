import sys

from conftest import FIXTURES, NAMES, raw

sys.path.insert(0, str(FIXTURES))
import make_fixtures  # noqa: E402


def test_the_golden_summaries_are_what_their_maker_makes():
    for name in NAMES:
        assert raw(name) == getattr(make_fixtures, name)(), name
