"""Several figures of one kind as rows on a common axis, each series a mark: near one another, or decades apart."""

import math
from dataclasses import dataclass

from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator

from ..palette import Look
from . import base
from .rows import CLEAR, LOG_FROM, SLIGHT_MARKS

LANE = 13  # pixels between marks that would lie on one another
ROOM = {"wide": 18, "narrow": 34}  # of a row, beyond its lanes


@dataclass(frozen=True)
class Dot:
    label: str
    look: Look
    value: float
    tip: str


@dataclass(frozen=True)
class Track:
    """A row. `floor`: what its marks are held against, None where nothing was measured."""

    label: str
    dots: tuple[Dot, ...]
    floor: float | None


def draw(tracks, tick, form, ident, title, description):
    """`tick`: value -> text on the axis; `tick.base` is that of a logarithmic one."""
    with base.drawing_style():
        wide = form is base.WIDE
        left = min(260, 24 + 6.9 * max(len(track.label) for track in tracks)) if wide else 14
        low, high, logarithmic = span(tracks)
        width = form.width - left - 26
        lanes = [lanes_of(track, lambda value: position(value, low, high, logarithmic) * width) for track in tracks]
        heights = [ROOM[form.name] + LANE * (1 + max(found, default=0)) for found in lanes]
        margins = base.Margins(left=left, right=26, top=6, bottom=34)
        figure, axes = base.new_axes(form.width, sum(heights) + 40, margins)
        set_axes(axes, sum(heights), (low, high), logarithmic, tick, wide)
        top = 0
        for track, found, height in zip(tracks, lanes, heights):
            draw_track(axes, track, found, top, height, wide)
            top += height
        return base.to_svg(figure, ident, title, description)


def span(tracks):
    """(low, high, whether the axis is logarithmic) around all figures."""
    values = [value for track in tracks for value in (*(dot.value for dot in track.dots), track.floor)
              if value is not None]
    low, high = min(values, default=0.0), max(values, default=1.0)
    if low > 0 and high / low >= LOG_FROM / 2:
        return low / 1.5, high * 1.5, True
    return min(0.0, low * 1.05), high * 1.06 or 1.0, False


def position(value, low, high, logarithmic):
    if logarithmic:
        return math.log(value / low) / math.log(high / low)
    return (value - low) / (high - low)


def lanes_of(track, pixel):
    """A lane for each dot, so that no two lie on one another."""
    found, ends = [0] * len(track.dots), []
    for place in sorted(range(len(track.dots)), key=lambda place: track.dots[place].value):
        at = pixel(track.dots[place].value)
        lane = next((lane for lane, end in enumerate(ends) if at - end >= LANE), len(ends))
        ends[lane:lane + 1] = [at]
        found[place] = lane
    return found


def set_axes(axes, height, bounds, logarithmic, tick, wide):
    axes.set_ylim(height, 0)
    axes.yaxis.set_major_locator(NullLocator())
    if logarithmic:
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(base=tick.base, numticks=10 if wide else 5))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_minor_formatter(NullFormatter())
    else:
        axes.xaxis.set_major_locator(MaxNLocator(7 if wide else 4, steps=[1, 2, 2.5, 5, 10]))
    axes.set_xlim(*bounds)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _place: tick(value)))
    axes.grid(axis="x")
    axes.spines["bottom"].set_visible(False)


def draw_track(axes, track, lanes, top, height, wide):
    middle = top + height / 2
    axes.axhline(top, color=base.GRID, linewidth=1, zorder=0.5)
    at, shift, align = (middle, -14, "right") if wide else (top + 11, 0, "left")
    axes.annotate(track.label, (0, at), xycoords=("axes fraction", "data"), xytext=(shift, 0), ha=align, va="center",
                  textcoords="offset points", annotation_clip=False, bbox=None if wide else CLEAR, zorder=2)
    if track.floor is not None:
        axes.plot((track.floor,) * 2, (top + 3, top + height - 3), color=base.REFERENCE, linewidth=3, alpha=0.7, zorder=1,
                  solid_capstyle="butt")
    first = middle - LANE * max(lanes, default=0) / 2 + (0 if wide else 9)
    for dot, lane in zip(track.dots, lanes):
        mark, = axes.plot((dot.value,), (first + LANE * lane,), marker=dot.look.mark, zorder=4, clip_on=False,
                          markersize=11 if dot.look.mark in SLIGHT_MARKS else 8.5, color=base.fill(dot.look),
                          markeredgecolor=base.colour(dot.look) if dot.look.hollow else base.SURFACE, markeredgewidth=1)
        base.tag(mark, dot.label, dot.tip)
