"""Every single time as a dot, a row for each runtime, rows in groups on one logarithmic axis; the median is a bar."""

import math
from dataclasses import dataclass

from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

from ..palette import Look
from . import base
from .rows import SLIGHT_MARKS

ROW, HEAD, FOOT = 13, 24, 34
NEAREST = 1.5  # pixels, below which two dots would be one


@dataclass(frozen=True)
class Row:
    """`times`: (value, how many), ascending."""

    label: str
    look: Look
    times: tuple[tuple[float, int], ...]
    median: float
    tip: str


@dataclass(frozen=True)
class Group:
    label: str
    rows: tuple[Row, ...]


def draw(groups, tick, form, ident, title, description):
    """`tick`: value -> text on the axis."""
    with base.drawing_style():
        wide = form is base.WIDE
        margins = base.Margins(left=min(220, 24 + 6.9 * max(len(group.label) for group in groups)) if wide else 14,
                               right=26, top=6, bottom=FOOT)
        heights = [len(group.rows) * ROW + (ROW if wide else HEAD + ROW / 2) for group in groups]
        figure, axes = base.new_axes(form.width, sum(heights) + margins.top + FOOT, margins)
        low, high = bounds(groups)
        set_axes(axes, sum(heights), (low, high), tick, wide)
        apart = NEAREST * math.log(high / low) / (form.width - margins.left - margins.right)
        top = 0
        for group, height in zip(groups, heights):
            draw_group(axes, group, top, height, apart, wide)
            top += height
        return base.to_svg(figure, ident, title, description)


def bounds(groups):
    values = [value for group in groups for row in group.rows for value, _ in row.times]
    low, high = min(values), max(values)
    return low / 1.25, max(high * 1.25, low * 3)


def set_axes(axes, height, around, tick, wide):
    axes.set_ylim(height, 0)
    axes.yaxis.set_major_locator(NullLocator())
    axes.set_xscale("log")
    axes.set_xlim(*around)
    decades = math.log10(around[1] / around[0])
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if decades < (2 if wide else 1.2) else (1,)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _place: tick(value)))
    axes.grid(axis="x")
    axes.spines["bottom"].set_visible(False)


def draw_group(axes, group, top, height, apart, wide):
    axes.axhline(top, color=base.GRID, linewidth=1, zorder=0.5)
    first = top + (ROW if wide else HEAD + ROW / 2) - (0 if wide else ROW / 4)
    at, shift, align = (top + height / 2, -14, "right") if wide else (top + HEAD / 2, 0, "left")
    axes.annotate(group.label, (0, at), xycoords=("axes fraction", "data"), xytext=(shift, 0), ha=align, va="center",
                  textcoords="offset points", annotation_clip=False)
    for place, row in enumerate(group.rows):
        draw_row(axes, row, first + place * ROW, apart)


def draw_row(axes, row, middle, apart):
    colour = base.colour(row.look)
    axes.plot((row.times[0][0], row.times[-1][0]), (middle,) * 2, color=colour, linewidth=1, alpha=0.45, zorder=2)
    values = thinned(row.times, apart)
    dots, = axes.plot(values, (middle,) * len(values), marker=row.look.mark, linestyle="none", color=base.fill(row.look),
                      markersize=7 if row.look.mark in SLIGHT_MARKS else 5.5, markeredgecolor=colour, markeredgewidth=0.7,
                      alpha=0.6, zorder=3)
    bar, = axes.plot((row.median,) * 2, (middle - ROW * 0.42, middle + ROW * 0.42), color=base.INK, linewidth=2, zorder=4,
                     solid_capstyle="butt")
    for artist in (dots, bar):
        base.tag(artist, row.label, row.tip)


def thinned(times, apart):
    """Of values that would lie on one another, the first: so that a thousand need no more marks than there is room."""
    kept = []
    for value, _ in times:
        if not kept or math.log(value / kept[-1]) >= apart:
            kept.append(value)
    return kept
