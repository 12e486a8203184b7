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

FEW, MANY = 1, 4  # times the cells of `make bench`
A_THOUSAND = 1000


def directory_of(folder, times):
    made = make_fixtures.many()
    made["cells"] = [{**cell, "cell": f"{cell['cell']}-{place}"} for place in range(times) for cell in made["cells"]]
    folder.mkdir()
    make_runs.write(folder, made)
    return folder


def calls_of(work):
    """How many functions are called, and generators resumed: the same on every machine."""
    count = 0

    def counted(_frame, event, _argument):
        nonlocal count
        count += event == "call"

    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.usefixtures("undrawn")
def test_four_times_the_runs_are_four_times_the_work(tmp_path):
    few, many = directory_of(tmp_path / "few", FEW), directory_of(tmp_path / "many", MANY)
    assert len(load_runs(many).runs) >= A_THOUSAND
    render_report(load_summary(few), load_runs(few))  # what is done but once, like reading the templates
    once, four_times = (calls_of(lambda folder=folder: render_report(load_summary(folder), load_runs(folder)))
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
