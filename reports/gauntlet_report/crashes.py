"""What each runtime kept of its promises while faults hit it: fault x promise x runtime, from the musts of the file.

A promise counts as kept only where the fault is known to have fired: a run in which nothing was hurt is no pass.
"""

from dataclasses import dataclass

from . import wording
from .model import Estimate
from .palette import Look

SCENARIO = "crash_recovery"
FIRED = "fault_fired"
PROOFS = (FIRED, "every_crash_fired")  # claims that say whether anything was hurt; the others are promises
COUNT = "_count"  # such figures of which more is better say how much was really done
TIMES = ("recovery_time_ms", "back_to_90_percent_ms")
SURVIVED, LOST, NOT_TESTED = "survived", "lost", "not tested"


@dataclass(frozen=True)
class Outcome:
    word: str  # survived | lost | not tested | skipped | not run
    reason: str = ""


@dataclass(frozen=True)
class PromiseRow:
    label: str
    description: str
    outcomes: list[Outcome]


@dataclass(frozen=True)
class FaultView:
    """One cell of faults. `overall` and each row have an outcome per runtime."""

    cell: str
    ident: str
    anchor: str
    title: str
    promise: str
    params: dict[str, str]
    runtimes: list[tuple[str, Look]]
    overall: list[Outcome]
    rows: list[PromiseRow]
    counters: list[tuple[str, str, list[str]]]  # label, description, a text per runtime
    exercised: str
    survivors: list[tuple[str, Look]]
    losers: list[tuple[str, Look, str]]

    @property
    def untested(self):
        """(reason, names) of those that neither survived nor lost."""
        found = {}
        for (name, look), outcome in zip(self.runtimes, self.overall):
            if outcome.word not in (SURVIVED, LOST):
                found.setdefault((outcome.word, outcome.reason), []).append((name, look))
        return [(word, reason, names) for (word, reason), names in found.items()]


def is_fault(cell):
    return cell.scenario == SCENARIO or any(
        verdict.claim == FIRED for column in cell.columns for verdict in column.verdicts)


@dataclass(frozen=True)
class MatrixRow:
    """`settings`: what tells this cell from the others, a text for each of the matrix's parameters."""

    cell: str
    anchor: str
    settings: list[str]
    outcomes: list[Outcome]


@dataclass(frozen=True)
class Matrix:
    """All cells of faults at a glance: fault, journal and promise by runtime."""

    parameters: list[str]
    runtimes: list[tuple[str, Look]]
    rows: list[MatrixRow]
    exercised: str


def fault_views(summary, cells, palette):
    idents = {view.name: view.ident for view in cells}
    found = [cell for cell in summary.cells if is_fault(cell)]
    return [fault_view(cell, idents[cell.cell], f"fault-{place}", summary, palette) for place, cell in enumerate(found)]


def matrix_of(faults):
    """None where there is but one cell, whose own table says it all."""
    if len(faults) < 2:
        return None
    kinds = {}
    for fault in faults:
        kinds.setdefault(fault.cell.partition("/")[0], []).append(fault.params)
    differing = list(dict.fromkeys(name for alike in kinds.values() for params in alike for name in params
                                   if len({other.get(name) for other in alike}) > 1))
    outcomes = [outcome for fault in faults for outcome in fault.overall]
    tried = sum(outcome.word in (SURVIVED, LOST) for outcome in outcomes)
    return Matrix(differing, faults[0].runtimes, [
        MatrixRow(fault.cell, fault.anchor, [fault.params.get(name, wording.NONE) for name in differing], fault.overall)
        for fault in faults], f"{tried} of {len(outcomes)}")


def fault_view(cell, ident, anchor, summary, palette):
    names = [runtime.name for runtime in summary.runtimes if runtime.role == "contender"]
    columns = [cell.main_column(name) for name in names]
    claims = list(dict.fromkeys((verdict.claim, verdict.metric) for column in columns if column
                                for verdict in column.verdicts if verdict.kind == "must" and verdict.claim not in PROOFS))
    rows = [PromiseRow(wording.metric_label(claim), cell.metric(metric).description,
                       [outcome_of(column, claim) for column in columns]) for claim, metric in claims]
    overall = [overall_of(column, claims) for column in columns]
    looks = [(name, palette.look(name)) for name in names]
    tried = [row.outcomes[place].word in (SURVIVED, LOST) for row in rows for place in range(len(names))]
    return FaultView(
        cell=cell.cell, ident=ident, anchor=anchor, title=cell.title, promise=cell.params.get("promise", ""),
        params=cell.params, runtimes=looks,
        overall=overall, rows=rows, counters=counters_of(cell, columns),
        exercised=f"{sum(tried)} of {len(tried)}",
        survivors=[look for look, outcome in zip(looks, overall) if outcome.word == SURVIVED],
        losers=[(*look, outcome.reason) for look, outcome in zip(looks, overall) if outcome.word == LOST])


def outcome_of(column, claim):
    unable = why_untested(column)
    if unable:
        return unable
    found = next((verdict for verdict in column.verdicts if verdict.claim == claim), None)
    if found is None:
        return Outcome(NOT_TESTED, "not judged")
    return Outcome(SURVIVED) if found.met else Outcome(LOST, found.text)


def why_untested(column):
    if column is None:
        return Outcome("not run")
    proofs = [verdict for verdict in column.verdicts if verdict.claim in PROOFS]
    if column.status == "skipped":
        return Outcome("skipped", column.reason)
    if not proofs:
        return Outcome(NOT_TESTED, column.reason or "nothing shows that the fault fired")
    return None if all(verdict.met for verdict in proofs) else Outcome(NOT_TESTED, "the fault did not fire")


def overall_of(column, claims):
    outcomes = [outcome_of(column, claim) for claim, _ in claims] or [why_untested(column) or Outcome(NOT_TESTED)]
    return next((item for item in outcomes if item.word == LOST), next(
        (item for item in outcomes if item.word != SURVIVED), outcomes[0]))


def counters_of(cell, columns):
    found = []
    names = [metric.name for metric in cell.metrics if metric.name.endswith(COUNT) and metric.better == "higher"]
    for metric in (*names, *(name for name in TIMES if any(item.name == name for item in cell.metrics))):
        values = [column.metrics.get(metric, Estimate(None, None, None, ())).median if column else None
                  for column in columns]
        if any(value is not None for value in values):
            unit = cell.metric(metric).unit if metric in TIMES else "count"
            scale = wording.Scale.of(unit, [value for value in values if value is not None])
            found.append((wording.metric_label(metric), cell.metric(metric).description,
                          [scale.with_unit(value) for value in values]))
    return found
