import xml.etree.ElementTree as ElementTree

import make_cells
import make_ordeals
import pytest
from conftest import raw
from gauntlet_report.charts import dots, steps
from gauntlet_report.charts.base import FORMATS, NARROW
from gauntlet_report.load import load_summary
from gauntlet_report.load_runs import Runs
from gauntlet_report.model import Runtime
from gauntlet_report.palette import Palette
from gauntlet_report.part_view import folded_of, part_views
from gauntlet_report.parts import PARTS, part_of
from gauntlet_report.portrait_view import Tick, across_views, portrait_views
from gauntlet_report.portraits import FLOOR, NO_FLOOR, PORTRAITS
from gauntlet_report.view import build_view
from page import Page

PALETTE = Palette([Runtime(f"r{index}", "contender", True, "") for index in range(20)])


@pytest.fixture
def cells(write):
    """The cells as the report reads them, and the palette of their summary."""
    def of(*made):
        summary = load_summary(write({**raw("full"), "cells": list(made)}))
        return summary.cells, Palette(summary.runtimes)

    return of


def portraits(cells, made):
    (cell,), palette = cells(made)
    return {view.heading: view for view in portrait_views(cell, cell.columns, palette, "c")}


def test_cheap_requests_are_held_against_themselves_alone(cells):
    view = portraits(cells, make_ordeals.fairness_cell())["Cheap requests beside burning ones, p99"]
    assert view.steps == ("alone", "1\u202fms", "5\u202fms", "20\u202fms") and view.from_first and view.unit == "ns"
    line = next(line for line in view.lines if line.label == "single_loop")
    assert line.values[3] / line.values[0] == pytest.approx(17000 / 60, rel=0.02)
    places = next(places for name, _, places in view.table if name == "single_loop")
    assert places[0].distance == "" and places[3].distance.endswith("×") and places[3].interval


def test_overload_is_drawn_against_what_is_offered(cells):
    found = portraits(cells, make_ordeals.overload_cell())
    assert found["Goodput under overload"].steps == ("100\u202f%", "120\u202f%", "200\u202f%", "500\u202f%")
    assert found["Shed"].unit == "%" and 80 < found["Shed"].lines[0].values[2] < 90
    assert "Recovery from overload" not in found  # nothing of it was measured


def test_figures_of_different_units_share_an_axis_and_the_floor_stands_in_each_row(cells):
    view = portraits(cells, make_ordeals.task_cell())["What a task costs"]
    rows = {track.label: track for track in view.tracks}
    assert rows["timer lateness, p99"].dots[0].value > 1e4 and rows["skynet"].floor == pytest.approx(120e6 * 0.03, rel=0.05)
    assert all("×" in dot.tip for dot in rows["spawn"].dots if dot.label != "plain_calls")


def test_memory_of_a_task_is_held_against_a_thread(cells):
    made = make_cells.memory_cell()
    made["metrics"].append({"name": "thread_resident_bytes", "unit": "bytes", "better": "lower", "description": ""})
    for column in made["columns"]:
        column["metrics"]["thread_resident_bytes"] = {"median": 14336, "low": None, "high": None, "values": [14336]}
    view = portraits(cells, made)["What is held in memory"]
    assert view.tracks[0].floor == 14336
    assert float(view.table[0][2][0].distance.rstrip("×")) == pytest.approx(1100 / 14336, rel=0.1)


def test_a_cell_in_which_nothing_was_measured_has_no_portrait(cells):
    made = make_ordeals.fairness_cell()
    for column in made["columns"]:
        column["metrics"] = {}
    assert portraits(cells, made) == {}


def test_what_the_cells_of_files_have_in_common_stands_in_one_picture(cells):
    found, palette = cells(*make_ordeals.file_cells())
    views = {view.heading: view for view in across_views(list(found), palette, "p")}
    assert list(views) == ["Operations per second", "Latency p50", "Latency p99", "CPU per operation"]
    rate = views["Operations per second"]
    assert [track.label for track in rate.tracks] == ["read-1", "write-16"]
    assert all(track.floor for track in rate.tracks) and rate.better == "higher"
    assert {"pread", "pwrite", "single_loop"} <= {name for name, _, _ in rate.table}


def test_a_journal_is_held_against_the_same_runtime_without_it(cells):
    made = [make_cells.made_cell(f"journal_cost/{backend}", backend, "?", {"journal_backend": backend}, "throughput_64_rps",
                                 {"throughput_64_rps": rate, "throughput_1_rps": rate / 9}, [])
            for backend, rate in (("none", 90000.0), ("segment", 45000.0))]
    found, palette = cells(*made)
    view = across_views(list(found), palette, "p")[0]
    assert [track.floor for track in view.tracks] == [pytest.approx(90000 / 0.93, rel=0.01)] * 2
    places = next(places for name, _, places in view.table if name == "single_loop")
    assert places[0].distance == "" and float(places[1].distance.rstrip("×")) == pytest.approx(0.5, rel=0.02)
    alone = across_views(list(found)[1:], palette, "p")[0]
    assert alone.tracks[0].floor is None and "no cell has journal_backend=none" in alone.means


def test_other_cells_of_one_scenario_share_the_figure_that_leads_them(cells):
    found, palette = cells(*raw("full")["cells"][:3])
    views = across_views(list(found), palette, "p")
    assert [view.heading for view in views] == ["CPU per request"] and len(views[0].tracks) == 2


def test_portraits_know_no_runtime():
    names = ("single_loop", "multi_loop", "io_uring", "work_stealing", "libuv", "asio", "fallback", "busy_wait")
    text = repr([portrait.steps + ((portrait.heading, portrait.means),) for portrait in PORTRAITS])
    assert not any(name in text for name in names)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("values", [(5.0, 5.0, 5.0), (0.0, 0.0, 0.0), (1.0, None, 1e6), (None, None, 3.0)])
def test_lines_of_any_size_are_well_formed(values, form):
    lines = [steps.Line(f"r{index}", PALETTE.look(f"r{index}"), values, ("<a>", "b", "c")) for index in range(12)]
    svg = steps.draw(lines, ("one", "two", "three"), "x <", Tick("ns"), True, form, "id", "T", "D")
    ElementTree.fromstring(svg)
    assert "<a>" not in svg and (">r3</text>" in svg) == (form is not NARROW)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("values", [(5.0,) * 12, (0.0, 0.0), (1.0, 1e9), ()])
def test_dots_of_any_size_are_well_formed_and_none_hides_another(values, form):
    found = tuple(dots.Dot(f"r{index}", PALETTE.look(f"r{index}"), value, "t") for index, value in enumerate(values))
    track = dots.Track("row <", found, values[0] if values else None)
    ElementTree.fromstring(dots.draw((track,), Tick("bytes"), form, "id", "T", "D"))
    lanes = dots.lanes_of(track, lambda value: value)
    assert len(set(zip(lanes, values))) == len(values)


def test_an_axis_of_bytes_counts_in_powers_of_two():
    assert (Tick("bytes")(4096), Tick("ns")(1e6), Tick("%")(12.5), Tick("requests/s")(9000)) == (
        "4\u202fKiB", "1\u202fms", "12.5\u202f%", "9,000")


def test_of_many_cells_of_one_scenario_the_first_is_open():
    held = [("files", f"c{index}") for index in range(6)] + [("sweep", "c6")]
    assert folded_of(held) == {"c1", "c2", "c3", "c4", "c5"} and folded_of(held[2:]) == set()


def test_every_part_stands_on_the_page_and_names_what_would_supply_it(pages):
    page = Page(pages["one_runtime"])
    for part in PARTS:
        assert f"part-{part.ident}" in page.ids
        assert part.ident == "load" or part.supply in page.text, part.title


def test_a_scenario_that_no_part_knows_and_one_of_journals_have_their_place(write):
    summary = raw("full")
    summary["cells"][0]["scenario"], summary["cells"][1]["scenario"] = "novelty", "journal_cost"
    summary = load_summary(write(summary))
    view = build_view(summary, Runs())
    assert [part.cells[0].name for part in view.others] == ["load/http-open"]
    assert [cell.name for cell in view.crashes.cells] == ["load/echo-open"] and view.journal_supply == ""
    assert part_of("files").title == "Files" and len(part_views(summary, view.cells, PALETTE)[0]) == len(PARTS)


def test_a_picture_without_a_floor_says_so(cells):
    found, palette = cells(make_cells.crash_cell(), make_cells.crash_cell("accepted"))
    view, = across_views(list(found), palette, "p")
    assert view.means == NO_FLOOR and all(track.floor is None for track in view.tracks)
    assert portraits(cells, make_ordeals.task_cell())["What a task costs"].means == FLOOR
