"""One metric, every column of a cell: rounds as dots, the median with its interval, the reference as a line."""

import math
from dataclasses import dataclass

from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator

from ..palette import REFERENCE_MARKS, Look
from ..wording import figure as figure_text
from . import base

LEAST_SPAN = 0.2  # of the largest figure, so that a difference of one percent does not look like a gulf
LOG_FROM = 40  # largest over smallest, from which a linear axis would hide the small ones
BESIDE_WIDTH = 68
LIMIT_LINE = 15
CLEAR = {"facecolor": base.SURFACE, "linewidth": 0, "pad": 2}  # behind text that would lie on lines
SLIGHT_MARKS = (*REFERENCE_MARKS, "P", "X", "*")  # have less area, so they are drawn larger
ROW = {"wide": 44, "narrow": 58}


@dataclass(frozen=True)
class Row:
    """Figures are in the unit shown. `note` stands in place of figures that do not exist."""

    label: str
    look: Look
    role: str
    median: float | None
    low: float | None
    high: float | None
    values: tuple[float, ...]
    shown: str
    beside: str
    note: str = ""
    faint: bool = False  # the second half of the A/A pair

    @property
    def figures(self):
        return [value for value in (*self.values, self.median, self.low, self.high) if value is not None]


@dataclass(frozen=True)
class Limit:
    value: float
    text: str
    strict: bool


def draw(rows, limits, reference, form, ident, title, description):
    with base.drawing_style():
        edges = margins(rows, limits, form)
        height = edges.top + ROW[form.name] * len(rows) + edges.bottom
        figure, axes = base.new_axes(form.width, height, edges)
        set_axes(axes, rows, limits, form)
        draw_reference(axes, rows, reference)
        draw_limits(axes, limits)
        for place, row in enumerate(rows):
            draw_row(axes, place, row, form, shown_width(rows))
        return base.to_svg(figure, ident, title, description)


def margins(rows, limits, form):
    top = 10 + LIMIT_LINE * len(limits)
    if form is base.NARROW:
        return base.Margins(left=10, right=14, top=top, bottom=34)
    longest = max(len(row.label) for row in rows)
    beside = BESIDE_WIDTH if any(row.beside for row in rows) else 0
    return base.Margins(left=min(240, 34 + 7.4 * longest), right=shown_width(rows) + beside, top=top, bottom=34)


def shown_width(rows):
    return 34 + 7.0 * max(len(row.shown) for row in rows)


def framed(rows):
    """The rows that set the axis. A negative control is meant to be far off and must not squeeze the others."""
    found = [row for row in rows if row.figures and not row.look.hollow]
    return found or [row for row in rows if row.figures]


def is_beyond(row, low, high):
    return row.median is not None and not low <= row.median <= high


def is_logarithmic(rows):
    values = [value for row in framed(rows) for value in row.figures]
    return bool(values) and min(values) > 0 and max(values) / min(values) >= LOG_FROM


def span(rows, limits):
    values = [value for row in framed(rows) for value in row.figures]
    if not values:
        return 0.0, 1.0
    # A limit far beyond the figures would squash them into one spot; the table of claims holds it anyway.
    values += [limit.value for limit in limits if limit.value <= max(values) * 3 or max(values) == 0]
    low, high = min(values), max(values)
    if is_logarithmic(rows):
        low = min(value for value in values if value > 0)
        room = (high / low) ** 0.05
        return low / room, high * room
    if low >= 0 and low < 0.4 * high:
        low = 0.0
    missing = max(0.0, LEAST_SPAN * abs(high) - (high - low)) / 2
    room = missing + (high - low) * 0.06 or 1.0
    return low - room, high + room


def set_axes(axes, rows, limits, form):
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.yaxis.set_major_locator(NullLocator())
    if is_logarithmic(rows):
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(numticks=7))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_minor_formatter(NullFormatter())
    else:
        axes.xaxis.set_major_locator(MaxNLocator(7 if form is base.WIDE else 4, steps=[1, 2, 2.5, 5, 10]))
    axes.set_xlim(*span(rows, limits))
    axes.xaxis.set_major_formatter(FuncFormatter(tick_text))
    if all(row.median is None for row in rows):
        axes.xaxis.set_major_locator(NullLocator())
    axes.grid(axis="x")
    axes.spines["bottom"].set_visible(False)


def tick_text(value, _place):
    if abs(value) < 1e-12:
        return "0"
    if abs(value) >= 1e4:
        for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
            if abs(value) >= size:
                return f"{value / size:g}\u202f{letter}"
    digits = max(0, 3 - math.floor(math.log10(abs(value))))
    return f"{round(value, digits):,.{digits}f}".rstrip("0").rstrip(".") if digits else figure_text(value)


def draw_reference(axes, rows, reference):
    """The line that × counts from; other references are rows like any."""
    for row in rows:
        if row.role == "reference" and row.label == reference and row.median is not None:
            if row.low is not None and row.high is not None:
                axes.axvspan(row.low, row.high, color=base.BAND, linewidth=0, zorder=0.5)
            axes.axvline(row.median, color=base.REFERENCE, linewidth=1.5, zorder=1)


def draw_limits(axes, limits):
    left, right = axes.get_xlim()
    for line, limit in enumerate(limit for limit in limits if left <= limit.value <= right):
        ink = base.BAD if limit.strict else base.MUTED
        axes.axvline(limit.value, color=ink, linewidth=1.2, dashes=(4, 3), zorder=1)
        near_right = axes.transAxes.inverted().transform(axes.transData.transform((limit.value, 0)))[0] > 0.6
        axes.annotate(limit.text, (limit.value, 1), xycoords=("data", "axes fraction"), color=ink,
                      xytext=(-3 if near_right else 3, 6 + LIMIT_LINE * line), textcoords="offset points",
                      fontsize=base.SMALL, ha="right" if near_right else "left")


def draw_row(axes, place, row, form, width):
    narrow = form is base.NARROW
    line = place + (0.16 if narrow else -0.06)
    label_row(axes, place, row, narrow, width)
    if row.median is None:
        axes.annotate(row.note, (0, line), xycoords=("axes fraction", "data"), xytext=(2, 0), va="center_baseline",
                      textcoords="offset points", color=base.MUTED, fontsize=base.SMALL,
                      bbox=CLEAR)
        return
    if is_beyond(row, *axes.get_xlim()):
        draw_beyond(axes, line, row)
        return
    colour = base.colour(row.look)
    alpha = 0.65 if row.faint else 1.0
    tip = f"{row.shown} " + (f"({figure_text(row.low)}–{figure_text(row.high)}) " if row.low is not None else "")
    tip += f"· {row.beside} of the reference" if row.beside else ""
    # Not scatter(), which takes ten times as long for the same dots.
    base.tag(*axes.plot(row.values, [line + 0.26] * len(row.values), marker="o", linestyle="none", markersize=4.1,
                        color=colour, alpha=0.7 * alpha, markeredgewidth=0, zorder=3, clip_on=False), row.label,
             "rounds: " + ", ".join(figure_text(value) for value in row.values))
    if row.low is not None and row.high is not None:
        base.tag(*axes.plot((row.low, row.high), (line, line), color=colour, linewidth=4.5, alpha=0.6 * alpha, zorder=4,
                            clip_on=False), row.label, tip)
    hollow = row.look.hollow
    mark, = axes.plot((row.median,), (line,), marker=row.look.mark, markersize=13 if row.look.mark in SLIGHT_MARKS else 10,
                      markeredgewidth=2 if hollow else 1.2, color=base.fill(row.look), alpha=alpha, zorder=5,
                      markeredgecolor=colour if hollow else base.SURFACE, clip_on=False)
    base.tag(mark, row.label, tip)


def draw_beyond(axes, line, row):
    """An arrow at the edge behind which the figure lies; the figure itself stands at the end of the row."""
    right = row.median > axes.get_xlim()[1]
    base.tag(*axes.plot((1 if right else 0,), (line,), transform=axes.get_yaxis_transform(), clip_on=False, zorder=5,
                        marker=">" if right else "<", markersize=9, color=base.colour(row.look),
                        markeredgecolor=base.SURFACE), row.label, row.shown)
    base.tag(put(axes, 1 if right else 0, line, -12 if right else 12, "beyond the axis", "right" if right else "left",
                 color=base.MUTED, fontsize=base.SMALL, bbox=CLEAR), row.label, row.shown)


def label_row(axes, place, row, narrow, width):
    weight = "normal" if row.faint or row.role == "reference" else "bold"
    ink = base.MUTED if row.faint or row.role == "reference" else base.INK
    most, at = (24, place - 0.24) if narrow else (30, place)
    label = row.label if len(row.label) <= most else row.label[:most - 1] + "…"
    if narrow:
        texts = [put(axes, 0, at, 0, label, "left", color=ink, fontweight=weight, bbox=CLEAR),
                 put(axes, 1, at, 4, row.shown, "right", color=ink, bbox=CLEAR)]
    else:
        texts = [put(axes, 0, at, -16, label, "right", color=ink, fontweight=weight),
                 put(axes, 1, at, width - 2, row.shown, "right", color=ink),
                 put(axes, 1, at, width + BESIDE_WIDTH - 2, row.beside, "right", color=base.MUTED)]
    for text in texts:
        base.tag(text, row.label)


def put(axes, edge, place, shift, text, align, **style):
    return axes.annotate(text, (edge, place), xycoords=("axes fraction", "data"), xytext=(shift, 0),
                         textcoords="offset points", ha=align, va="center", annotation_clip=False, **style)
