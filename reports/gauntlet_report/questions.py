"""The questions that the verdict answers: which figures answer each, and which run would supply what is missing.

A question knows metrics and parameters, never a runtime.
"""

from dataclasses import dataclass, replace

from .verdicts import GENERATOR_BOUND, Decision, compare, decide, has_figure

LEAST_PAIRS = 6


@dataclass(frozen=True)
class Question:
    """`pacing`: figures of a cell with another pacing do not answer it. `supply`: the command that measures it."""

    ident: str
    title: str
    why: str
    metric: str
    pacing: str
    supply: str


QUESTIONS = (
    Question("cpu", "Least CPU per request", "At an equal schedule: the same requests at the same times for all.",
             "subject_cpu_us_per_request", "open", "gauntlet bench quick --only load"),
    Question("tail", "Best tail", "Open loop, from the intended send time; a closed loop says nothing about latency.",
             "latency_p99_us", "open", "gauntlet bench quick --only load"),
    Question("throughput", "Throughput when saturated",
             "It counts only where the load generator was not the limit.",
             "throughput_rps", "closed", "gauntlet bench quick --only load"),
    Question("idle", "Idle cost", "CPU while every task waits and no timer is due.",
             "idle_cpu_percent", "", "gauntlet bench full --only cpu_usage"),
    Question("memory", "Least memory per waiting task", "Of the dearest kind of waiting; a difference of two sizes.",
             "waiting_task_bytes", "", "gauntlet bench full --only memory"),
    Question("tasks", "Scheduling speed", "Spawned, run and awaited, on one worker.",
             "spawn_join_ns", "", "gauntlet bench full --only scheduling"),
    Question("knee", "Highest rate within the objective", "The highest offered rate at which p99 keeps the objective.",
             "knee_rps", "", "gauntlet bench full --only sweep"),
    Question("recovery", "Fastest recovery", "From the start of a killed server until it takes requests again.",
             "recovery_time_ms", "", "gauntlet bench full --only crash_recovery"),
)
OTHER = Question("other", "Other questions", "The leading figure of each remaining cell.", "", "", "")


@dataclass(frozen=True)
class Answer:
    """What one cell says to one question. `cell` has the question's metric as its primary one."""

    question: Question
    cell: object
    leading: bool  # the metric is the one that the cell was made for
    decision: Decision
    not_run: tuple[str, ...]
    next_step: str
    kept: "Kept | None"


@dataclass(frozen=True)
class Kept:
    """A must is yes or no, so it can be told from few rounds: how many contenders kept it, and the worst figure."""

    kept: int
    judged: int
    limit: float
    worst: float | None


def resume(summary):
    """The command that finishes this bench."""
    return f"gauntlet bench --resume {summary.directory}"


def answers_to(question, summary):
    return [answer(question, summary, cell, question.metric) for cell in summary.cells if fits(question, cell)]


def other_answers(summary):
    """Cells whose leading figure no question asks for, so that none is left out."""
    return [answer(OTHER, summary, cell, cell.primary) for cell in summary.cells
            if not any(fits(question, cell) and question.metric == cell.primary for question in QUESTIONS)]


def fits(question, cell):
    measured = question.metric == cell.primary or any(metric.name == question.metric for metric in cell.metrics)
    return measured and (not question.pacing or cell.params.get("pacing", question.pacing) == question.pacing)


def answer(question, summary, cell, metric):
    focused = focus(cell, metric)
    decision = decide_focused(focused)
    present = {column.runtime for column in cell.columns}
    not_run = tuple(runtime.name for runtime in summary.runtimes
                    if runtime.role == "contender" and runtime.name not in present)
    return Answer(question, focused, metric == cell.primary, decision, not_run,
                  next_step(focused, decision, summary), kept_of(focused, decision))


def kept_of(cell, decision):
    """What the musts on a metric say where its verdict is open; None where there is a verdict, or no must."""
    if decision.kind in ("win", "tie"):
        return None
    found = [verdict for column in cell.columns if column.is_main and column.role == "contender"
             for verdict in column.verdicts if verdict.kind == "must" and verdict.metric == cell.primary
             and verdict.limit is not None]
    if not found:
        return None
    worst = [verdict.worst for verdict in found if verdict.worst is not None]
    choose = min if cell.metric(cell.primary).better == "higher" else max
    return Kept(sum(verdict.met for verdict in found), len(found), found[0].limit, choose(worst, default=None))


def focus(cell, metric):
    """The cell as if it had been made for `metric`."""
    return cell if metric == cell.primary else replace(cell, primary=metric, ranking=ranking_by(cell, metric))


def ranking_by(cell, metric):
    """Contenders in groups, as harness/stats ranks by the primary metric: in a group nobody is faster than another."""
    turned = replace(cell, primary=metric)
    ranked = [column for column in cell.columns
              if column.is_main and column.role == "contender" and has_figure(turned, column)]
    if not any(item.metric == metric for item in cell.comparisons):
        return ()
    down = -1 if cell.metric(metric).better == "higher" else 1
    ranked.sort(key=lambda column: (down * column.metrics[metric].median, column.runtime))
    groups = []
    for column in ranked:
        found = [compare(turned, member, column.runtime) for member in groups[-1]] if groups else []
        if not groups or any(item and item.verdict in ("faster", "slower") for item in found):
            groups.append([])
        groups[-1].append(column.runtime)
    return tuple(map(tuple, groups))


def decide_focused(cell):
    decision = decide(cell)
    if decision.kind == "unstable" and not any(item.metric == cell.primary for item in cell.comparisons):
        return replace(decision, kind="not compared", reason="measured, but not compared in this cell")
    return decision


def next_step(cell, decision, summary):
    """What would supply the missing verdict; empty where there is one."""
    finish = f"finish this bench with {resume(summary)}"
    if decision.kind in ("win", "tie"):
        return ""
    if decision.kind == "not compared":
        return f'a bench whose suite has compare = ["{cell.primary}"] for {cell.cell}'
    if decision.kind == GENERATOR_BOUND:
        return f"{cell.cell} on a machine with another CPU for the generator"
    if decision.kind in ("alone", "none"):
        troubled = any(column.role == "contender" and column.status != "ok" for column in cell.columns)
        return f"{cell.cell} with at least two contenders that can run here" if summary.complete or troubled else finish
    if not summary.complete:
        return finish
    compared = [item for item in cell.comparisons if item.metric == cell.primary and item.ratio is not None]
    if compared and max(item.pairs for item in compared) < LEAST_PAIRS:
        return f"{cell.cell} with rounds = {LEAST_PAIRS} or more in its suite"
    if compared and all(item.noise_low is None for item in compared):
        return f"{cell.cell} with a contender as aa in its suite, which gives the noise floor"
    return f"{cell.cell} with more rounds, on a quieter machine"
