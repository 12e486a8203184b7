"""Every run as the page shows it: grouped by cell and column, since the rounds of a column share their command."""

import shlex
from dataclasses import dataclass

from . import wording
from .model import MAIN_ARM
from .palette import Look

VALIDITY = (("sent_per_scheduled", "Sent of scheduled"), ("schedule_lag_p99_us", "Schedule lag p99"),
            ("generator_cpu_us_per_request", "Generator CPU per request"), ("errors", "Errors"))
# What the harness checks of every load, by the code of the warning that a breach leaves.
CHECKS = (("littles_law", "Little's law"), ("generator_bound", "Generator headroom"))
OFFERED = "generator_cpu_us_per_request"  # a run with this figure offered load, so the checks were made
DISTURBED = "disturbed"  # the harness's word for CPU that others took during the run


@dataclass(frozen=True)
class RunView:
    index: int
    round: int
    started: str
    elapsed: str
    status: str
    reason: str
    figure: str
    validity: list[str]
    checks: list[str]  # "held", the code of its breach, or nothing where there was no load
    foreign: str
    warnings: list[tuple[str, str]]


@dataclass(frozen=True)
class ColumnRuns:
    """`configs`: (which rounds, effective configuration); one entry where all rounds had the same."""

    label: str
    look: Look
    note: str
    command: list[str]
    configs: list[tuple[str, dict]]
    runs: list[RunView]
    troubles: list[tuple[str, str]]  # word for a pill, how often


@dataclass(frozen=True)
class CellRuns:
    name: str
    metric: str
    validity: list[str]
    checks: list[str]
    columns: list[ColumnRuns]


@dataclass(frozen=True)
class RunsView:
    cells: list[CellRuns]
    note: str


def runs_view(runs, summary, palette):
    cells = {cell.cell: cell for cell in summary.cells}
    grouped = {}
    for run in sorted(runs.runs, key=lambda item: item.index):
        grouped.setdefault(run.cell, {}).setdefault((run.runtime, run.arm), []).append(run)
    views = [cell_runs(name, cells.get(name), columns, palette) for name, columns in grouped.items()]
    return RunsView(views, note(runs))


def note(runs):
    if not runs.found:
        return "This directory has no runs.jsonl, so the single runs cannot be shown."
    if runs.torn:
        return "The last line of runs.jsonl was cut off, as by a kill; that run is left out here."
    return "" if runs.runs else "No run has finished."


def cell_runs(name, cell, columns, palette):
    everything = [run for runs in columns.values() for run in runs]
    shown = [(metric, label) for metric, label in VALIDITY if any(metric in run.metrics for run in everything)]
    primary = cell.primary if cell else ""
    scales = {metric: wording.Scale.of(unit_of(cell, metric), [run.metrics.get(metric) for run in everything
                                                              if run.metrics.get(metric) is not None])
              for metric in (primary, *(metric for metric, _ in shown))}
    return CellRuns(name, wording.metric_label(primary) if primary else "", [label for _, label in shown],
                    [label for _, label in CHECKS] if any(OFFERED in run.metrics for run in everything) else [],
                    [column_runs(runs, primary, [metric for metric, _ in shown], scales, palette)
                     for runs in columns.values()])


def unit_of(cell, metric):
    unit = cell.metric(metric).unit if cell else ""
    return "" if unit in ("ratio", "answers") else unit


def column_runs(runs, primary, validity, scales, palette):
    first = runs[0]
    views = [run_view(run, primary, validity, scales) for run in runs]
    return ColumnRuns(
        label=first.runtime if first.arm == MAIN_ARM else f"{first.runtime} · A/A",
        look=palette.look(first.runtime, first.role), note=wording.role_label(first.role), command=command_of(first),
        configs=configs_of(runs), runs=views, troubles=troubles_of(runs))


def run_view(run, primary, validity, scales):
    codes = [code for _, code, _ in run.warnings]
    return RunView(
        index=run.index, round=run.round + 1, started=run.started[11:19] or run.started,
        elapsed=f"{wording.figure(run.elapsed_s)}\u202fs" if run.elapsed_s is not None else wording.NONE,
        status=run.status, reason=run.reason, figure=scales[primary].with_unit(run.metrics.get(primary)),
        validity=[scales[metric].with_unit(run.metrics.get(metric)) for metric in validity],
        checks=[(code if code in codes else "held") if OFFERED in run.metrics else wording.NONE for code, _ in CHECKS],
        foreign=DISTURBED if DISTURBED in codes else "none noted",
        warnings=[(code, text) for _, code, text in run.warnings])


def command_of(run):
    """What does this run once more, by hand: in pieces, between which a line may break."""
    options = [("-r", run.runtime)] + [("-p", f"{name}={value}") for name, value in sorted(run.params.items())]
    return [shlex.join(piece) for piece in (("gauntlet", "run", run.scenario), *options)]


def configs_of(runs):
    found = {}
    for run in runs:
        if run.effective_config:
            found.setdefault(tuple(run.effective_config.items()), []).append(run.round + 1)
    if len(found) == 1:
        return [("", dict(next(iter(found))))]
    return [("round " + wording.join_words(map(str, rounds)), dict(config)) for config, rounds in found.items()]


def troubles_of(runs):
    """Status words and warning codes, each with the number of runs that have it."""
    counts = {}
    for run in runs:
        words = ([run.status] if run.status != "ok" else []) + [code for _, code, _ in run.warnings]
        for word in dict.fromkeys(words):
            counts[word] = counts.get(word, 0) + 1
    return [(word, f"{count} of {len(runs)}") for word, count in counts.items()]
