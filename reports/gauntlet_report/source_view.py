"""Each number of the source documents beside what was measured: met, missed, or not comparable here and why."""

from dataclasses import dataclass

from . import wording
from .model import Estimate
from .palette import Look
from .source_claims import CLAIMS
from .verdicts import GENERATOR_BOUND

MET, MISSED, NOT_COMPARABLE, NOT_RUN = "met", "missed", "not comparable", "not run"


@dataclass(frozen=True)
class Held:
    """What one runtime's figure says to one claim."""

    word: str
    shown: str
    reason: str
    cell: str = ""


@dataclass(frozen=True)
class ClaimLine:
    about: str
    stated: str
    metric: str
    held: list[Held]
    reasons: list[str]
    supply: str

    @property
    def is_beyond(self):
        """Nothing here can be held against it, whichever the runtime: one sentence says so for all."""
        return not any(item.shown or item.word != NOT_COMPARABLE for item in self.held)


@dataclass(frozen=True)
class SourceView:
    """`runtimes`: (name, look) of the columns; `sources`: (document, its lines)."""

    runtimes: list[tuple[str, Look]]
    sources: list[tuple[str, list[ClaimLine]]]
    counts: dict[str, int]


def source_view(summary, palette):
    names = [runtime.name for runtime in summary.runtimes if runtime.role == "contender"]
    sources, counts = {}, dict.fromkeys((MET, MISSED, NOT_COMPARABLE, NOT_RUN), 0)
    for claim in CLAIMS:
        held = [hold(claim, name, summary) for name in names]
        for item in held:
            counts[item.word] += 1
        reasons = [item.reason for item in held if item.reason] or ([claim.beyond] if claim.beyond else [])
        unmeasured = not held or any(item.word == NOT_RUN for item in held) or (claim.beyond and claim.supply)
        sources.setdefault(claim.source, []).append(ClaimLine(
            claim.about, claim.stated, label_of(claim), held,
            list(dict.fromkeys(reasons)), with_cpus(claim.supply, summary) if unmeasured else ""))
    return SourceView([(name, palette.look(name)) for name in names], list(sources.items()), counts)


def label_of(claim):
    if claim.efficiency:
        return f"{wording.metric_label(claim.metric)} of the floor, as a share of one's own"
    return wording.metric_label(claim.metric) if claim.metric else ""


def with_cpus(command, summary):
    """A number of workers is counted from the CPUs of this machine, where the environment tells them."""
    fact = next((fact.value.split()[0] for fact in summary.facts if fact.name == "cpus" and fact.value.strip()), "")
    if not fact.isdigit():
        return command
    cpus = int(fact)
    return command.replace("2×CPUS", str(2 * cpus)).replace("CPUS+2", str(cpus + 2)).replace("CPUS", str(cpus))


def hold(claim, name, summary):
    if claim.beyond:
        return Held(NOT_COMPARABLE, "", claim.beyond)
    figures = [item for cell in summary.cells if fits(claim, cell) and (item := figure_of(claim, cell, name))]
    if not figures:
        return Held(NOT_RUN, "", "")
    judged = [judge(claim, cell, value, column) for cell, value, column in figures]
    # The cell that says most: one that keeps the claim, else one that misses it, else one that cannot tell.
    return min(judged, key=lambda item: (MET, MISSED, NOT_COMPARABLE).index(item.word))


def fits(claim, cell):
    return cell.scenario == claim.scenario and all(cell.params.get(name) == value for name, value in claim.where)


def figure_of(claim, cell, name):
    column = cell.main_column(name)
    if column is None:
        return None
    if claim.efficiency:
        ratio = column.to_reference.get(claim.metric)
        return (cell, 100 / ratio.ratio, column) if ratio and ratio.ratio else None
    estimate = column.metrics.get(claim.metric, Estimate(None, None, None, ()))
    return None if estimate.median is None else (cell, estimate.median, column)


def judge(claim, cell, value, column):
    scale = wording.Scale.of("percent" if claim.efficiency else cell.metric(claim.metric).unit, [value])
    shown, kept = scale.with_unit(value), keeps(claim, value)
    if kept and claim.least:
        parameter, least, reason = claim.least
        if number(cell.params.get(parameter)) < least:
            return Held(NOT_COMPARABLE, shown, reason, cell.cell)
    if not kept and claim.metric == "throughput_rps" and any(item.code == "generator_bound" for item in column.warnings):
        return Held(NOT_COMPARABLE, shown, f"{GENERATOR_BOUND}: the load generator was the limit", cell.cell)
    if not kept and claim.excuse:
        return Held(NOT_COMPARABLE, shown, claim.excuse, cell.cell)
    return Held(MET if kept else MISSED, shown, "", cell.cell)


def keeps(claim, value):
    return value >= claim.limit if claim.at_least else value <= claim.limit


def number(text):
    try:
        return float(text)
    except (TypeError, ValueError):
        return 0.0
