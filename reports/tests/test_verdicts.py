import copy

import pytest
from conftest import raw
from gauntlet_report.load import Node, read_cell
from gauntlet_report.verdicts import compare, controls, decide, reversed_comparison

PRIMARY = "subject_cpu_us_per_request"


def cell_of(change=lambda value: None, name="full", index=0):
    value = copy.deepcopy(raw(name)["cells"][index])
    change(value)
    return read_cell(Node(value, "cell"))


def words(value, word):
    for comparison in value["comparisons"]:
        comparison["verdict"] = word


def test_the_first_of_the_ranking_wins_over_those_said_to_be_slower():
    decision = decide(cell_of())
    assert (decision.kind, decision.leaders) == ("win", ("io_uring",))
    assert decision.runner_up.runtime == "single_loop"
    assert [item.word for item in decision.standings] == ["slower", "control"]


def test_swapped_measurements_swap_the_verdict():
    def swap(value):
        names = {"io_uring": "single_loop", "single_loop": "io_uring"}
        for column in value["columns"]:
            column["runtime"] = names.get(column["runtime"], column["runtime"])
        for comparison in value["comparisons"]:
            comparison["a"], comparison["b"] = (names.get(comparison[key], comparison[key]) for key in "ab")
        value["ranking"] = [[names.get(name, name) for name in group] for group in value["ranking"]]

    assert decide(cell_of(swap)).leaders == ("single_loop",)


def test_a_group_of_equals_is_a_tie():
    decision = decide(cell_of(index=1))
    assert decision.kind == "tie" and set(decision.leaders) == {"single_loop", "io_uring"}


def test_a_group_that_holds_together_by_unstable_words_is_no_tie():
    def blur(value):
        words(value, "unstable")
        value["ranking"] = [["single_loop", "io_uring", "busy_wait"]]

    assert decide(cell_of(blur)).kind == "unstable"


def test_a_lone_leader_without_any_slower_one_is_unstable():
    assert decide(cell_of(lambda value: words(value, "unstable"))).kind == "unstable"


def test_an_unknown_word_is_taken_for_unstable():
    assert decide(cell_of(lambda value: words(value, "splendid"))).standings[0].word == "unstable"


def test_one_runtime_has_nothing_to_be_compared_with():
    decision = decide(cell_of(name="one_runtime"))
    assert (decision.kind, decision.leaders) == ("alone", ("single_loop",))


@pytest.mark.parametrize("status", ["failed", "skipped", "invalid"])
def test_a_cell_without_usable_runs_has_no_leader(status):
    def spoil(value):
        for column in value["columns"]:
            column.update(status=status, reason="because", metrics={})
        value.update(ranking=[], comparisons=[])

    decision = decide(cell_of(spoil))
    assert decision.kind == "none" and not decision.leaders
    assert {item.word for item in decision.standings} == {status}


def test_an_empty_cell_has_no_leader():
    assert decide(cell_of(lambda value: value.update(columns=[], ranking=[], comparisons=[]))).kind == "none"


def test_a_comparison_turns_with_its_sides_but_its_noise_does_not():
    comparison = compare(cell_of(), "single_loop", "io_uring")
    turned = reversed_comparison(comparison)
    assert (turned.a, turned.b, turned.verdict) == ("io_uring", "single_loop", "faster")
    assert turned.ratio * comparison.ratio == pytest.approx(1)
    assert turned.low < turned.ratio < turned.high
    assert (turned.noise_low, turned.noise_high) == (comparison.noise_low, comparison.noise_high)


def test_a_comparison_without_figures_can_be_turned():
    comparison = compare(cell_of(name="troubled"), "io_uring", "single_loop")
    assert comparison.ratio is None and comparison.verdict == "skipped"


def test_a_skipped_runtime_is_shown_as_skipped_and_leaves_nothing_to_compare():
    decision = decide(cell_of(name="troubled"))
    assert decision.kind == "alone"
    assert [(item.runtime, item.word) for item in decision.standings] == [
        ("io_uring", "skipped"), ("busy_wait", "failed")]


def test_failed_runs_are_never_hidden_by_a_verdict_word():
    def fail_some(value):
        value["columns"][1].update(status="failed", reason="1 of 6 runs failed: it died")

    loser = decide(cell_of(fail_some)).standings[0]
    assert (loser.runtime, loser.word, loser.reason) == ("single_loop", "slower", "1 of 6 runs failed: it died")


def test_a_control_is_caught_not_ranked():
    decision = decide(cell_of(index=3))
    assert [(item.runtime, item.word) for item in decision.standings] == [("io_uring", "same"), ("busy_wait", "caught")]
    assert decision.kind == "tie" and not decision.unsettled


@pytest.mark.parametrize("name, index, state", [
    ("full", 3, "caught"), ("troubled", 3, "not caught"), ("troubled", 0, "not tested"), ("full", 0, "none")])
def test_the_negative_control_is_caught_only_by_a_broken_must(name, index, state):
    assert [item.state for item in controls(cell_of(name=name, index=index))] == [state]


def test_a_control_that_only_misses_a_headline_is_not_caught():
    def keep_musts(value):
        column = value["columns"][3]
        column["status"] = "ok"
        for verdict in column["verdicts"]:
            verdict["met"] = verdict["kind"] == "must"

    assert controls(cell_of(keep_musts, index=3))[0].state == "not caught"
