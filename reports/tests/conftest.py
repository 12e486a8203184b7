import json
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FIXTURES = HERE / "fixtures"
sys.path[:0] = [str(HERE.parent), str(FIXTURES)]

NAMES = ("full", "troubled", "one_runtime", "nothing", "twelve")


def raw(name):
    return json.loads((FIXTURES / name / "summary.json").read_text(encoding="utf-8"))


@pytest.fixture
def write(tmp_path):
    """Writes a summary (a dict, or text as it is) into a results directory and returns the directory."""

    def put(summary):
        text = summary if isinstance(summary, str) else json.dumps(summary)
        (tmp_path / "summary.json").write_text(text, encoding="utf-8")
        return tmp_path

    return put


@pytest.fixture(scope="session")
def pages(tmp_path_factory):
    """Every fixture as HTML, rendered once; `many` with its runs, which are too large to be kept as files."""
    import make_fixtures
    import make_runs
    from gauntlet_report.load import load_summary
    from gauntlet_report.load_runs import load_runs
    from gauntlet_report.render import render_report
    many = tmp_path_factory.mktemp("many")
    make_runs.write(many, make_fixtures.many())
    return {"many": render_report(load_summary(many), load_runs(many)),
            **{name: render_report(load_summary(FIXTURES / name)) for name in NAMES}}
