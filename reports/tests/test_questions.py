import copy
import json

import pytest
from conftest import raw
from gauntlet_report.load import load_summary
from gauntlet_report.questions import OTHER, QUESTIONS, answers_to, focus, other_answers, ranking_by
from gauntlet_report.render import render_report
from page import Page

ASKED = {question.ident: question for question in QUESTIONS}


@pytest.fixture
def answers(write):
    def of(ident, change=lambda summary: None, name="full"):
        summary = copy.deepcopy(raw(name))
        change(summary)
        return answers_to(ASKED[ident], load_summary(write(summary)))

    return of


def swap(summary):
    """Exchanges what was measured of two runtimes, and leaves their places and names alone."""
    text = json.dumps(summary["cells"])
    text = text.replace("io_uring", "\0").replace("single_loop", "io_uring").replace("\0", "single_loop")
    summary["cells"] = json.loads(text)


def kinds(found):
    return {item.cell.cell: (item.decision.kind, item.decision.leaders) for item in found}


def test_each_question_is_answered_by_the_cells_that_measure_it(answers):
    cells = {ident: [item.cell.cell for item in answers(ident)] for ident in ASKED}
    assert cells == {"cpu": ["load/http-open", "load/echo-open"], "tail": ["load/http-open", "load/echo-open"],
                     "throughput": ["load/http-closed"], "idle": ["busy_wait/mixed"], "memory": [], "tasks": [],
                     "knee": [], "recovery": []}


@pytest.mark.parametrize("ident, scenario, metric", [
    ("memory", "memory", "waiting_task_bytes"), ("tasks", "scheduling", "spawn_join_ns"), ("knee", "sweep", "knee_rps")])
def test_a_cell_led_by_another_metric_answers_the_question_that_asks_for_it(answers, ident, scenario, metric):
    def renamed(summary):
        cell = summary["cells"][0]
        old = cell["primary"]
        text = json.dumps(cell).replace(f'"{old}"', f'"{metric}"').replace(f'"{cell["scenario"]}"', f'"{scenario}"')
        summary["cells"][0] = json.loads(text)

    found = answers(ident, renamed)
    assert [item.cell.primary for item in found] == [metric]
    assert found[0].leading and found[0].decision.kind in ("win", "tie")


def test_a_closed_loop_says_nothing_about_cpu_or_latency_and_an_open_one_nothing_about_saturation(answers):
    assert "load/http-closed" not in kinds(answers("cpu")) and "load/http-closed" not in kinds(answers("tail"))
    assert "load/http-open" not in kinds(answers("throughput"))


def test_swapped_measurements_swap_every_verdict(answers):
    other = {"io_uring": "single_loop", "single_loop": "io_uring"}
    won = 0
    for ident in ASKED:
        before, after = kinds(answers(ident)), kinds(answers(ident, swap))
        for cell, (kind, leaders) in before.items():
            assert after[cell][0] == kind
            assert set(after[cell][1]) == {other[name] for name in leaders}
            won += kind == "win"
    assert won >= 2


def test_the_tail_is_ranked_by_its_own_comparisons(answers):
    def tail_is_turned(summary):
        for item in summary["cells"][0]["comparisons"]:
            if item["metric"] == "latency_p99_us":
                item.update(ratio=0.8, low=0.75, high=0.85, noise_low=0.98, noise_high=1.02, verdict="faster")
        for column, median in zip(summary["cells"][0]["columns"][1:3], (200.0, 250.0)):
            column["metrics"]["latency_p99_us"]["median"] = median

    assert answers("cpu", tail_is_turned)[0].decision.leaders == ("io_uring",)
    assert answers("tail", tail_is_turned)[0].decision.leaders == ("single_loop",)


def test_a_focused_cell_ranks_its_primary_metric_as_the_file_does(answers):
    for ident in ASKED:
        for item in answers(ident):
            if item.leading:
                assert {frozenset(group) for group in ranking_by(item.cell, item.cell.primary)} == {
                    frozenset(group) for group in item.cell.ranking}
                assert focus(item.cell, item.cell.primary) is item.cell


def test_a_figure_that_was_not_compared_names_the_setting_that_supplies_it(answers):
    def forget(summary):
        for cell in summary["cells"]:
            cell["comparisons"] = [item for item in cell["comparisons"] if item["metric"] != "latency_p99_us"]

    found = answers("tail", forget)[0]
    assert found.decision.kind == "not compared" and found.next_step == (
        'a bench whose suite has compare = ["latency_p99_us"] for load/http-open')


def test_too_few_rounds_and_an_absent_noise_floor_name_what_supplies_them(answers):
    def few(summary):
        for item in summary["cells"][1]["comparisons"]:
            item.update(verdict="unstable", pairs=2, low=None, high=None)

    def deaf(summary):
        for item in summary["cells"][1]["comparisons"]:
            item.update(verdict="unstable", noise_low=None, noise_high=None)

    assert "rounds = 6 or more" in answers("cpu", few)[1].next_step
    assert "as aa" in answers("cpu", deaf)[1].next_step
    assert "more rounds" in answers("cpu", lambda summary: [item.update(verdict="unstable") for item in
                                                            summary["cells"][1]["comparisons"]])[1].next_step
    assert "--resume" in answers("cpu", name="troubled")[1].next_step
    assert "two contenders that can run here" in answers("cpu", name="troubled")[0].next_step


def bind(*names):
    def change(summary):
        for column in summary["cells"][2]["columns"]:
            bound = [{"code": "generator_bound", "text": "it had no CPU left", "runs": 2}]
            column["warnings"] = bound if column["runtime"] in names else []
            column["effective_config"] = {}
        for item in summary["cells"][2]["comparisons"]:
            if item["metric"] == "throughput_rps":
                item.update(ratio=0.9, low=0.88, high=0.92, verdict="slower")
        summary["cells"][2]["ranking"] = [["io_uring"], ["single_loop"]]
    return change


def test_a_loser_at_the_limit_of_the_generator_leaves_throughput_open(answers):
    found = answers("throughput", bind("single_loop"))[0]
    assert found.decision.kind == "generator-bound"
    assert found.decision.reason == "single_loop, 2 of 6 runs: it had no CPU left"
    assert "another CPU for the generator" in found.next_step


def test_a_leader_at_the_limit_of_the_generator_still_leads(answers):
    assert kinds(answers("throughput", bind("io_uring")))["load/http-closed"] == ("win", ("io_uring",))


def test_a_tie_at_the_limit_of_the_generator_is_no_tie(answers):
    def level(summary):
        bind("io_uring")(summary)
        for item in summary["cells"][2]["comparisons"]:
            item["verdict"] = "same"
        summary["cells"][2]["ranking"] = [["io_uring", "single_loop"]]

    assert answers("throughput", level)[0].decision.kind == "generator-bound"


def test_the_limit_of_the_generator_does_not_touch_cpu_per_request(answers):
    def bound(summary):
        for column in summary["cells"][0]["columns"]:
            column["warnings"] = [{"code": "generator_bound", "text": "x", "runs": 6}]

    assert answers("cpu", bound)[0].decision.kind == "win"


def test_contenders_that_a_cell_did_not_run_are_named(answers):
    assert answers("idle", name="troubled")[0].not_run == ("multi_loop",)


def test_a_cell_that_no_question_asks_for_is_not_left_out(write):
    summary = copy.deepcopy(raw("full"))
    summary["cells"][3]["primary"] = "rss_peak_bytes"
    assert [(item.question, item.cell.cell) for item in other_answers(load_summary(write(summary)))] == [
        (OTHER, "busy_wait/mixed")]


def test_an_unanswered_question_names_the_run_that_would_answer_it(pages):
    text = Page(pages["one_runtime"]).text
    assert "not measured gauntlet bench full --only cpu_usage would supply it" in text
    assert "No cell of this bench measures throughput in a closed loop" in text


@pytest.mark.usefixtures("undrawn")
def test_an_acronym_keeps_its_capitals_where_a_question_has_no_answer(write):
    summary = copy.deepcopy(raw("full"))
    summary["cells"] = summary["cells"][2:]
    text = Page(render_report(load_summary(write(summary)))).text
    assert "No cell of this bench measures CPU per request in an open loop." in text


def test_the_table_of_answers_holds_amount_interval_and_noise(pages):
    text = Page(pages["full"]).text
    start = text.index("Least CPU per request")
    assert text[start:].startswith("Least CPU per request load/http-open io_uring −5.6 % against single_loop "
                                   "−8.7 … −4.2 % −1.9 … +3.0 %")


@pytest.mark.usefixtures("undrawn")
def test_a_swap_of_measurements_swaps_the_table_of_answers(write):
    summary = copy.deepcopy(raw("full"))
    swap(summary)
    assert "Least CPU per request load/http-open single_loop −5.6 % against io_uring" in Page(
        render_report(load_summary(write(summary)))).text
