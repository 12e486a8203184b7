import json
import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor
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


DRAWN = {}


@pytest.fixture(scope="session", autouse=True)
def drawn_once():
    """Most tests render the same charts again; each is drawn once."""
    from gauntlet_report import render
    draw_now = render.drawn

    def drawn(*arguments):
        key = repr(arguments)
        if key not in DRAWN:
            DRAWN[key] = draw_now(*arguments)
        return DRAWN[key]

    render.drawn = drawn
    # What another process draws, this one would not remember.
    render.CELLS_OF_A_WORKER, few = sys.maxsize, render.CELLS_OF_A_WORKER
    yield
    render.drawn, render.CELLS_OF_A_WORKER = draw_now, few


@pytest.fixture
def undrawn(monkeypatch):
    """For tests that read the words of a page of their own: its charts are left out."""
    from gauntlet_report import render
    monkeypatch.setattr(render, "drawn", lambda *_arguments: "")


@pytest.fixture(scope="session")
def pages(tmp_path_factory):
    """Every fixture as HTML, rendered once; `many` and `everything` with runs, which are too large to be files."""
    import make_cells
    import make_fixtures
    import make_runs
    made = {name: tmp_path_factory.mktemp(name) for name in ("everything", "many")}
    make_runs.write(made["everything"], make_cells.everything(), "load/http-open")
    make_runs.write(made["many"], make_fixtures.many())
    folders = {**made, **{name: FIXTURES / name for name in NAMES}}
    # Drawing is what takes time, so two do it; what each has drawn is handed back as well.
    with ProcessPoolExecutor(2, multiprocessing.get_context("fork")) as pool:
        found = dict(zip(folders, pool.map(page_and_drawings, folders.values())))
    for _, drawings in found.values():
        DRAWN.update(drawings)
    return {name: page for name, (page, _) in found.items()}


def page_and_drawings(folder):
    from gauntlet_report.load import load_summary
    from gauntlet_report.load_runs import load_runs
    from gauntlet_report.render import render_report
    return render_report(load_summary(folder), load_runs(folder)), dict(DRAWN)
