"""Several results directories side by side: the leading figure of each cell, and what the environments differ in.

No verdict is said across directories: machines, times and neighbours differ. `--base` does that, for two that are alike.
"""

from dataclasses import dataclass

from . import wording
from .environments import Difference, Side, differences, sides
from .palette import Look, Palette


@dataclass(frozen=True)
class SideRow:
    runtime: str
    look: Look
    role: str
    figures: list[tuple[str, str, float]]  # median, interval or status, length of the bar in percent


@dataclass(frozen=True)
class SideCell:
    name: str
    title: str
    metric: str
    better: str
    differing: list[tuple[str, list[str]]]  # parameters that are not the same
    rows: list[SideRow]


@dataclass(frozen=True)
class SidesView:
    title: str
    lead: str
    sides: list[Side]
    cells: list[SideCell]
    missing: list[tuple[str, str]]  # a directory's letter, the cells that it lacks
    differences: list[Difference]
    same_facts: int


def sides_view(names, summaries):
    runtimes = {runtime.name: runtime for summary in summaries for runtime in summary.runtimes}
    palette = Palette(list(runtimes.values()))
    found = sides(names, summaries)
    cells = list(dict.fromkeys(cell.cell for summary in summaries for cell in summary.cells))
    differ, same = differences(summaries)
    missing = []
    for side, summary in zip(found, summaries):
        absent = [name for name in cells if all(cell.cell != name for cell in summary.cells)]
        if absent:
            missing.append((side.letter, wording.join_words(absent)))
    return SidesView("Gauntlet · side by side", f"{len(summaries)} results side by side.", found,
                     [side_cell(name, summaries, palette) for name in cells], missing, differ, same)


def side_cell(name, summaries, palette):
    held = [next((cell for cell in summary.cells if cell.cell == name), None) for summary in summaries]
    first = next(cell for cell in held if cell)
    metric = first.metric(first.primary)
    columns = {column.runtime: column for cell in held if cell for column in cell.columns if column.is_main}
    medians = [column.metrics[first.primary].median for cell in held if cell for column in cell.columns
               if column.is_main and first.primary in column.metrics]
    scale = wording.Scale.of(metric.unit, medians)
    most = max((abs(value) for value in medians if value), default=0.0)
    rows = [SideRow(runtime, palette.look(runtime, column.role), wording.role_label(column.role),
                    [figure_of(cell, runtime, first.primary, scale, most) for cell in held])
            for runtime, column in columns.items()]
    return SideCell(name, first.title, wording.metric_label(first.primary), metric.better, parameters(held), rows)


def parameters(held):
    names = list(dict.fromkeys(name for cell in held if cell for name in cell.params))
    rows = [(name, [cell.params.get(name, wording.NONE) if cell else wording.NONE for cell in held]) for name in names]
    return [(name, values) for name, values in rows if len({value for value, cell in zip(values, held) if cell}) > 1]


def figure_of(cell, runtime, metric, scale, most):
    column = cell.main_column(runtime) if cell else None
    if column is None:
        return wording.NONE, "not run", 0.0
    estimate = column.metrics.get(metric)
    if estimate is None or estimate.median is None:
        return wording.NONE, column.status, 0.0
    bar = round(100 * abs(estimate.median) / most, 1) if most else 0.0
    return scale.with_unit(estimate.median), scale.interval(estimate.low, estimate.high) or "no interval", bar
