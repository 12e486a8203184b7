import copy
import math
from dataclasses import replace
from pathlib import Path

import make_cells
import make_fixtures
import pytest
from conftest import raw
from gauntlet_report.load import load_summary
from gauntlet_report.profiles import PROFILES
from gauntlet_report.recommend import MOST, recommend, recommendations
from gauntlet_report.recommend_view import changes
from gauntlet_report.render import render_report
from page import Page
from test_questions import swap

PROFILE = {profile.ident: profile for profile in PROFILES}
SOURCES = Path(__file__).parent.parent / "gauntlet_report"


@pytest.fixture
def asked(write):
    def of(ident="api", change=lambda summary: None, made=None):
        summary = copy.deepcopy(made or raw("full"))
        change(summary)
        return recommend(PROFILE[ident], load_summary(write(summary)))

    return of


def order(found):
    return [[score.runtime for score in group] for group in found.places]


def pairs_of(summary, metric, a, b):
    return [item for cell in summary["cells"] for item in cell["comparisons"]
            if item["metric"] == metric and {item["a"], item["b"]} == {a, b}]


def test_weights_add_up_and_identifiers_differ():
    assert all(sum(factor.weight for factor in profile.factors) == 100 for profile in PROFILES)
    assert len({profile.ident for profile in PROFILES}) == len(PROFILES)


def test_the_best_score_is_one_and_the_next_is_the_weighted_distance(asked):
    found = asked()
    assert order(found) == [["io_uring"], ["single_loop"]]
    assert found.places[0][0].value == 1
    cpu = found.places[1][0].shares[0]
    assert cpu.distance > 1 and math.isclose(found.places[1][0].value, math.exp(
        sum(share.factor.weight / 100 * math.log(share.distance) for share in found.places[1][0].shares)))


def test_swapped_measurements_swap_the_ranking(asked):
    before, after = asked(), asked(change=swap)
    other = {"io_uring": "single_loop", "single_loop": "io_uring"}
    assert order(after) == [[other[name] for name in group] for group in order(before)]
    assert [group[0].value for group in after.places] == [group[0].value for group in before.places]


@pytest.mark.usefixtures("undrawn")
def test_a_swap_swaps_every_sentence_of_the_page(write):
    def text(change):
        summary = copy.deepcopy(raw("full"))
        change(summary)
        page = Page(render_report(load_summary(write(summary)))).text
        return page[page.index("Which one?"):page.index("The formula")]

    before, after = text(lambda summary: None), text(swap)
    assert before != after
    assert after.replace("io_uring", "\0").replace("single_loop", "io_uring").replace("\0", "single_loop") == before


def test_no_module_that_says_or_decides_anything_knows_a_runtime_by_name():
    names = [name for name in make_fixtures.MANY if "_" in name] + ["libuv", "asio"]
    for path in [*SOURCES.rglob("*.py"), *SOURCES.rglob("*.j2"), *SOURCES.rglob("*.js")]:
        text = path.read_text(encoding="utf-8")
        if path.name in ("source_claims.py", "palette.py"):
            continue  # one quotes documents that name their own models so, the other gives each its colour
        # busy_wait is the name of a scenario too.
        assert not [name for name in names if name in text and name != "busy_wait"], path


def test_undecided_differences_count_as_ties_and_are_named(asked):
    def undecided(summary):
        for item in pairs_of(summary, "subject_cpu_us_per_request", "io_uring", "single_loop"):
            item.update(verdict="unstable", pairs=6)

    found = asked(change=undecided)
    shares = [score.shares[0] for group in found.places for score in group]
    assert [share.distance for share in shares] == [1, 1]
    assert sorted(share.undecided for share in shares) == [(), ("load/http-open",)]


def test_a_distance_beyond_numbers_counts_as_the_most(asked):
    def endless(summary):
        for item in pairs_of(summary, "subject_cpu_us_per_request", "io_uring", "single_loop"):
            item.update(ratio=None, low=None, high=None, verdict="slower" if item["a"] == "single_loop" else "faster")
        summary["cells"][0]["ranking"] = [["io_uring"], ["single_loop"]]

    last = asked(change=endless).places[-1][0]
    assert last.runtime == "single_loop" and math.isclose(last.shares[0].distance, MOST)


def test_missing_cells_give_no_recommendation_but_the_command_that_supplies_them(asked):
    found = asked("small")
    assert not found.places
    assert {item.supply for item in found.missing} == {"gauntlet bench full --only memory",
                                                       "gauntlet bench full --only scheduling"}
    storage = asked("storage")
    assert "gauntlet bench full --only crash_recovery" in {item.supply for item in storage.missing}


def test_too_few_rounds_are_missing_data_and_a_stopped_bench_is_finished_first(asked):
    def few(summary, complete=True):
        summary["complete"] = complete
        for item in summary["cells"][0]["comparisons"]:
            item.update(verdict="unstable", pairs=2, low=None, high=None)

    found = asked(change=few)
    assert not found.places and "fewer than 6 paired rounds" in found.missing[0].reason
    assert found.missing[0].supply.startswith("gauntlet bench quick")
    assert "--resume" in asked(change=lambda summary: few(summary, False)).missing[0].supply


def test_whoever_broke_a_must_or_was_not_measured_is_left_out_with_the_reason(asked):
    def broken(summary):
        column = next(item for item in summary["cells"][3]["columns"] if item["runtime"] == "io_uring")
        column["verdicts"][0].update(met=False, text="idle CPU is 7 %", expected=False)

    found = asked(change=broken)
    assert order(found) == [["single_loop"]] and found.excluded == (
        ("io_uring", "broke a must in busy_wait/mixed: idle CPU is 7 %"),)


def test_a_runtime_that_could_not_run_here_does_not_hinder_the_others(asked):
    def skipped(summary):
        make_fixtures.empty_column(summary["cells"][0], "io_uring", "skipped", "no such call here")

    found = asked(change=skipped, made=make_fixtures.many())
    assert dict(found.excluded) == {"io_uring": "skipped in load/http-open: no such call here"}
    assert len([score for group in found.places for score in group]) == 6


def test_the_weight_that_turns_the_ranking_does_turn_it(asked):
    def torn(summary):
        for cell in summary["cells"][:3]:
            for item in cell["comparisons"]:
                if item["metric"] in ("subject_cpu_us_per_request", "throughput_rps"):
                    first = "io_uring"
                elif item["metric"] == "latency_p99_us":
                    first = "single_loop"
                else:
                    continue
                lower = cell["primary"] != "throughput_rps" or item["metric"] != "throughput_rps"
                good = item["a"] == first
                item.update(ratio=(0.8 if good == lower else 1.25), low=0.7, high=1.3,
                            verdict="faster" if good else "slower")
            cell["ranking"] = [["io_uring"], ["single_loop"]]
            for column in cell["columns"]:
                if "latency_p99_us" in column["metrics"]:
                    column["metrics"]["latency_p99_us"]["median"] = 100 if column["runtime"] == "single_loop" else 200

    found = asked(change=torn)
    turn = found.turns[0]
    assert order(found)[0] == ["io_uring"] and turn.runtime == "single_loop" and turn.weight > turn.factor.weight
    rest = (100 - turn.weight) / (100 - turn.factor.weight)

    def value(score):
        return sum(math.log(share.distance) * (turn.weight if share.factor == turn.factor else
                                               share.factor.weight * rest) for share in score.shares)

    first, second = found.places[0][0], found.places[1][0]
    assert math.isclose(value(first), value(second), abs_tol=1e-9)


def test_every_profile_stands_on_the_page_with_its_weights_and_the_formula(pages):
    text = Page(pages["full"]).text
    for profile in PROFILES:
        assert profile.title in text and profile.means in text
    assert "40 % Tail (p99) 35 % Peak throughput 25 %" in text and "The formula score = product" in text


def test_all_of_them_are_answered_where_nothing_was_measured(write):
    found = recommendations(load_summary(write(raw("nothing"))))
    assert all(not item.places and item.missing for item in found)


def test_storage_weighs_files_and_says_which_run_supplies_them(asked):
    made = make_cells.everything()
    found = asked("storage", made=made)
    assert {missing.factor for missing in found.missing} == {"CPU per order", "Tail (p99) of an order"}
    made["cells"] = [cell for cell in made["cells"] if cell["scenario"] != "files"]
    found = asked("storage", made=made)
    assert "gauntlet bench full --only files" in {missing.supply for missing in found.missing if "file" in missing.factor}


def test_files_that_cannot_be_run_here_do_not_count_and_are_named(asked):
    def without_disk(summary):
        summary["cells"] = [cell for cell in summary["cells"] if cell["cell"] != "crash_recovery/accepted"]
        for cell in summary["cells"]:
            if cell["scenario"] == "load":
                cell["params"]["path"] = "/orders"
            if cell["cell"] == "files/read-1":
                for column in cell["columns"]:
                    column.update(status="skipped", reason="kept in memory", metrics={})

    found = asked("storage", without_disk, make_cells.everything())
    assert not found.missing and found.skipped == ("files/read-1",)
    assert "Not counted, since it was skipped here: files/read-1." in changes(found)
    assert any(share.factor.scenario == "files" and share.distance > 1
               for score in found.places[-1] for share in score.shares)
