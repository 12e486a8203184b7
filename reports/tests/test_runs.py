import json
import re

import make_fixtures
import make_runs
import pytest
from conftest import raw
from gauntlet_report import render
from gauntlet_report.load import BadSummary, load_summary
from gauntlet_report.load_runs import load_runs
from gauntlet_report.render import render_report
from page import Page


@pytest.fixture
def put(tmp_path):
    def of(summary, change=lambda lines: lines):
        make_runs.write(tmp_path, summary)
        path = tmp_path / "runs.jsonl"
        path.write_text("".join(change(path.read_text(encoding="utf-8").splitlines(keepends=True))), encoding="utf-8")
        return tmp_path

    return of


def page_of(directory):
    return render_report(load_summary(directory), load_runs(directory))


def edited(index, **changes):
    def change(lines):
        lines[index] = json.dumps({**json.loads(lines[index]), **changes}) + "\n"
        return lines
    return change


def test_every_run_stands_on_the_page_with_command_and_configuration(put):
    html = page_of(put(raw("full")))
    runs = html[html.index('id="runs"'):]
    indices = [int(found) for found in re.findall(r'<th scope="row">(\d+)</th>', runs)]
    assert sorted(indices) == list(range(raw("full")["runs_planned"]))
    text = Page(html).text
    assert "gauntlet run load -r io_uring -p connections=64 -p pacing=closed -p protocol=http -p seed=1" in text
    assert "buffer_bytes=4096" in text and "Foreign CPU" in text


def test_validity_and_warnings_stand_beside_the_run(put):
    warnings = [{"severity": "note", "code": "disturbed", "text": "other processes took 39 %"}]
    metrics = {"sent_per_scheduled": {"value": 0.997, "unit": "ratio", "better": "higher"}}
    text = Page(page_of(put(raw("full"), edited(1, warnings=warnings, metrics=metrics)))).text
    assert "Sent of scheduled" in text and "0.997" in text
    assert "Run 1: disturbed other processes took 39 %" in text and "disturbed 1 of 6" in text


def test_a_configuration_that_changed_between_rounds_is_shown_for_each(put):
    text = Page(page_of(put(raw("full"), edited(0, effective_config={"workers": "7"})))).text
    assert "round 1: workers=7" in text and "round 2, 3, 4, 5 and 6: workers=1" in text


def test_values_are_quoted_for_a_shell_and_escaped_for_the_page(put):
    html = page_of(put(raw("one_runtime"), edited(0, params={"path": "/a b;<i>"})))
    assert Page(html).errors == [] and "<i>" not in html
    assert "-p 'path=/a b;<i>'" in Page(html).text


def test_a_torn_last_line_is_left_out_and_said(put):
    directory = put(raw("one_runtime"), lambda lines: lines[:-1] + [lines[-1][:40]])
    assert len(load_runs(directory).runs) == 11
    assert "was cut off" in Page(page_of(directory)).text


@pytest.mark.parametrize("line", ["{\n", "[]\n", '{"schema": "gauntlet.run/2"}\n', "{}\n", "\n"])
def test_a_bad_line_elsewhere_is_refused_by_its_number(put, line):
    with pytest.raises(BadSummary, match="line 3"):
        load_runs(put(raw("one_runtime"), lambda lines: [*lines[:2], line, *lines[3:]]))


def test_without_runs_the_page_says_so(write):
    directory = write(raw("full"))
    assert "has no runs.jsonl" in Page(page_of(directory)).text


def test_a_thousand_runs_take_no_more_drawings_than_few_and_a_bounded_space_each(put, monkeypatch):
    counted = []
    monkeypatch.setattr(render, "drawn", lambda *arguments, draw=render.drawn: counted.append(1) or draw(*arguments))
    few = put(make_fixtures.many())
    html = page_of(few)
    drawings, runs = len(counted), len(load_runs(few).runs)
    many = put(make_fixtures.many(), lambda lines: lines * 4)
    large = page_of(many)
    found = len(load_runs(many).runs)
    assert found > 1000 and len(counted) == 2 * drawings
    assert (len(large.encode()) - len(html.encode())) / (found - runs) < 1000
    assert len(large.encode()) < 2_000_000 and Page(large).errors == []
