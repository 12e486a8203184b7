"""A thousand runs: what a report does grows with what there is to show, and no faster."""

import copy
import sys

import make_fixtures
import make_runs
import pytest
from conftest import raw
from gauntlet_report import render
from gauntlet_report.load import load_summary
from gauntlet_report.load_runs import load_runs
from gauntlet_report.render import render_report

FEW, MANY = 5, 20  # cells of all runtimes
A_THOUSAND = 1000


def directory_of(folder, times):
    made = make_fixtures.many()
    idle = made["cells"][3]
    made["cells"] = [{**idle, "cell": f"{idle['cell']}-{place}"} for place in range(times)]
    folder.mkdir()
    make_runs.write(folder, made)
    return folder


def steps_of(work):
    """How many lines of the report are executed, each turn of a loop among them: the same on every machine."""
    count = 0

    def step(_frame, event, _argument):
        nonlocal count
        count += event == "line"
        return step

    sys.settrace(lambda frame, _event, _argument: step if "gauntlet_report" in frame.f_code.co_filename else None)
    try:
        work()
    finally:
        sys.settrace(None)
    return count


@pytest.mark.usefixtures("undrawn")
def test_four_times_the_runs_are_four_times_the_work(tmp_path):
    few, many = directory_of(tmp_path / "few", FEW), directory_of(tmp_path / "many", MANY)
    assert len(load_runs(many).runs) >= A_THOUSAND
    render_report(load_summary(few), load_runs(few))  # what is done but once, like reading the templates
    once, four_times = (steps_of(lambda folder=folder: render_report(load_summary(folder), load_runs(folder)))
                        for folder in (few, many))
    assert once < four_times < 4.2 * once


def test_several_processes_draw_what_one_draws(write, monkeypatch):
    made = copy.deepcopy(raw("full"))
    made["cells"] = [{**made["cells"][3], "cell": name} for name in ("busy_wait/one", "busy_wait/other")]
    summary = load_summary(write(made))
    monkeypatch.setattr(render, "drawn", lambda draw, *arguments: draw(*arguments))
    alone = render_report(summary)
    monkeypatch.setattr(render, "CELLS_OF_A_WORKER", 1)
    monkeypatch.setattr(render.os, "sched_getaffinity", lambda _process: {0, 1})
    assert render_report(summary) == alone
