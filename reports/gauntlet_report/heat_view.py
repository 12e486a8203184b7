"""Latency over time: what the runs of a cell kept of each tenth of a second, and what the subject consumed meanwhile."""

import math
from dataclasses import dataclass

from . import wording
from .charts.heat import Moment, Panel, Span
from .hdr_log import read_intervals
from .load import BadSummary
from .load_lanes import read_lanes
from .load_runs import inside

MOST_INTERVALS = 80  # of a runtime in one picture
SCENARIOS = ("load", "sweep")  # those whose open loops keep intervals
SUPPLY = "gauntlet bench quick --only load"
NANOSECONDS, BYTES = "ns", "bytes"
HEADINGS = ("Load", "At", "Answers", "Slowest", "CPU", "RSS", "Context switches")


@dataclass(frozen=True)
class HeatView:
    """`panels` share their axes. `tables`: (label, look, lines) under HEADINGS. `notes`: files that could not be read."""

    ident: str
    panels: tuple[Panel, ...]
    shown: str  # which rounds
    tables: list
    notes: list[str]


def expects_timelines(cell):
    return cell.scenario in SCENARIOS and cell.params.get("pacing", "open") == "open"


def heat_view(cell, columns, runs, palette, ident):
    """None where no run of the cell has intervals."""
    panels, tables, notes, rounds, total = [], [], [], set(), 0
    for column in columns:
        mine = [run for run in runs.of(cell.cell, column.runtime)
                if run.timelines and run.status in ("ok", "failed")] if column.is_main else []
        total = max(total, len(mine))
        spans = spans_of(mine, runs.directory, notes)
        if spans:
            look = palette.look(column.runtime, column.role)
            rounds |= {span.round for span in spans}
            panels.append(Panel(column.label, look, tuple(spans)))
            tables.append((column.label, look, [line for span in spans for line in lines_of(span)]))
    if not panels and not notes:
        return None
    shown = f"round{'s' * (len(rounds) > 1)} {wording.join_words(map(str, sorted(rounds)))} of {total}"
    if len(rounds) == total:
        shown = "all rounds" if total > 1 else "its only round"
    return HeatView(f"{ident}-heat", tuple(panels), shown, tables, list(dict.fromkeys(notes)))


def spans_of(runs, directory, notes):
    """A span for each load of each run, as many whole runs as fit, at least one."""
    found, intervals = [], 0
    for run in runs:
        mine = []
        for tag, place in run.timelines.items():
            try:
                mine.append(span_of(run, tag, place, directory))
            except BadSummary as error:
                notes.append(str(error))
        length = sum(len(span.moments) for span in mine)
        if found and intervals + length > MOST_INTERVALS:
            break
        found += mine
        intervals += length
    return found


def span_of(run, tag, place, directory):
    name, _, wanted = place.partition("#")
    intervals = read_intervals(inside(directory, name), wanted or tag)
    lanes = read_lanes(inside(directory, run.lanes), wanted or tag) if run.lanes else []
    load = tag.removesuffix("corrected").strip("-")
    return Span(run.round + 1, load, tuple(moment_of(interval) for interval in intervals), tuple(lanes))


def moment_of(interval):
    answers = interval.answers
    shares = tuple((math.sqrt(low * (low + width)) or width / 2, count / answers) for low, width, count in interval.counts)
    return Moment(interval.start_s, interval.length_s, answers, interval.slowest_ns, shares)


def lines_of(span):
    lanes = dict(enumerate(span.lanes))
    for place, moment in enumerate(span.moments):
        lane = lanes.get(place)
        yield (f"{span.load or 'round'} {span.round}", f"{moment.start_s:.1f}\u202fs", f"{moment.answers:,}",
               duration(moment.slowest_ns), *lane_texts(lane))


def lane_texts(lane):
    if lane is None:
        return wording.NONE, wording.NONE, wording.NONE
    return (f"{wording.figure(lane.cpu_percent)}\u202f%", wording.Scale.of(BYTES, [lane.rss_bytes]).with_unit(lane.rss_bytes),
            f"{wording.figure(lane.switches_per_s)}/s")


def duration(nanoseconds):
    return wording.Scale.of(NANOSECONDS, [nanoseconds]).with_unit(nanoseconds) if nanoseconds else wording.NONE
