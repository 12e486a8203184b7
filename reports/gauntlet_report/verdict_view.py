"""The verdict of a cell in words, and each runtime's place against the leader."""

from . import wording
from .shown import Margin, StandingView, VerdictView
from .strip import place_on, strip_axis
from .verdicts import GENERATOR_BOUND, compare


def verdict_view(cell, decision, palette, scale):
    better = cell.metric(cell.primary).better
    # A negative control may be far off; it must not squeeze the contenders together on the strip.
    axis = strip_axis([item.comparison for item in decision.standings
                       if not palette.look(item.runtime).hollow], better)
    standings = [standing_view(cell, item, palette, scale, axis) for item in decision.standings]
    leader = decision.leaders[0] if decision.leaders else None
    return VerdictView(
        kind=decision.kind, leaders=[(name, palette.look(name)) for name in decision.leaders],
        headline=headline(cell, decision), margin=margin(cell, decision), details=details(cell, decision),
        standings=standings,
        leader_row=leader_row(cell, decision, palette, scale) if leader else None,
        has_strip=any(item.strip for item in standings), centre=axis.centre)


def headline(cell, decision):
    label = wording.metric_phrase(cell.primary)
    if decision.kind == "win":
        runner_up = decision.runner_up
        if runner_up is None:
            return f"leads in {label}"
        # Said of the leader: the file says it either way round, and compare() turns it.
        ratio = compare(cell, decision.leaders[0], runner_up.runtime).ratio
        amount, way = wording.difference(ratio)
        return f"{amount} {way} {label} than {runner_up.runtime}"
    return {"tie": f"no difference in {label} above the noise",
            "alone": f"{label} measured; {decision.reason}"}.get(decision.kind, decision.reason)


def compared_with(decision):
    """Whom the leader is held against in one line; None where there is nobody."""
    if decision.kind == "win":
        return decision.runner_up.runtime if decision.runner_up else None
    held = decision.kind in ("tie", "unstable", GENERATOR_BOUND)
    # A group is as wide as its last member, so that one is the honest distance.
    return decision.leaders[-1] if held and len(decision.leaders) > 1 else None


def margin(cell, decision):
    other = compared_with(decision)
    comparison = compare(cell, decision.leaders[0], other) if other else None
    if comparison is None or comparison.ratio is None:
        return Margin("", "", "", "", "")
    noise = wording.change_interval(comparison.noise_low, comparison.noise_high)
    return Margin(wording.change(comparison.ratio), "" if decision.kind in ("win", "tie") else decision.leaders[0], other,
                  wording.change_interval(comparison.low, comparison.high) or "no interval", noise or "no A/A arm")


def details(cell, decision):
    found = []
    other = compared_with(decision)
    comparison = compare(cell, decision.leaders[0], other) if other else None
    if comparison:
        if comparison.ratio is not None:
            interval = wording.change_interval(comparison.low, comparison.high) or "unknown"
            found.append(f"interval {interval}" if decision.kind == "win" else
                         f"{wording.change(comparison.ratio)} against {other}, interval {interval}")
            found.append(wording.noise(comparison.noise_low, comparison.noise_high))
        elif comparison.reason:
            found.append(comparison.reason)
        found.append(wording.plural(comparison.pairs, "paired round"))
    column = cell.main_column(decision.leaders[0]) if decision.leaders else None
    floor = column.to_reference.get(cell.primary) if column else None
    if floor and floor.ratio is not None:
        interval = wording.ratio_interval(floor.low, floor.high)
        found.append(f"{wording.ratio(floor.ratio)} of {cell.reference}" + (f" ({interval})" if interval else ""))
    if decision.unsettled and decision.kind in ("win", "tie"):
        names = wording.join_words(item.runtime for item in decision.unsettled)
        found.append(f"not settled: {names}")
    return found


def median_texts(cell, runtime, scale):
    column = cell.main_column(runtime)
    estimate = column.metrics.get(cell.primary) if column else None
    if estimate is None:
        return "", ""
    return scale.with_unit(estimate.median), scale.interval(estimate.low, estimate.high)


def leader_row(cell, decision, palette, scale):
    name = decision.leaders[0]
    word = {"win": "leader", "tie": "tied", "unstable": "unstable",
            GENERATOR_BOUND: GENERATOR_BOUND}.get(decision.kind, "measured")
    median, interval = median_texts(cell, name, scale)
    column = cell.main_column(name)
    return StandingView(runtime=name, look=palette.look(name), note="", word=word, median=median, interval=interval,
                        change="", change_interval="", reason=column.reason if column else "", strip=None)


def distance(cell, column):
    """What is known of a column that was compared with no other."""
    ratio = column.to_reference.get(cell.primary) if column and column.role == "negative_control" else None
    return f"{wording.ratio(ratio.ratio)} of {cell.reference}" if ratio and ratio.ratio is not None else ""


def standing_view(cell, item, palette, scale, axis):
    median, interval = median_texts(cell, item.runtime, scale)
    column = cell.main_column(item.runtime)
    comparison = item.comparison
    return StandingView(
        runtime=item.runtime, look=palette.look(item.runtime), note=wording.role_label(column.role) if column else "",
        word=item.word, median=median, interval=interval,
        change=wording.change(comparison.ratio) if comparison and comparison.ratio is not None else "",
        change_interval=wording.change_interval(comparison.low, comparison.high) if comparison else "",
        reason=item.reason or distance(cell, column),
        strip=place_on(axis, comparison) if comparison else None)
