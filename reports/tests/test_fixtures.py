import make_fixtures
from conftest import NAMES, raw


def test_the_golden_summaries_are_what_their_maker_makes():
    for name in NAMES:
        assert raw(name) == getattr(make_fixtures, name)(), name
