"""What is partial gives a report that says what is missing; what is not a results directory gives one line."""

import copy
import json

import make_report
import pytest
from conftest import raw
from gauntlet_report.load import load_summary
from gauntlet_report.load_runs import load_runs
from gauntlet_report.render import render_report
from page import Page


def page_of(directory):
    return Page(render_report(load_summary(directory), load_runs(directory)))


def test_an_empty_directory_is_one_line_with_the_command(tmp_path, capsys):
    assert make_report.main([str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1 and f"gauntlet report {tmp_path}" in said


def test_a_bench_that_finished_nothing_names_what_is_missing_everywhere(write):
    directory = write(raw("nothing"))
    page = page_of(directory)
    assert page.errors == []
    for words in ("No recommendation: something that counts here was not measured.", f"gauntlet bench --resume {directory}",
                  "No cell of this bench kills a server.", "not run: gauntlet bench full --only memory"):
        assert words in page.text, words


def test_a_directory_without_runs_or_histograms_still_gives_its_page(write):
    summary = copy.deepcopy(raw("full"))
    for cell in summary["cells"]:
        for column in cell["columns"]:
            column["percentiles"] = {}
    page = page_of(write(summary))
    assert page.errors == [] and "has no runs.jsonl" in page.text


@pytest.mark.parametrize("strip", ["metrics", "verdicts", "to_reference", "effective_config"])
def test_columns_without_one_of_their_parts_are_shown_without_complaint(write, strip):
    summary = copy.deepcopy(raw("full"))
    summary["cells"] = summary["cells"][::3]
    for cell in summary["cells"]:
        for column in cell["columns"]:
            column[strip] = [] if strip == "verdicts" else {}
    assert page_of(write(summary)).errors == []


def test_a_newer_schema_of_the_runs_is_refused_with_its_version(write, capsys):
    directory = write(raw("one_runtime"))
    (directory / "runs.jsonl").write_text(json.dumps({"schema": "gauntlet.run/7"}) + "\n", encoding="utf-8")
    assert make_report.main([str(directory)]) == 2
    assert "gauntlet.run/7" in capsys.readouterr().err and not (directory / "report.html").exists()


def test_every_format_refuses_the_same_input(write, capsys):
    directory = write({**raw("full"), "schema": "gauntlet.summary/9"})
    for form in ("html", "md", "json", "svg", "png"):
        assert make_report.main([str(directory), "--format", form]) == 2
    assert [path.name for path in directory.iterdir()] == ["summary.json"]
    assert len(capsys.readouterr().err.splitlines()) == 5
