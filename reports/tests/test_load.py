import json

import make_report
import pytest
from conftest import FIXTURES, raw
from gauntlet_report.load import BadSummary, load_summary


def refused(directory):
    with pytest.raises(BadSummary) as caught:
        load_summary(directory)
    message = str(caught.value)
    assert "\n" not in message
    assert str(directory / "summary.json") in message
    return message


def test_every_golden_summary_is_read():
    summary = load_summary(FIXTURES / "full")
    assert [cell.cell for cell in summary.cells] == ["load/http-open", "load/echo-open", "load/http-closed",
                                                      "busy_wait/mixed"]
    assert summary.cells[0].main_column("single_loop").metrics["throughput_rps"].median > 0


def test_a_missing_summary_names_the_file_and_the_fix(tmp_path):
    assert f"gauntlet report {tmp_path}" in refused(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[" * 100000, '{"schema": "gauntlet.summary/1"} x', "[]", "null"])
def test_broken_json_is_refused_in_one_line(write, text):
    assert "gauntlet report" in refused(write(text))


def test_bytes_that_are_not_text_are_refused(tmp_path):
    (tmp_path / "summary.json").write_bytes(b"\xff\xfe\x00{")
    assert "not valid JSON" in refused(tmp_path)


@pytest.mark.parametrize("schema", ["gauntlet.summary/2", "gauntlet.summary/10.1"])
def test_a_newer_schema_is_refused_by_version(write, schema):
    summary = raw("full")
    summary["schema"] = schema
    message = refused(write(summary))
    assert schema in message and "gauntlet.summary/1" in message and "gauntlet report" not in message


def test_a_newer_minor_schema_is_read(write):
    summary = raw("full")
    summary["schema"] = "gauntlet.summary/1.3"
    assert load_summary(write(summary)).suite == "quick"


@pytest.mark.parametrize("schema", [None, "", "gauntlet.plan/1", 7])
def test_another_file_is_not_taken_for_a_summary(write, schema):
    assert "schema" in refused(write({**raw("full"), "schema": schema}))


@pytest.mark.parametrize("path, value", [
    (("cells",), {}), (("cells", 0), "x"), (("cells", 0, "columns"), "x"), (("cells", 0, "ranking"), ["x"]),
    (("cells", 0, "columns", 0, "metrics"), []), (("runtimes", 0, "name"), 5), (("complete",), "yes"),
    (("cells", 0, "columns", 0, "percentiles", "corrected"), [[1]]), (("cells", 0, "comparisons", 0, "ratio"), "1"),
])
def test_a_wrong_shape_is_refused_by_its_place(write, path, value):
    summary = raw("full")
    inner = summary
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    message = refused(write(summary))
    assert str(path[0]) in message


def test_figures_that_are_no_numbers_count_as_absent(write):
    summary = raw("full")
    summary["cells"][0]["columns"][0]["metrics"]["throughput_rps"]["median"] = float("nan")
    assert load_summary(write(json.dumps(summary))).cells[0].columns[0].metrics["throughput_rps"].median is None


def test_the_program_writes_beside_the_summary_and_prints_the_path(write, capsys):
    directory = write(raw("one_runtime"))
    assert make_report.main([str(directory)]) == 0
    assert capsys.readouterr().out.strip() == str(directory / "report.html")
    assert (directory / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert sorted(path.name for path in directory.iterdir()) == ["report.html", "summary.json"]


def test_the_program_writes_where_it_is_told(write, tmp_path):
    out = tmp_path / "elsewhere.html"
    assert make_report.main([str(write(raw("nothing"))), "--out", str(out)]) == 0
    assert out.exists() and not (tmp_path / "report.html").exists()


def test_the_program_exits_2_with_one_line_on_bad_input(write, tmp_path, capsys):
    assert make_report.main([str(tmp_path)]) == 2
    assert make_report.main([str(write({**raw("full"), "schema": "gauntlet.summary/9"}))]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2 and all(line.startswith("report: ") for line in lines)
    assert not (tmp_path / "report.html").exists()


def test_the_program_exits_2_where_it_cannot_write(write, tmp_path, capsys):
    assert make_report.main([str(write(raw("nothing"))), "--out", str(tmp_path / "no" / "r.html")]) == 2
    assert "--out" in capsys.readouterr().err
