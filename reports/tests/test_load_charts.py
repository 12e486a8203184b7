import copy
import xml.etree.ElementTree as ElementTree

import make_cells
import pytest
from conftest import raw
from gauntlet_report.charts import labels, offered, pareto
from gauntlet_report.charts.base import FORMATS, NARROW, WIDE
from gauntlet_report.load import load_summary
from gauntlet_report.load_views import offered_view, pareto_view
from gauntlet_report.model import Runtime
from gauntlet_report.palette import Palette
from page import Page

PALETTE = Palette([Runtime(f"r{index}", "contender", True, "") for index in range(20)])


def point(index, x, y):
    return pareto.Point(f"r{index}", PALETTE.look(f"r{index}"), x, y, (x * 0.98, x * 1.02), None)


def series(index, knee):
    look = PALETTE.look(f"r{index}")
    return offered.Series(f"r{index}", look, ((1000, 70.0), (knee * 0.9, 90.0)), ((1000, 120.0), (knee * 0.9, 800.0)), knee)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("count", [1, 2, 20])
def test_a_pareto_of_any_size_is_well_formed_and_names_each_runtime_where_there_is_room(count, form):
    points = [point(index, 10 + index, 300 - index) for index in range(count)]
    svg = pareto.draw(points, pareto.Axes("x <b>", "y"), form, "id", "T", "D")
    ElementTree.fromstring(svg)
    assert "x &lt;b&gt;" in svg and all((f">r{index}</text>" in svg) == (form is WIDE) for index in range(count))


def test_the_frontier_is_whoever_nobody_beats_in_both():
    points = [point(0, 5, 100), point(1, 4, 200), point(2, 6, 150), point(3, 7, 90), point(4, 4, 250)]
    assert [item.label for item in pareto.frontier(points)] == ["r1", "r0", "r3"]


def test_names_beside_points_do_not_lie_on_one_another():
    points = [(200 + 3 * index, 200 + 2 * index) for index in range(5)]
    texts = ["a_long_name"] * 5
    boxes = [labels.box(x + dx + {"left": 1, "right": -1, "center": 0}[align] * 7.2 * 11 / 2, y + dy, 7.2 * 11, 15)
             for (x, y), (dx, dy, align) in zip(points, labels.place(points, texts, (0, 0, 800, 400)))]
    for place, mine in enumerate(boxes):
        assert labels.fits(mine, boxes[:place], (0, 0, 800, 400))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("objective", [1000.0, None])
def test_offered_load_draws_knee_and_objective(form, objective):
    svg = offered.draw([series(0, 8000), series(1, 8000), series(2, 12000)], objective, form, "id", "T", "D")
    ElementTree.fromstring(svg)
    assert ("objective: p99" in svg) == bool(objective) and ("r1</text>" in svg) == (form is not NARROW)


def test_knees_at_the_same_rate_are_piled_up_and_others_are_not():
    assert offered.stacked([8000, 8000, 8010, 12000, None], 0.02) == [0, 1, 2, 0, 0]


def view_of(make, write, summary, place):
    summary = load_summary(write(summary))
    cell = summary.cells[place]
    return make(cell, cell.columns, Palette(summary.runtimes))


def test_points_lie_at_the_shares_of_a_runtimes_own_knee(write):
    made = make_cells.everything()
    view = view_of(offered_view, write, made, 3)
    knee = made["cells"][3]["columns"][0]["metrics"]["knee_rps"]["median"]
    rates = [rate for rate, _ in view.series[0].p99]
    assert rates[-1] == pytest.approx(0.9 * knee) and 5000 in rates and view.objective_us == 1000
    assert [item.label for item in view.series] == ["single_loop", "io_uring"]


def test_only_an_open_loop_holds_cpu_against_the_tail(write):
    assert view_of(pareto_view, write, raw("full"), 2) is None
    assert len(view_of(pareto_view, write, raw("full"), 0).points) == 4


def test_a_cell_without_a_knee_has_no_such_chart(write):
    assert view_of(offered_view, write, raw("full"), 0) is None
    broken = copy.deepcopy(make_cells.everything())
    for column in broken["cells"][3]["columns"]:
        column["metrics"].pop("knee_rps")
    assert view_of(offered_view, write, broken, 3) is None


def test_the_page_shows_both_with_a_table_behind_each(pages):
    text = Page(pages["everything"]).text
    assert "Latency against offered load" in text and "CPU against tail" in text
    figures = [figure for figure in Page(pages["everything"]).named("figure") if figure.get("class") != "flame-figure"]
    assert pages["everything"].count("Table behind this chart") == len(figures)
