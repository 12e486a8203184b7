"""The summary as the page shows it: every text ready, every decision taken. The template only places things."""

from dataclasses import dataclass, field

from . import wording
from .cell_view import CellView, cell_view
from .crashes import LOST, SURVIVED, FaultView, Matrix, fault_views, matrix_of
from .model import MAIN_ARM
from .palette import Look, Palette
from .part_view import PartView, part_views
from .parts import CRASHES, JOURNAL, JOURNAL_SUPPLY
from .question_view import question_views
from .questions import resume
from .recommend_view import FORMULA, recommendation_views
from .runs_view import runs_view
from .source_view import SourceView, source_view
from .spread_view import SpreadView, spread_view


@dataclass(frozen=True)
class Chip:
    name: str
    look: Look
    note: str


@dataclass(frozen=True)
class Tile:
    """A figure of the masthead. `tone`: good, warn, bad or empty."""

    value: str
    label: str
    tone: str = ""


@dataclass(frozen=True)
class Gap:
    """Something that was not run: what, why, and where it is missing."""

    what: str
    reason: str
    where: str


@dataclass(frozen=True)
class FailureView:
    cell: str
    runtime: str
    look: Look
    round: int
    index: int
    status: str
    reason: str
    stderr_tail: str


@dataclass(frozen=True)
class View:
    title: str
    suite: str
    created: str
    lead: str
    tiles: list[Tile]
    alarms: list[str]
    chips: list[Chip]
    profiles: list
    first_profile: str
    formula: str
    questions: list
    cells: list[CellView]
    parts: list[PartView]
    crashes: PartView
    others: list[PartView]
    faults: list[FaultView]
    fault_matrix: Matrix | None
    fault_supply: str
    recoveries: SpreadView | None
    journal_supply: str  # what would tell the cost of a journal; empty where a cell does
    claims: SourceView
    runs: object
    matrix_names: list[Chip]
    gaps: list[Gap]
    failures: list[FailureView]
    warnings: list[dict]
    facts: tuple
    fingerprint: str
    command: str
    reproduce: list[str]
    sections: list[tuple[str, str]] = field(default_factory=list)


def build_view(summary, runs):
    palette = Palette(summary.runtimes)
    cells = [cell_view(cell, palette, f"cell-{index}", runs) for index, cell in enumerate(summary.cells)]
    chips = [chip(runtime, palette) for runtime in summary.runtimes]
    gaps = find_gaps(summary)
    failures = [failure_view(failure, palette) for failure in summary.failures]
    warnings = gather_warnings(summary, palette)
    questions = question_views(summary, cells, palette)
    profiles = recommendation_views(summary, palette)
    parts, crashes, others = part_views(summary, cells, palette)
    faults = fault_views(summary, cells, palette)
    view = View(
        title=f"Gauntlet · {summary.suite or 'results'}", suite=summary.suite, created=wording.day(summary.created),
        lead=lead_sentence(questions, faults), tiles=tiles(summary, cells, failures), alarms=alarms(summary, cells),
        chips=chips, profiles=profiles, first_profile=first_profile(profiles), formula=FORMULA, questions=questions,
        cells=cells, parts=parts, crashes=crashes, others=others, faults=faults,
        fault_matrix=matrix_of(faults), fault_supply=CRASHES.supply, recoveries=spread_view(summary, runs, palette),
        journal_supply="" if any(JOURNAL in cell.scenario for cell in summary.cells) else JOURNAL_SUPPLY,
        claims=source_view(summary, palette), runs=runs_view(runs, summary, palette),
        matrix_names=matrix_names(summary, chips), gaps=gaps, failures=failures, warnings=warnings,
        facts=summary.facts, fingerprint=summary.fingerprint, command=summary.command,
        reproduce=list(summary.reproduce) or [line for line in (summary.command,) if line],
    )
    view.sections.extend(sections(view))
    return view


def first_profile(profiles):
    """The one that is shown first: the first that can be answered."""
    return next((profile.ident for profile in profiles if profile.places), profiles[0].ident)


def sections(view):
    found = [("recommendation", "Which one?"), ("verdict", "Verdict")]
    found += [(f"part-{part.ident}", part.title) for part in view.parts]
    found += [("crashes", "Crashes")] + [(f"part-{part.ident}", part.title) for part in view.others]
    found += [("rules", "Rules")] if any(cell.claims for cell in view.cells) else []
    found += [("claims", "Claims")]
    found += [("not-run", "Not run")] if view.gaps else []
    found += [("failures", "Failures")] if view.failures else []
    found += [("warnings", "Warnings")] if view.warnings else []
    found += [("runs", "Runs")]
    return found + [("environment", "Environment"), ("reproduce", "Reproduce"), ("reading", "How to read")]


def chip(runtime, palette):
    note = wording.role_label(runtime.role)
    return Chip(runtime.name, palette.look(runtime.name), note if runtime.available else "not available")


def matrix_names(summary, chips):
    measured = {column.runtime for cell in summary.cells for column in cell.columns if column.role != "reference"}
    return [item for item in chips if item.name in measured]


def lead_sentence(questions, faults):
    """The score over all answers, in the order of the questions; where none leads or ties, what crashes left."""
    verdicts = [answer.verdict for question in questions for answer in question.answers]
    outcomes = [outcome.word for fault in faults for outcome in fault.overall if outcome.word in (SURVIVED, LOST)]
    if not verdicts:
        return "Nothing was measured."
    wins, ties, open_ones = {}, 0, 0
    for verdict in verdicts:
        if verdict.kind == "win":
            wins[verdict.leaders[0][0]] = wins.get(verdict.leaders[0][0], 0) + 1
        elif verdict.kind == "tie":
            ties += 1
        else:
            open_ones += 1
    if not wins and not ties and outcomes:
        return (f"Crashes survived: {outcomes.count(SURVIVED)} of {len(outcomes)}."
                + (" Nothing else is settled." if open_ones else ""))
    if not wins and not ties:
        return f"No winner: none of {open_ones} verdicts is settled." if open_ones > 1 else "Not settled."
    if len(verdicts) == 1:
        return f"{next(iter(wins))} leads." if wins else "A tie."
    parts = [f"{name} leads {count}" for name, count in sorted(wins.items(), key=lambda item: -item[1])]
    parts += [f"{ties} tied"] if ties else []
    parts += [f"{open_ones} not settled"] if open_ones else []
    return f"Of {wording.plural(len(verdicts), 'verdict')}: {', '.join(parts)}."


def tiles(summary, cells, failures):
    found = [Tile(f"{summary.runs_finished:,} / {summary.runs_planned:,}", "runs finished",
                  "" if summary.complete else "warn")]
    held = [claim for cell in cells for claim in cell.claims if claim.kind == "must" and claim.role == "contender"]
    if held:
        kept = sum(1 for claim in held if claim.met)
        found.append(Tile(f"{kept} / {len(held)}", "musts held by contenders", "good" if kept == len(held) else "bad"))
    controls = [control for cell in cells for control in cell.controls if control.state != "none"]
    if controls:
        caught = sum(1 for control in controls if control.state == "caught")
        missed = any(control.state == "not caught" for control in controls)
        tone = "bad" if missed else "good" if caught else "warn"
        found.append(Tile("caught" if caught and not missed else "not caught" if missed else "not tested",
                          "negative control", tone))
    if failures:
        found.append(Tile(str(len(failures)), "run" + "s" * (len(failures) > 1) + " failed or invalid", "bad"))
    disturbing = sum(1 for fact in summary.facts if fact.warning)
    if disturbing:
        found.append(Tile(str(disturbing), "environment warning" + ("s" if disturbing > 1 else ""), "warn"))
    return found


def alarms(summary, cells):
    """What a reader must know before believing anything below."""
    found = []
    if not summary.cells:
        found.append("This directory holds no finished cell. Run a suite with gauntlet bench, or finish this one with "
                     f"{resume(summary)}")
    elif not summary.complete:
        missing = max(0, summary.runs_planned - summary.runs_finished)
        found.append(f"The bench is not complete: {wording.plural(missing, 'run')} of {summary.runs_planned:,} "
                     f"missing. Continue it with {resume(summary)}")
    for cell in cells:
        found += [f"{item.runtime} broke a must in {cell.name}: {item.text}" for item in cell.broken]
        found += [f"The negative control {control.runtime} was not caught in {cell.name}: {control.reason}. "
                  "A rule that cannot fail proves nothing."
                  for control in cell.controls if control.state == "not caught"]
    return found


def find_gaps(summary):
    found = {}
    for runtime in summary.runtimes:
        if not runtime.available:
            found[runtime.name, runtime.reason or "not available here"] = ["every cell"]
    away = {runtime.name for runtime in summary.runtimes if not runtime.available}
    for cell in summary.cells:
        present = {column.runtime for column in cell.columns}
        for column in cell.columns:
            if column.status == "skipped" and column.is_main and column.runtime not in away:
                found.setdefault((column.runtime, column.reason or "skipped"), []).append(cell.cell)
        for runtime in summary.runtimes:
            if runtime.role != "reference" and runtime.name not in present | away:
                found.setdefault((runtime.name, "no run of it in the plan or none finished"), []).append(cell.cell)
        if cell.columns and not any(not column.is_main for column in cell.columns):
            unknown = "no contender ran twice, so the noise floor is unknown"
            found.setdefault(("A/A pair", unknown), []).append(cell.cell)
    gaps = [Gap(what, reason, wording.join_words(where)) for (what, reason), where in found.items()]
    missing = summary.runs_planned - summary.runs_finished
    if missing > 0:
        gaps.insert(0, Gap(wording.plural(missing, "planned run"), "the bench was stopped before them", ""))
    return gaps


def failure_view(failure, palette):
    label = failure.runtime if failure.arm == MAIN_ARM else f"{failure.runtime} · A/A"
    return FailureView(failure.cell, label, palette.look(failure.runtime), failure.round, failure.index, failure.status,
                       failure.reason, failure.stderr_tail)


def gather_warnings(summary, palette):
    return [{"cell": cell.cell, "runtime": column.label, "look": palette.look(column.runtime, column.role),
             "code": warning.code, "text": warning.text, "runs": warning.runs}
            for cell in summary.cells for column in cell.columns for warning in column.warnings]
