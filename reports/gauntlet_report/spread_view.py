"""How long each single restart took to recover: what the runs of the crash cells kept, beyond their medians."""

import math
from dataclasses import dataclass

from . import wording
from .charts.spread import Group, Row
from .hdr_log import read_intervals
from .load import BadSummary
from .load_runs import inside
from .palette import Look
from .portrait_view import Tick

TAG = "recovery"  # of the histogram in which a run counts its restarts
HEADINGS = ("Restarts", "Fastest", "Median", "Nine of ten within", "Slowest")


@dataclass(frozen=True)
class SpreadView:
    """`table`: (cell, name, look, a text under each of HEADINGS). `notes`: files that could not be read."""

    groups: tuple[Group, ...]
    series: list
    table: list[tuple[str, str, Look, list[str]]]
    notes: list[str]

    tick = Tick("ns")


@dataclass(frozen=True)
class Series:
    label: str
    look: Look


def spread_view(summary, runs, palette):
    """None where no run kept its restarts."""
    groups, table, notes = [], [], []
    for cell in summary.cells:
        rows = []
        for name, look in ((runtime.name, palette.look(runtime.name, runtime.role)) for runtime in summary.runtimes):
            times = times_of(runs.of(cell.cell, name), runs.directory, notes)
            if times:
                texts = texts_of(times)
                rows.append(Row(name, look, times, quantile(times, 0.5), tip_of(cell, texts)))
                table.append((cell.cell, name, look, texts))
        if rows:
            groups.append(Group(cell.cell.partition("/")[2] or cell.cell, tuple(rows)))
    if not groups and not notes:
        return None
    looks = dict((row.label, row.look) for group in groups for row in group.rows)
    return SpreadView(tuple(groups), [Series(name, look) for name, look in looks.items()], table, notes)


def times_of(runs, directory, notes):
    """(time, how many restarts took it) of all rounds, ascending."""
    counts = {}
    for run in runs:
        if TAG in run.histograms and run.status in ("ok", "failed"):
            name, _, tag = run.histograms[TAG].partition("#")
            try:
                buckets = [bucket for part in read_intervals(inside(directory, name), tag or TAG) for bucket in part.counts]
            except BadSummary as error:
                notes.append(str(error))
                continue
            for low, width, count in buckets:
                middle = math.sqrt(low * (low + width)) or width / 2
                counts[middle] = counts.get(middle, 0) + count
    return tuple(sorted(counts.items()))


def quantile(times, share):
    """The least time within which this share of the restarts was done."""
    left = share * sum(count for _, count in times)
    for value, count in times:
        left -= count
        if left <= 1e-9:
            return value
    return times[-1][0]


def texts_of(times):
    figures = (times[0][0], quantile(times, 0.5), quantile(times, 0.9), times[-1][0])
    scale = wording.Scale.of("ns", figures)
    return [f"{sum(count for _, count in times):,}", *(scale.with_unit(value) for value in figures)]


def tip_of(cell, texts):
    restarts, _, median, most, slowest = texts
    return f"{cell.cell}: {restarts} restarts, median {median}, nine of ten within {most}, slowest {slowest}"
