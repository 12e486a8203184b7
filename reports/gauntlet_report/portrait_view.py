"""The portraits of a cell, and what several cells have in common, as charts with a table behind each."""

from dataclasses import dataclass

from . import wording
from .charts.dots import Dot, Track
from .charts.rows import tick_text
from .charts.steps import Line
from .model import Cell
from .palette import Look
from .portraits import ACROSS, DOTS, FIRST, FLOOR, LINES, NO_FLOOR, PORTRAITS, REFERENCE, Across

BASE_UNITS = {"ns": ("ns", 1.0), "us": ("ns", 1e3), "ms": ("ns", 1e6), "s": ("ns", 1e9), "ratio": ("%", 100.0),
              "percent": ("%", 1.0)}
LADDERED = ("ns", "bytes")


@dataclass(frozen=True)
class Tick:
    """A figure in `unit` as an axis says it."""

    unit: str

    @property
    def base(self):
        return 4 if self.unit == "bytes" else 10

    def __call__(self, value):
        if value == 0:
            return "0"
        if self.unit in LADDERED:
            return wording.Scale.of(self.unit, [value]).bound(value)
        return f"{value:g}\u202f%" if self.unit == "%" else tick_text(value, 0)


@dataclass(frozen=True)
class Series:
    label: str
    look: Look


@dataclass(frozen=True)
class Place:
    """A place in the table: the median, its interval, and how far it is from what it is held against."""

    shown: str
    interval: str
    distance: str


@dataclass(frozen=True)
class PortraitView:
    """`lines` or `tracks` is filled, as `kind` says. `table`: (label, look, places) under `headings`."""

    ident: str
    heading: str
    kind: str
    unit: str
    better: str
    means: str
    x_label: str
    steps: tuple[str, ...]
    from_first: bool
    lines: tuple[Line, ...]
    tracks: tuple[Track, ...]
    series: list[Series]
    headings: list[str]
    table: list[tuple[str, Look, list[Place]]]

    @property
    def tick(self):
        return Tick(self.unit)


def portrait_views(cell, columns, palette, ident):
    columns = [column for column in columns if column.is_main]
    found = [of_cell(portrait, cell, columns, palette, f"{ident}-{portrait.ident}") for portrait in PORTRAITS
             if portrait.scenario == cell.scenario]
    return [view for view in found if view]


def base_unit(cell, metric):
    unit = cell.metric(metric).unit
    return BASE_UNITS.get(unit, (unit, 1.0))


def median(column, metric):
    estimate = column.metrics.get(metric)
    return estimate.median if estimate else None


def of_cell(portrait, cell, columns, palette, ident):
    """None where nothing of it was measured."""
    known = {metric.name for metric in cell.metrics}
    steps = [(metric, label) for metric, label in portrait.steps if metric in known]
    held = [column for column in columns if any(median(column, metric) is not None for metric, _ in steps)]
    if not held:
        return None
    cells = [(cell, metric, label) for metric, label in steps]
    return build(ident, portrait.heading, portrait.kind, portrait.means, portrait.x_label, portrait.against, cells,
                 [(column.label, palette.look(column.runtime, column.role)) for column in held])


def across_views(cells, palette, ident):
    """What the cells of one scenario have in common: a row for each of them."""
    wanted = [item for item in ACROSS if cells and item.scenario == cells[0].scenario]
    if not wanted:
        wanted = [Across(f"primary-{place}", wording.metric_label(metric), metric)
                  for place, metric in enumerate(dict.fromkeys(cell.primary for cell in cells))]
    found = []
    for item in wanted:
        held = [(cell, item.metric, cell.cell.partition("/")[2] or cell.cell) for cell in cells
                if measured(cell, item.metric) and (item.scenario or cell.primary == item.metric)]
        if len(held) < (1 if item.scenario else 2):
            continue
        names = {column.runtime: column.role for cell, _, _ in held for column in cell.columns if column.is_main}
        against = REFERENCE if not item.base else next(
            (cell for cell, _, _ in held if cell.params.get(item.base[0]) == item.base[1]), "")
        found.append(build(
            f"{ident}-{item.ident}", item.heading, DOTS, means_of(item, against), "", against, held,
            [(name, palette.look(name, role)) for name, role in names.items()]))
    return found


def means_of(item, against):
    if not item.base:
        return ""
    return item.means if against else f"Nothing to hold it against: no cell has {'='.join(item.base)}."


def measured(cell, metric):
    return any(median(column, metric) is not None for column in cell.columns)


def build(ident, heading, kind, means, x_label, against, cells, series):
    """`cells`: (cell, metric, label) of each step; `series`: (name, look) of each runtime and reference; `against`: as of a
    Portrait, or the cell that the others are held against."""
    unit = base_unit(cells[0][0], cells[0][1])[0]
    table = [(name, look, [place_of(cell, metric, name, against, cells) for cell, metric, _ in cells])
             for name, look in series]
    lines = tracks = ()
    if kind == LINES:
        lines = tuple(Line(name, look, tuple(figure(cell, metric, name) for cell, metric, _ in cells),
                           tuple(place.shown for place in places)) for name, look, places in table)
    else:
        tracks = tuple(Track(label, tuple(dots_of(cell, metric, place, table)), floor_of(cell, metric, against))
                       for place, (cell, metric, label) in enumerate(cells))
    if against == REFERENCE:
        means = FLOOR if any(track.floor is not None for track in tracks) else NO_FLOOR
    return PortraitView(ident, heading, kind, unit, cells[0][0].metric(cells[0][1]).better, means, x_label,
                        tuple(label for _, _, label in cells), against == FIRST, lines, tracks,
                        [Series(name, look) for name, look in series], [label for _, _, label in cells], table)


def figure(cell, metric, name):
    column = cell.main_column(name)
    value = median(column, metric) if column else None
    return None if value is None else value * base_unit(cell, metric)[1]


def dots_of(cell, metric, place, table):
    for name, look, places in table:
        value = figure(cell, metric, name)
        if value is not None:
            distance = f" · {places[place].distance}" if places[place].distance else ""
            yield Dot(name, look, value, f"{places[place].shown}{distance}")


def floor_of(cell, metric, against):
    """What all marks of a row are held against; None where there is no one figure for all."""
    if against == REFERENCE:
        return figure(cell, metric, cell.reference) if cell.reference else None
    best = max if cell.metric(metric).better == "higher" else min
    if isinstance(against, Cell):
        return best((value for column in against.columns if column.is_main
                     and (value := figure(against, metric, column.runtime)) is not None), default=None)
    others = [figure(cell, against, column.runtime) for column in cell.columns if column.is_main]
    return best((value for value in others if value), default=None)


def place_of(cell, metric, name, against, cells):
    column = cell.main_column(name)
    estimate = column.metrics.get(metric) if column else None
    if estimate is None or estimate.median is None:
        return Place("" if column is None or column.status == "ok" else column.status, "", "")
    unit, factor = base_unit(cell, metric)
    scale = wording.Scale.of(unit, [estimate.median * factor])

    def scaled(value):
        return None if value is None else value * factor

    return Place(scale.with_unit(estimate.median * factor), scale.interval(scaled(estimate.low), scaled(estimate.high)),
                 distance_of(column, metric, estimate.median, against, cells))


def distance_of(column, metric, value, against, cells):
    if against == REFERENCE:
        ratio = column.to_reference.get(metric)
        return wording.ratio(ratio.ratio) if ratio and ratio.ratio is not None else ""
    if isinstance(against, Cell):
        same = against.main_column(column.runtime)
        other = median(same, metric) if same and same is not column else None
    else:
        other = median(column, cells[0][1] if against == FIRST else against) if against else None
    if not other or against == FIRST and metric == cells[0][1]:
        return ""
    return wording.ratio(value / other)
