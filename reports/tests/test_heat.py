import json
import xml.etree.ElementTree as ElementTree

import make_fixtures
import make_runs
import pytest
from gauntlet_report import heat_view
from gauntlet_report.charts import heat
from gauntlet_report.load import load_summary
from gauntlet_report.load_lanes import read_lanes
from gauntlet_report.load_runs import load_runs
from gauntlet_report.palette import Palette
from make_observed import ANSWERS, INTERVALS
from page import Page

CELL = "load/http-open"


@pytest.fixture
def view(tmp_path):
    """The heat map of the first cell, after `change` was done to the lines of runs.jsonl."""
    def of(change=lambda line: None):
        make_runs.write(tmp_path, make_fixtures.full(), CELL)
        path = tmp_path / "runs.jsonl"
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        for line in lines:
            change(line)
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        summary = load_summary(tmp_path)
        return heat_view.heat_view(summary.cells[0], summary.cells[0].columns, load_runs(tmp_path),
                                   Palette(summary.runtimes), "c")

    return of


def panel_of(view, name):
    return next(panel for panel in view.panels if panel.label == name)


def test_a_panel_holds_the_intervals_of_every_round_with_their_lanes(view):
    found = view()
    assert [panel.label for panel in found.panels] == ["floor_epoll", "single_loop", "io_uring", "busy_wait"]
    spans = panel_of(found, "io_uring").spans
    assert [span.round for span in spans] == [1, 2, 3, 4, 5, 6] and found.shown == "all rounds"
    assert [moment.answers for moment in spans[0].moments] == [ANSWERS, ANSWERS, 0, ANSWERS, ANSWERS]
    assert len(spans[0].lanes) == INTERVALS and 35 < spans[0].lanes[0].cpu_percent < 55
    assert sum(share for _, share in spans[0].moments[0].shares) == pytest.approx(1)


def test_as_many_whole_rounds_are_shown_as_fit_and_the_picture_says_which(view, monkeypatch):
    monkeypatch.setattr(heat_view, "MOST_INTERVALS", 2 * INTERVALS)
    found = view()
    assert len(panel_of(found, "io_uring").spans) == 2 and found.shown == "rounds 1 and 2 of 6"
    monkeypatch.setattr(heat_view, "MOST_INTERVALS", 1)
    assert view().shown == "round 1 of 6"


def test_a_file_that_is_missing_costs_its_run_alone_and_is_named(view, tmp_path):
    def lost(line):
        if line["index"] == 1:
            (tmp_path / "timelines" / "0001.hlog").unlink()

    found = view(lost)
    assert len(found.notes) == 1 and "0001.hlog" in found.notes[0]
    assert sum(len(panel.spans) for panel in found.panels) == 4 * 6 - 1


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", ""])
def test_a_run_may_not_name_a_file_outside_its_directory(view, name):
    found = view(lambda line: line.get("timelines") and line.update(timelines={"corrected": f"{name}#corrected"}))
    assert not found.panels and all("does not lie in the results directory" in note for note in found.notes)


def test_without_intervals_there_is_no_heat_map(view):
    assert view(lambda line: line.pop("timelines", None)) is None


def test_the_table_says_each_interval(view):
    label, _, lines = view().tables[0]
    assert label == "floor_epoll" and len(lines) == 6 * INTERVALS and len(lines[0]) == len(heat_view.HEADINGS)
    assert lines[2][2:4] == ("0", "–") and lines[0][0] == "round 1" and lines[0][5].endswith("MiB")


@pytest.mark.parametrize("rounds", [1, 6])
def test_a_panel_becomes_well_formed_svg_with_a_tip_for_each_interval(view, rounds):
    found = view()
    panel = heat.Panel("<b>", found.panels[0].look, found.panels[0].spans[:rounds])
    svg = heat.draw(panel, heat.Frame.around([panel]), heat.HALF, "id", "T", "D")
    root = ElementTree.fromstring(svg)
    assert len([item for item in root.iter() if "answers" in item.get("data-tip", "")]) == rounds * INTERVALS
    assert "context switches per second" in svg and "<b>" not in svg and "#0" not in svg.replace("url(#", "")


def test_a_panel_without_lanes_or_answers_can_be_drawn(view):
    look = view().panels[0].look
    span = heat.Span(1, "", (heat.Moment(0.0, 0.1, 0, 0, ()),), ())
    panel = heat.Panel("empty", look, (span,))
    ElementTree.fromstring(heat.draw(panel, heat.Frame.around([panel]), heat.HALF, "id", "T", "D"))


def test_neighbouring_rows_of_one_strength_are_one_stroke():
    frame = heat.Frame(1e3, 1e6, (1.0, 1.0, 1.0))
    low = frame.edge(3) * 1.01
    moment = heat.Moment(0, 0.1, 100, 0, ((low, 0.4), (frame.edge(4) * 1.01, 0.4), (frame.edge(9) * 1.01, 0.2)))
    assert heat.bands(moment, frame) == [[1.0, 3, 5], [0.8, 9, 10]]


def test_lanes_without_a_header_or_with_words_are_refused(tmp_path):
    path = tmp_path / "lanes.csv"
    for text in ("a,b\ncorrected,1\n", "tag,start_s,length_s,cpu_s,rss_bytes,voluntary_switches,involuntary_switches\n"
                 "corrected,0,0.1,much,1,1,1\n"):
        path.write_text(text)
        if "much" in text:
            with pytest.raises(Exception, match="lanes.csv has no header, or not a number"):
                read_lanes(path, "corrected")
        else:
            assert read_lanes(path, "corrected") == []


def test_the_page_shows_it_or_says_which_run_would_supply_it(pages):
    assert "Latency over time all rounds" in Page(pages["everything"]).text
    assert "Latency over time: these runs kept no intervals. gauntlet bench quick --only load" in Page(pages["full"]).text


def test_the_loads_of_a_sweep_stand_beside_one_another_under_their_names(view):
    def swept(line):
        if line.get("timelines"):
            place = line["timelines"]["corrected"]
            line["timelines"] = {f"at-{share}-percent-of-the-knee-corrected": place for share in (25, 50, 75, 90)}

    found = view(swept)
    assert [span.load for span in found.panels[0].spans[:2]] == ["at-25-percent-of-the-knee", "at-50-percent-of-the-knee"]
    svg = heat.draw(found.panels[0], heat.Frame.around(found.panels), heat.HALF, "id", "T", "D")
    assert svg.count("percent-of-the-knee</text>") == 1  # of 24, as many as there is room for
    assert next(iter(found.tables[0][2]))[0] == "at-25-percent-of-the-knee 1"
