import copy

import make_cells
import pytest
from gauntlet_report.cell_view import cell_view
from gauntlet_report.crashes import LOST, NOT_TESTED, SURVIVED, fault_views, matrix_of
from gauntlet_report.load import load_summary
from gauntlet_report.palette import Palette
from gauntlet_report.render import render_report
from page import Page


@pytest.fixture
def faults(write):
    def of(change=lambda summary: None):
        made = make_cells.everything()
        change(made)
        summary = load_summary(write(made))
        palette = Palette(summary.runtimes)
        cells = [cell_view(cell, palette, f"c{place}") for place, cell in enumerate(summary.cells)]
        return fault_views(summary, cells, palette)

    return of


def column(summary, cell, runtime):
    return next(item for one in summary["cells"] if one["cell"] == cell for item in one["columns"]
                if item["runtime"] == runtime and item["arm"] == "a")


def words(fault):
    return {name: outcome.word for (name, _), outcome in zip(fault.runtimes, fault.overall)}


def test_kept_and_broken_promises_are_told_apart_for_each_runtime_and_promise(faults):
    completed, accepted = faults()
    assert (completed.promise, accepted.promise) == ("completed", "accepted")
    assert words(completed) == {"single_loop": SURVIVED, "io_uring": SURVIVED, "libuv": "not run"}
    assert words(accepted)["io_uring"] == LOST and "3 orders" in accepted.losers[0][2]
    assert [outcome.word for outcome in accepted.rows[1].outcomes] == [SURVIVED, SURVIVED, "not run"]


def test_a_fault_that_did_not_fire_is_no_pass(faults):
    def dull(summary):
        column(summary, "crash_recovery/completed", "io_uring")["verdicts"] = make_cells.crash_verdicts(fired=0)

    found = faults(dull)[0]
    assert words(found)["io_uring"] == NOT_TESTED and found.exercised == "2 of 6"
    assert [name for name, _ in found.survivors] == ["single_loop"]
    assert ("not tested", "the fault did not fire") in [item[:2] for item in found.untested]


def test_a_crash_that_was_not_proved_is_no_pass_and_no_promise(faults):
    def unproven(summary):
        found = column(summary, "crash_recovery/completed", "io_uring")
        found["verdicts"] = [*make_cells.crash_verdicts(), {**make_cells.crash_verdicts()[2], "claim": "every_crash_fired",
                                                            "met": False}]

    found = faults(unproven)[0]
    assert words(found)["io_uring"] == NOT_TESTED and [row.label for row in found.rows] == ["Acknowledged lost", "Dead letters"]


def test_all_faults_at_a_glance_name_what_tells_them_apart(faults):
    def another(summary):
        more = copy.deepcopy(summary["cells"][-1])
        more.update(cell="power_loss/states", scenario="power_loss", params={"states_k": "1000"})
        for each in more["columns"]:
            each["verdicts"] = make_cells.crash_verdicts()
        summary["cells"].append(more)

    matrix = matrix_of(faults(another))
    assert matrix.parameters == ["promise"] and [row.settings for row in matrix.rows] == [["completed"], ["accepted"], ["–"]]
    assert [outcome.word for outcome in matrix.rows[1].outcomes] == [SURVIVED, LOST, "not run"]
    assert matrix.exercised == "6 of 9" and matrix_of(faults()[:1]) is None


def test_a_skipped_runtime_says_why(faults):
    def skipped(summary):
        column(summary, "crash_recovery/completed", "io_uring").update(status="skipped", reason="no rings", verdicts=[],
                                                                      metrics={})

    found = faults(skipped)[0]
    assert words(found)["io_uring"] == "skipped" and ("skipped", "no rings") in [item[:2] for item in found.untested]


@pytest.mark.usefixtures("undrawn")
def test_where_nobody_leads_the_first_sentence_says_what_crashes_left(write):
    made = make_cells.everything()
    made["cells"] = [cell for cell in made["cells"] if cell["scenario"] == "crash_recovery"]
    for cell in made["cells"]:
        cell.update(comparisons=[], ranking=[])
    text = Page(render_report(load_summary(write(made)))).text
    assert "Crashes survived: 3 of 4. Nothing else is settled." in text


def test_the_counters_that_show_that_the_fault_fired_stand_in_the_matrix(faults):
    counters = {label: values for label, _, values in faults()[0].counters}
    assert counters["Interrupted requests"][0].replace(".", "").isdigit() and "Acknowledged lost" not in counters
    assert counters["Recovery time"][0].endswith("ms")


def test_the_page_answers_the_question_and_names_the_run_where_it_cannot(pages):
    text = Page(pages["everything"]).text
    assert "Survives crashes crash_recovery/accepted lost io_uring 1 of 3" in text
    assert "lost io_uring : acknowledged_lost_count is 3 orders, at most 0" in text
    assert "Survives crashes not measured gauntlet bench full --only crash_recovery" in Page(pages["full"]).text
