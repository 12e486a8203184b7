"""Several results directories on one page: a head against its base, and any number side by side."""

import copy
import json

import make_report
import pytest
from conftest import raw
from gauntlet_report.changes_view import changes_view
from gauntlet_report.load import BadSummary, load_summary
from gauntlet_report.load_comparison import load_comparison
from gauntlet_report.load_runs import load_runs
from gauntlet_report.render import render_changes, render_sides
from gauntlet_report.side_view import sides_view
from page import Page


def change(runtime="io_uring", ratio=1.2, verdict="slower", better="lower", metric="subject_cpu_us_per_request", **more):
    return {"cell": "load/http-open", "runtime": runtime, "metric": metric, "unit": "us", "better": better,
            "paired": True, "rounds_a": 6, "rounds_b": 6, "median_a": 10.0, "median_b": 10.0 * ratio, "ratio": ratio,
            "low": ratio * 0.98, "high": ratio * 1.02, "pairs": 6, "noise_low": 0.99, "noise_high": 1.01,
            "verdict": verdict, "reason": "because", **more}


@pytest.fixture
def pair(tmp_path):
    """(base, head) on disk, with comparison.json in the head."""

    def of(changes, edit=lambda head: None, **more):
        for name in ("base", "head"):
            made = copy.deepcopy(raw("full"))
            if name == "head":
                edit(made)
            (tmp_path / name).mkdir(exist_ok=True)
            (tmp_path / name / "summary.json").write_text(json.dumps(made), encoding="utf-8")
        (tmp_path / "head" / "comparison.json").write_text(json.dumps(
            {"schema": "gauntlet.comparison/1", "a": {"path": "base", "revision": "aaa"},
             "b": {"path": "head", "revision": "bbb"}, "metrics": changes, "notes": ["the times are far apart"], **more}))
        return tmp_path / "base", tmp_path / "head"

    return of


def view_of(base, head):
    return changes_view(load_comparison(head, base), ["base", "head"], [load_summary(base), load_summary(head)])


def page_of(base, head):
    return Page(render_changes(load_comparison(head, base), ["base", "head"], [load_summary(base), load_summary(head)],
                               [load_runs(base), load_runs(head)]))


def test_what_asks_for_action_comes_first_and_the_largest_of_it_before_the_rest(pair):
    view = view_of(*pair([change(ratio=1.0, verdict="same"), change("single_loop", 0.8, "faster"), change(ratio=1.1),
                          change("single_loop", 1.4)]))
    assert [word for word, _, _ in view.groups] == ["slower", "faster", "same"]
    assert [item.runtime for item in view.groups[0][2]] == ["single_loop", "io_uring"]
    assert view.action == "Look first at CPU per request of single_loop in load/http-open: +40\u202f%."
    assert view.lead == "2 worse, 1 better, 1 unchanged."


def test_more_of_what_is_better_when_higher_lies_on_the_better_side_of_the_strip(pair):
    view = view_of(*pair([change(ratio=1.3, verdict="faster", better="higher", metric="throughput_rps"), change()]))
    worse, better = (group[2][0].strip for group in view.groups)
    assert better.dot < better.centre < worse.dot
    assert better.low < better.dot < better.high


def test_an_unknown_word_and_an_absent_ratio_are_not_settled(pair):
    view = view_of(*pair([change(verdict="puzzled", ratio=1.0), change(verdict="unstable", ratio=1.0)]))
    assert [(word, len(found)) for word, _, found in view.groups] == [("unstable", 2)]
    assert "could not be told" in view.action
    empty = view_of(*pair([change(ratio=1.0, verdict="invalid") | {"ratio": None, "low": None, "high": None}]))
    assert empty.groups[0][2][0].strip is None


def test_the_page_of_changes_is_whole_and_names_where_the_environments_differ(pair):
    def edit(head):
        head["environment"]["facts"][2]["value"] = "6.9.9-new"

    page = page_of(*pair([change(), change(ratio=1.0, verdict="same")], edit))
    assert page.errors == [] and len(page.ids) == len(set(page.ids))
    assert "6.9.9-new" in page.text and "the times are far apart" in page.text and "other facts are the same" in page.text
    assert page.text.index("Worse") < page.text.index("Unchanged: 1") < page.text.index("Environments")


def test_nothing_in_common_is_said(pair):
    assert "no figure in common" in page_of(*pair([])).text


@pytest.mark.parametrize("schema, words", [("gauntlet.comparison/2", "gauntlet.comparison/2"), ("x", "not gauntlet.comp")])
def test_another_schema_of_the_comparison_is_refused(pair, schema, words):
    base, head = pair([], schema=schema)
    with pytest.raises(BadSummary, match=words) as caught:
        load_comparison(head, base)
    assert "comparison.json" in str(caught.value) and "\n" not in str(caught.value)


def test_a_missing_comparison_names_the_command_that_makes_it(pair):
    base, head = pair([])
    (head / "comparison.json").unlink()
    with pytest.raises(BadSummary, match=f"gauntlet report --base {base} {head}"):
        load_comparison(head, base)


def several(*edits):
    made = []
    for edit in edits:
        summary = copy.deepcopy(raw("full"))
        edit(summary)
        made.append(summary)
    return made


def test_directories_stand_side_by_side_with_what_differs(tmp_path):
    def nothing(_summary):
        pass

    def less(summary):
        summary["cells"] = summary["cells"][:2]
        summary["cells"][0]["params"]["rate"] = "9000"
        summary["runtimes"] = summary["runtimes"][:3]

    summaries = []
    for place, made in enumerate(several(nothing, less, nothing)):
        folder = tmp_path / str(place)
        folder.mkdir()
        (folder / "summary.json").write_text(json.dumps(made))
        summaries.append(load_summary(folder))
    view = sides_view(["a", "b", "c"], summaries)
    assert [side.letter for side in view.sides] == ["A", "B", "C"]
    assert view.cells[0].differing == [("rate", ["8000", "9000", "8000"])]
    assert view.missing == [("B", "load/http-closed and busy_wait/mixed")]
    assert view.cells[2].rows[0].figures[1][1] == "not run"
    page = Page(render_sides(["<a>", "b", "c"], summaries))
    assert page.errors == [] and "<a>" in page.text and "3 results side by side." in page.text
    assert len(page.ids) == len(set(page.ids))


def test_the_program_makes_each_of_them_and_refuses_what_does_not_go_together(pair, capsys):
    base, head = pair([change()])
    assert make_report.main([str(head), "--base", str(base)]) == 0
    assert make_report.main([str(base), str(head)]) == 0
    assert (head / "changes.html").exists() and (head / "side_by_side.html").exists()
    assert capsys.readouterr().out.split() == [str(head / "changes.html"), str(head / "side_by_side.html")]
    assert make_report.main([str(base), str(head), "--base", str(base)]) == 2
    assert make_report.main([str(base), str(head), "--format", "svg"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2


@pytest.mark.parametrize("form", ["md", "json"])
def test_both_are_made_in_words_alone_too(pair, form):
    base, head = pair([change(), change(ratio=1.0, verdict="same")])
    assert make_report.main([str(head), "--base", str(base), "--format", form]) == 0
    assert make_report.main([str(base), str(head), "--format", form]) == 0
    changes, sides = ((head / f"{name}.{form}").read_text(encoding="utf-8") for name in ("changes", "side_by_side"))
    if form == "json":
        assert json.loads(changes)["kind"] == "changes" and json.loads(sides)["kind"] == "side_by_side"
    else:
        assert changes.startswith("# 1 worse, 1 unchanged.") and "| single\\_loop |" in sides
