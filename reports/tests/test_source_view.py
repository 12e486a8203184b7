import copy

import pytest
from conftest import raw
from gauntlet_report.load import load_summary
from gauntlet_report.palette import Palette
from gauntlet_report.source_claims import CLAIMS
from gauntlet_report.source_view import MET, MISSED, NOT_COMPARABLE, NOT_RUN, hold, source_view
from page import Page


@pytest.fixture
def held(write):
    def of(about, change=lambda summary: None, name="io_uring"):
        summary = copy.deepcopy(raw("full"))
        change(summary)
        claim = next(item for item in CLAIMS if item.about == about)
        return hold(claim, name, load_summary(write(summary)))

    return of


def figure(cell, metric, value, runtime="io_uring"):
    def change(summary):
        for column in summary["cells"][cell]["columns"]:
            if column["runtime"] == runtime:
                column["metrics"][metric]["median"] = value

    return change


def test_every_claim_names_its_document_and_either_what_shows_it_or_why_nothing_does():
    for claim in CLAIMS:
        assert claim.source.endswith((".md", ".rst")) and claim.stated
        assert claim.beyond or (claim.metric and claim.scenario and claim.supply.startswith("gauntlet bench "))
    assert len({(claim.source, claim.about) for claim in CLAIMS}) == len(CLAIMS)


def test_a_figure_that_keeps_a_claim_meets_it(held):
    found = held("Single-loop: throughput", figure(2, "throughput_rps", 60_000))
    assert (found.word, found.cell) == (MET, "load/http-closed") and "60,000" in found.shown


def test_a_lower_throughput_on_a_smaller_machine_is_no_miss(held):
    found = held("io_uring: throughput", name="single_loop")
    assert found.word == NOT_COMPARABLE and "16 cores" in found.reason


def test_the_limit_of_the_generator_is_told_from_that_of_the_machine(held):
    def bound(summary):
        for column in summary["cells"][2]["columns"]:
            column["warnings"] = [{"code": "generator_bound", "text": "", "runs": 1}]

    assert "generator-bound" in held("io_uring: throughput", bound).reason


def test_a_tail_kept_at_a_lower_rate_proves_nothing_and_one_missed_on_another_machine_neither(held):
    assert held("Single-loop: latency, p99").reason == "kept, but at a lower rate than 50K requests/s"
    late = held("Single-loop: latency, p99", figure(0, "latency_p99_us", 20_000))
    assert late.word == NOT_COMPARABLE and "Xeon" in late.reason

    def fast(summary):
        summary["cells"][0]["params"]["rate_rps"] = "60000"

    assert held("Single-loop: latency, p99", fast).word == MET


def test_cpu_efficiency_is_the_ratio_to_the_floor_turned_round(held):
    def ratio(value):
        def change(summary):
            for column in summary["cells"][0]["columns"]:
                if column["runtime"] == "io_uring":
                    column["to_reference"]["subject_cpu_us_per_request"]["ratio"] = value
        return change

    assert held("Single-loop: CPU efficiency", ratio(1.25)).word == MET
    assert held("Multi-loop: CPU efficiency", ratio(1.25)).word == MISSED


def test_what_was_not_measured_names_the_run_that_would(write):
    summary = load_summary(write(raw("full")))
    lines = {line.about: line for _, found in source_view(summary, Palette(summary.runtimes)).sources for line in found}
    spawn = lines["Spawning a task"]
    assert {item.word for item in spawn.held} == {NOT_RUN} and spawn.supply == "gauntlet bench full --only scheduling"
    assert lines["CPU while waiting"].supply == ""


def test_workers_are_counted_from_the_cpus_of_this_machine(write):
    summary = copy.deepcopy(raw("full"))
    summary["environment"]["facts"].append({"name": "cpus", "value": "8 (online: 0-7)", "warning": ""})
    summary = load_summary(write(summary))
    lines = {line.about: line for _, found in source_view(summary, Palette(summary.runtimes)).sources for line in found}
    assert lines["Sizing: I/O-bound"].supply.endswith("--workers 16")
    assert lines["Sizing: Mixed"].supply.endswith("--workers 10")


def test_the_page_shows_each_claim_with_a_word_and_not_only_a_sign(pages):
    page = Page(pages["full"])
    for claim in CLAIMS:
        assert claim.about in page.text and claim.stated in page.text
    assert page.text.count("not comparable") > 10


def test_one_claim_stands_beside_all_contenders_of_twelve(pages):
    contenders = [item for item in raw("twelve")["runtimes"] if item["role"] == "contender"]
    told_apart = [claim for claim in CLAIMS if not claim.beyond]
    assert pages["twelve"].count('<td class="held') == len(contenders) * len(told_apart) + len(CLAIMS) - len(told_apart) > 200
