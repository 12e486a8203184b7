import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import make_fixtures
import make_runs
import pytest
from gauntlet_report import flame_view
from gauntlet_report.charts import flame
from gauntlet_report.charts.base import WIDE
from gauntlet_report.load import BadSummary, load_summary
from gauntlet_report.load_comparison import Comparison
from gauntlet_report.load_runs import load_runs
from gauntlet_report.palette import Palette
from gauntlet_report.render import render_changes
from gauntlet_report.stacks import by_function, read_stacks, tree_of
from page import Page
from test_charts import luminance

CELL = "load/http-open"
STACKS = [(("main", "a", "b"), 60), (("main", "a"), 20), (("main", "b", "a"), 20)]


@pytest.fixture
def results(tmp_path):
    def make(name="results"):
        folder = tmp_path / name
        folder.mkdir()
        make_runs.write(folder, make_fixtures.full(), CELL)
        return folder

    return make


def flames_of(folder):
    summary = load_summary(folder)
    cell = summary.cells[0]
    return flame_view.cell_flames(cell, cell.columns, load_runs(folder), Palette(summary.runtimes), "c")


def test_a_frame_is_as_wide_as_all_that_lies_on_it():
    root = tree_of(STACKS)
    main = root.children["main"]
    assert (root.samples, main.samples, main.own, main.children["a"].samples, main.children["a"].own) == (100, 100, 0, 80, 20)
    boxes = []
    flame_view.lay(root, 0, 0.0, root, {}, boxes)
    assert [(box.name, box.depth, box.left, box.width) for box in boxes] == [
        ("all", 0, 0.0, 100.0), ("main", 1, 0.0, 100.0), ("a", 2, 0.0, 80.0), ("b", 3, 0.0, 60.0), ("b", 2, 80.0, 20.0),
        ("a", 3, 80.0, 20.0)]


def test_a_recursion_counts_once():
    assert by_function(tree_of([(("a", "b", "a"), 7)])) == {"a": [7, 7], "b": [7, 0]}


def test_what_is_narrower_than_a_pixel_is_left_out():
    root, boxes = tree_of([(("main",), 9999), (("rare",), 1)]), []
    flame_view.lay(root, 0, 0.0, root, {}, boxes)
    assert [box.name for box in boxes] == ["all", "main"]


def test_a_function_is_held_against_itself_wherever_it_is_called():
    head, base = tree_of([(("run<A>", "send"), 60), (("run<A>", "wait"), 40)]), tree_of([(("run<B>", "send"), 60),
                                                                                        (("run<B>", "wait"), 40)])
    found = flame_view.difference("i", "A", Palette([]).look("A"), head, "B", base)
    tones = {box.name: box.tone for box in found.boxes}
    assert tones == {"all": "even", "run<A>": "more3", "send": "even", "wait": "even"}
    assert dict(found.table)["send"] == ["60\u202f%", "60\u202f%", "0.0\u202fpoints"]


@pytest.mark.parametrize("text", ["main;run\n", "main;run 3.5\n", " 3\n", "main -1\n"])
def test_a_line_without_a_count_is_refused_by_its_number(tmp_path, text):
    path = tmp_path / "0000.folded"
    path.write_text("main 1\n" + text)
    with pytest.raises(BadSummary, match="0000.folded, line 2 is not"):
        read_stacks(path)


def test_a_stack_without_end_is_cut(tmp_path):
    path = tmp_path / "0000.folded"
    path.write_text(";".join(["f"] * 5000) + " 3\n")
    found = flame_view.flame("i", "r", Palette([]).look("r"), tree_of(read_stacks(path)), 1)
    assert 100 < len(found.boxes) < 300 and dict(found.table)["f"] == ["100\u202f%", "100\u202f%"]


def test_rounds_are_one_graph_and_the_leader_is_what_others_are_held_against(results):
    found = flames_of(results())
    assert [item.label for item in found.flames] == ["floor_epoll", "single_loop", "io_uring", "busy_wait"]
    assert found.flames[0].samples.endswith("samples of 6 runs") and found.flames[0].boxes[0].width == 100
    assert {item.other for item in found.differences} == {"io_uring"} and len(found.differences) == 3


def test_a_profile_that_cannot_be_read_is_named_and_the_rest_is_shown(results):
    folder = results()
    (folder / "profiles" / "0000.folded").unlink()
    found = flames_of(folder)
    assert len(found.flames) == 4 and "0000.folded" in found.notes[0] and "of 5 runs" in found.flames[0].samples


def test_runs_without_a_profile_have_no_graph(tmp_path):
    make_runs.write(tmp_path, make_fixtures.full())
    assert flames_of(tmp_path) is None


@pytest.mark.parametrize("form", [None, WIDE])
def test_a_graph_is_well_formed_and_names_with_templates_are_escaped(form):
    boxes = [flame.Box("all", 0, 0, 100, "even", "t"), flame.Box("std::vector<int>::push()", 1, 0, 0.5, "own1", "<tip>")]
    root = ElementTree.fromstring(flame.draw(boxes, form, "id", "T<", "D"))
    frames = root.findall("svg")
    assert [item.get("data-frame") for item in frames] == ["all", "std::vector<int>::push()"]
    assert frames[0].find("text").text == "all" and frames[1].find("text") is None  # no letter of it would fit
    assert (root.get("viewBox") is None) == (form is None)


@pytest.mark.parametrize("start, end", [(":root", "@media"), ("@media screen and (prefers-color-scheme: dark)", "* {")])
def test_a_name_stands_out_from_every_colour_of_a_frame(start, end):
    sheet = (Path(flame_view.__file__).parent / "style.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", sheet[sheet.index(start):].split(end, 1)[0]))
    tones = {name: colour for name, colour in colours.items() if re.fullmatch(r"(own|kernel|library|more|less)\d|even", name)}
    assert len(tones) == 16
    for name, colour in tones.items():
        low, high = sorted((luminance(colour), luminance(colours["ink"])))
        assert (high + 0.05) / (low + 0.05) >= 4.5, name


def test_two_builds_differ_function_by_function(results):
    folders = [results("base"), results("head")]
    html = render_changes(Comparison("1", "2", (), ()), ["base", "head"], [load_summary(each) for each in folders],
                          [load_runs(each) for each in folders])
    page = Page(html)
    assert page.errors == [] and "io_uring against base" in page.text
    assert len([svg for svg in page.named("svg") if svg.get("class") == "flame"]) == 4


def test_the_page_leads_to_the_graphs_or_says_which_run_would_supply_them(pages):
    assert "Flame graphs of load/http-open" in Page(pages["everything"]).text
    assert "no flame graphs. gauntlet bench quick --profile --only load" in Page(pages["full"]).text
