"""What may be said of a cell: who leads, who is tied, and what is not settled. Reads verdict words, computes none."""

from dataclasses import dataclass, replace

from .model import Comparison

OPPOSITE = {"faster": "slower", "slower": "faster"}
UNSAID = "the comparison is not settled"
ALONE = "there is nothing to compare it with"
GENERATOR_BOUND = "generator-bound"
UNSETTLED = ("unstable", "invalid", "failed", "skipped", "not run", "not compared", GENERATOR_BOUND)
SATURATED = ("throughput_rps",)  # figures that the load generator may have set


@dataclass(frozen=True)
class Standing:
    """One runtime against the leader: `word` is said of it, `comparison` is its figure over the leader's."""

    runtime: str
    word: str  # faster | slower | same | one of UNSETTLED; of a control: caught | not caught | control
    reason: str
    comparison: Comparison | None = None


@dataclass(frozen=True)
class Decision:
    """`kind`: win, tie, unstable, generator-bound, alone (nothing to compare with), none (nothing measured) or
    not compared (measured, but the suite asks for no words on it)."""

    kind: str
    leaders: tuple[str, ...]
    standings: tuple[Standing, ...]
    reason: str = ""

    @property
    def runner_up(self):
        return next((s for s in self.standings if s.word == "slower" and s.comparison.ratio is not None), None)

    @property
    def unsettled(self):
        return tuple(s for s in self.standings if s.word in UNSETTLED)


@dataclass(frozen=True)
class Control:
    """A negative control in one cell. `state`: caught, not caught, not tested, or none (no rule there to break)."""

    runtime: str
    state: str
    reason: str


def reversed_comparison(comparison):
    """The same finding said of b against a. The noise is that of the A/A pair, so it does not turn."""
    def inverse(value):
        return 1 / value if value else None

    return replace(comparison, a=comparison.b, b=comparison.a, ratio=inverse(comparison.ratio),
                   low=inverse(comparison.high), high=inverse(comparison.low),
                   verdict=OPPOSITE.get(comparison.verdict, comparison.verdict))


def compare(cell, runtime, other):
    """The comparison of `runtime` against `other` on the primary metric, or None."""
    for comparison in cell.comparisons:
        if comparison.metric != cell.primary:
            continue
        if (comparison.a, comparison.b) == (runtime, other):
            return comparison
        if (comparison.a, comparison.b) == (other, runtime):
            return reversed_comparison(comparison)
    return None


def standing(cell, runtime, leader):
    column = cell.main_column(runtime)
    if column is None:
        return Standing(runtime, "not run", "no run of it in this cell")
    if column.role == "negative_control":
        return control_standing(column)
    comparison = compare(cell, runtime, leader) if leader else None
    if comparison is None:
        return Standing(runtime, "not compared" if column.status == "ok" else column.status, column.reason)
    if comparison.verdict in ("invalid", "skipped") and column.status != "ok":
        return Standing(runtime, column.status, column.reason)
    bound = bound_reason(cell, comparison)
    if bound:
        return Standing(runtime, GENERATOR_BOUND, bound, comparison)
    known = comparison.verdict in (*OPPOSITE, "same", *UNSETTLED)
    # A column may have figures to compare and runs that went wrong; the latter is never left unsaid.
    reasons = [column.reason] if comparison.verdict in (*OPPOSITE, "same") else [comparison.reason, column.reason]
    return Standing(runtime, comparison.verdict if known else "unstable", "; ".join(filter(None, reasons)), comparison)


def bound_reason(cell, comparison):
    """Why the lower figure of the two may be the generator's limit; empty where it is the runtime's own.

    A leader at the generator's limit still leads: without the limit it would be further ahead.
    """
    suspects = {"slower": (comparison.a,), "faster": (comparison.b,), "same": (comparison.a, comparison.b)}
    if cell.primary not in SATURATED:
        return ""
    for name in suspects.get(comparison.verdict, ()):
        column = cell.main_column(name)
        for warning in column.warnings if column else ():
            if warning.code == "generator_bound":
                return f"{name}, {warning.runs} of {column.rounds} runs: {warning.text}"
    return ""


def control_standing(column):
    """A control is not ranked: it is there to be caught, not compared."""
    state = control_state(column)
    if state in ("caught", "not caught"):
        return Standing(column.runtime, state, "")
    return Standing(column.runtime, "control" if column.status == "ok" else column.status, column.reason)


def has_figure(cell, column):
    estimate = column.metrics.get(cell.primary)
    return estimate is not None and estimate.median is not None


def decide(cell):
    columns = [column for column in cell.columns if column.is_main and column.role != "reference"]
    ranked = [name for group in cell.ranking for name in group]
    rest = [column.runtime for column in columns if column.runtime not in ranked]
    if ranked:
        standings = tuple(standing(cell, name, ranked[0]) for name in ranked[1:] + rest)
        return settle(cell.ranking[0], standings)
    measured = [column.runtime for column in columns if column.role == "contender" and has_figure(cell, column)]
    if len(measured) == 1:
        standings = tuple(standing(cell, name, measured[0]) for name in rest if name != measured[0])
        return Decision("alone", tuple(measured), standings, ALONE)
    standings = tuple(standing(cell, name, None) for name in rest)
    if not measured:
        return Decision("none", (), standings, "no run gave a figure that may be used")
    return Decision("unstable", (), standings, "the contenders were measured but not ranked")


def settle(leaders, standings):
    words = {s.word for s in standings}
    bound = next((s for s in standings if s.word == GENERATOR_BOUND), None)
    if bound:
        return Decision(GENERATOR_BOUND, leaders, standings, bound.reason)
    if len(leaders) > 1:
        open_ones = [s for s in standings if s.runtime in leaders and s.word != "same"]
        if not open_ones:
            return Decision("tie", leaders, standings)
        return Decision("unstable", leaders, standings, open_ones[0].reason or UNSAID)
    if "slower" in words:
        return Decision("win", leaders, standings)
    if not words & {"same", "unstable", "invalid", "faster"}:
        return Decision("alone", leaders, standings, ALONE)
    reason = next((s.reason for s in standings if s.comparison and s.word in UNSETTLED), "")
    return Decision("unstable", leaders, standings, reason or UNSAID)


def control_state(column):
    musts = [verdict for verdict in column.verdicts if verdict.kind == "must"]
    if any(not verdict.met for verdict in musts):
        return "caught"
    if column.status != "ok":
        return "not tested"
    return "not caught" if musts else "none"


def controls(cell):
    reasons = {"not caught": "it kept every must that it is there to break", "none": "no must to break in this cell"}
    found = []
    for column in cell.columns:
        if column.role == "negative_control" and column.is_main:
            state = control_state(column)
            broken = next((v.text for v in column.verdicts if v.kind == "must" and not v.met), "")
            reason = broken if state == "caught" else reasons.get(state, column.reason)
            found.append(Control(column.runtime, state, reason))
    return found


def broken_musts(cell):
    """(column, verdict) of each must that did not hold and should have."""
    return [(column, verdict) for column in cell.columns for verdict in column.verdicts
            if column.role != "negative_control" and verdict.kind == "must" and not verdict.met]
