import json

import make_cells
import make_runs
import pytest
from gauntlet_report.charts import base, spread
from gauntlet_report.load import load_summary
from gauntlet_report.load_runs import load_runs
from gauntlet_report.palette import Palette
from gauntlet_report.render import spread_charts
from gauntlet_report.spread_view import quantile, spread_view
from make_observed import RESTARTS, encoded
from page import Page


@pytest.fixture
def shown(tmp_path):
    """The view of a results directory whose lines of runs.jsonl were changed."""

    def of(change=lambda lines: None):
        made = make_cells.everything()
        made["cells"] = [cell for cell in made["cells"] if cell["scenario"] == "crash_recovery"]
        make_runs.write(tmp_path, made)
        path = tmp_path / "runs.jsonl"
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        change(lines)
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        summary = load_summary(tmp_path)
        return spread_view(summary, load_runs(tmp_path), Palette(summary.runtimes))

    return of


def test_every_restart_of_all_rounds_is_counted_for_each_runtime_and_journal(shown):
    view = shown()
    assert [group.label for group in view.groups] == ["completed", "accepted"]
    assert [row.label for row in view.groups[0].rows] == ["single_loop", "io_uring"]
    assert all(sum(count for _, count in row.times) == RESTARTS * make_runs.ROUNDS for group in view.groups for row in group.rows)
    assert len(view.table) == 4 and view.table[0][3][0] == str(RESTARTS * make_runs.ROUNDS)


def test_one_slow_restart_is_the_slowest_and_leaves_the_median_alone(shown, tmp_path):
    def one_run(lines):
        kept = next(line for line in lines if line["runtime"] == "io_uring")
        (tmp_path / "one.hlog").write_text(f"Tag=recovery,0.000,0.000,1.000,{encoded([1000] * 17 + [9_000_000])}\n")
        kept["histograms"] = {"recovery": "one.hlog#recovery"}
        lines[:] = [kept]

    row, = shown(one_run).groups[0].rows
    assert row.median == pytest.approx(1000, rel=0.06) and row.times[-1][0] == pytest.approx(9e6, rel=0.06)
    assert quantile(row.times, 0.9) == row.median and quantile(row.times, 1) == row.times[-1][0]


def test_runs_without_restarts_give_no_chart_and_name_the_run_that_supplies_it(shown, pages):
    assert shown(lambda lines: [line.update(histograms={}) for line in lines]) is None
    assert spread_charts(None, base.FORMATS) == []
    assert "The recovery time of each single restart" not in Page(pages["everything"]).text


def test_a_file_that_is_not_there_is_said(shown):
    view = shown(lambda lines: lines[0].update(histograms={"recovery": "histograms/none.hlog#recovery"}))
    assert view.groups and len(view.notes) == 1 and "none.hlog" in view.notes[0]


def test_a_thousand_restarts_need_no_more_dots_than_there_is_room():
    times = [(1e6 * 1.0001 ** place, 1) for place in range(1000)]
    kept = spread.thinned(times, 0.01)
    assert len(kept) == 10 and kept[0] == times[0][0]


def test_the_chart_names_each_runtime_with_its_figures(shown):
    view = shown()
    for _, svg in spread_charts(view, base.FORMATS):
        assert svg.count('data-runtime="io_uring"') >= 2 and f"{RESTARTS * make_runs.ROUNDS} restarts, median" in svg
