"""A results directory against its base as the page shows it: what asks for action first. It computes no statistic."""

import math
from dataclasses import dataclass, replace

from . import wording
from .environments import Difference, Side, differences, sides
from .load_comparison import Change
from .model import Comparison
from .palette import Look, Palette
from .shown import Strip
from .strip import place_on, strip_axis

GROUPS = (("slower", "Worse"), ("faster", "Better"), ("unstable", "Not settled"), ("invalid", "Invalid"),
          ("skipped", "Skipped"), ("same", "Unchanged"))


@dataclass(frozen=True)
class ChangeView:
    cell: str
    runtime: str
    look: Look
    metric: str
    phrase: str  # the metric inside a sentence
    base: str
    head: str
    change: str
    interval: str
    noise: str
    rounds: str
    word: str
    reason: str
    strip: Strip | None


@dataclass(frozen=True)
class ChangesView:
    title: str
    lead: str
    action: str
    sides: list[Side]
    groups: list[tuple[str, str, list[ChangeView]]]  # word, heading, changes with the largest first
    counts: dict[str, int]
    notes: list[str]
    differences: list[Difference]
    same_facts: int


def changes_view(comparison, names, summaries):
    palette = Palette(summaries[1].runtimes)
    axis = strip_axis([oriented(change) for change in comparison.changes], "lower")
    known = {word for word, _ in GROUPS}
    groups = []
    for word, heading in GROUPS:
        found = [change for change in comparison.changes
                 if change.verdict == word or word == "unstable" and change.verdict not in known]
        found.sort(key=lambda change: (-size(change), change.cell, change.runtime))
        if found:
            groups.append((word, heading, [change_view(change, palette, axis) for change in found]))
    counts = {word: len(found) for word, _, found in groups}
    differ, same = differences(summaries)
    return ChangesView(
        title="Gauntlet · changes", lead=lead(counts), action=action(groups, counts), sides=sides(names, summaries),
        groups=groups, counts=counts, notes=list(comparison.notes), differences=differ, same_facts=same)


def oriented(change):
    """The change as a comparison in which more is worse, whatever the metric."""
    item = Comparison(change.metric, "head", "base", change.ratio, change.low, change.high, 0, change.noise_low,
                      change.noise_high, change.verdict, change.reason)
    if change.better != "higher":
        return item

    def inverse(value):
        return 1 / value if value else None

    return replace(item, ratio=inverse(item.ratio), low=inverse(item.high), high=inverse(item.low),
                   noise_low=inverse(item.noise_high), noise_high=inverse(item.noise_low))


def size(change):
    return abs(math.log(change.ratio)) if change.ratio and change.ratio > 0 else 0.0


def change_view(change: Change, palette, axis):
    scale = wording.Scale.of(change.unit, [value for value in (change.base, change.head) if value])
    item = oriented(change)
    rounds = " and ".join(map(str, dict.fromkeys(change.rounds)))
    return ChangeView(
        cell=change.cell, runtime=change.runtime, look=palette.look(change.runtime),
        metric=wording.metric_label(change.metric), phrase=wording.metric_phrase(change.metric),
        base=scale.with_unit(change.base), head=scale.with_unit(change.head), change=wording.change(change.ratio),
        interval=wording.change_interval(change.low, change.high) or "no interval",
        noise=wording.change_interval(change.noise_low, change.noise_high) or "unknown",
        rounds=f"{rounds}, {'paired' if change.paired else 'not paired'}", word=change.verdict, reason=change.reason,
        strip=place_on(axis, item) if item.ratio else None)


def lead(counts):
    parts = [f"{counts[word]} {heading.lower()}" for word, heading in GROUPS if counts.get(word)]
    return f"{', '.join(parts)}.".capitalize() if parts else "Nothing to compare."


def action(groups, counts):
    if counts.get("slower"):
        worst = groups[0][2][0]
        return f"Look first at {worst.phrase} of {worst.runtime} in {worst.cell}: {worst.change}."
    open_ones = sum(counts.get(word, 0) for word in ("unstable", "invalid"))
    if open_ones:
        return (f"Nothing is known to be worse, but {wording.plural(open_ones, 'figure')} could not be told: "
                "run more rounds.")
    return "Nothing is worse." if counts else "The two directories have no figure in common."
