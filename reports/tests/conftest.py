import json
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

FIXTURES = HERE / "fixtures"
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
def pages():
    """Every fixture as HTML, rendered once."""
    from gauntlet_report.load import load_summary
    from gauntlet_report.render import render_report
    return {name: render_report(load_summary(FIXTURES / name)) for name in NAMES}
