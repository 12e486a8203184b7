import copy
import json
import re
import shutil
import xml.etree.ElementTree as ElementTree

import make_cells
import make_report
import pytest
from conftest import raw
from gauntlet_report import as_json, chart_files, markdown
from gauntlet_report.load import load_summary
from gauntlet_report.load_runs import Runs
from gauntlet_report.view import build_view


@pytest.fixture
def view(write):
    def of(summary):
        return build_view(load_summary(write(summary)), Runs())

    return of


def test_markdown_says_the_lead_the_recommendations_and_each_answer(view):
    text = markdown.report(view(make_cells.everything()))
    assert text.startswith("# Of ") and "\n## Which one?\n" in text
    assert "| API server | **single\\_loop** |" in text or "| API server | **io\\_uring** |" in text
    assert "| Survives crashes | crash\\_recovery/completed | 2 of 3 kept every promise |" in text
    assert "io\\_uring lost" in text


def test_every_line_of_a_markdown_table_has_as_many_cells_as_its_head(view):
    summary = copy.deepcopy(raw("troubled"))
    for cell in summary["cells"]:
        cell["cell"] = f"a|b\n{cell['cell']}"
    text = markdown.report(view(summary))
    width = 0
    for line in text.splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert not cells or not width or cells == width, line
        width = cells


def test_markup_in_names_is_text_in_markdown():
    assert markdown.text("<b>*x*</b>|`") == "\\<b\\>\\*x\\*\\</b\\>\\|\\`"


def test_json_holds_the_words_of_the_page_and_none_of_its_looks(view):
    made = json.loads(as_json.report(view(make_cells.everything())))
    assert made["schema"] == "gauntlet.report/1" and made["kind"] == "report"
    api = made["recommendations"][0]
    assert api["title"] == "API server" and api["leaders"]
    text = json.dumps(made)
    assert '"colour"' not in text and '"strip"' not in text
    assert {line["about"] for _, lines in made["claims"] for line in lines} >= {"Spawning a task"}


def test_each_chart_becomes_a_file_that_stands_alone(write):
    drawn = chart_files.chart_files(load_summary(write(raw("full"))), Runs())
    names = [name for name, _ in drawn]
    assert len(names) == len(set(names)) == 11 and "load-http-open-pareto" in names
    for name, svg in drawn:
        root = ElementTree.fromstring(svg)
        assert root.tag == "{http://www.w3.org/2000/svg}svg" and "var(" not in svg, name
        assert float(root.get("width")) > 800
        assert "#0a6ed2" in svg


def test_a_name_of_a_cell_cannot_lead_out_of_the_folder():
    assert chart_files.file_name("../../etc/x", "A b") == "etc-x-a-b"


@pytest.mark.parametrize("form, start", [("svg", b"<svg"), ("png", b"\x89PNG")])
def test_the_program_writes_a_folder_of_charts(write, form, start, capsys):
    if form == "png" and not shutil.which(chart_files.PROGRAM):
        pytest.skip(f"{chart_files.PROGRAM} is not installed")
    directory = write(raw("one_runtime"))
    assert make_report.main([str(directory), "--format", form]) == 0
    made = sorted((directory / "charts").iterdir())
    assert len(made) == 4 and all(path.read_bytes().startswith(start) for path in made)
    assert capsys.readouterr().out.strip() == str(directory / "charts")


def test_a_missing_converter_is_told_with_its_remedy(write, monkeypatch, capsys):
    monkeypatch.setattr(chart_files.shutil, "which", lambda _name: None)
    assert make_report.main([str(write(raw("one_runtime"))), "--format", "png"]) == 2
    assert "scripts/setup" in capsys.readouterr().err
