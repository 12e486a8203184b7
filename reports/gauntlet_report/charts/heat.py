"""Latency over time as a heat map, with lanes of CPU, memory and context switches under it on the same axis of time."""

import math
from dataclasses import dataclass

from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator

from ..load_lanes import Lane
from ..palette import Look
from ..wording import NONE, Scale, figure
from . import base
from .rows import tick_text

HALF = base.Format("half", 380)
CHARACTER = 6.6
LEFT, RIGHT, TOP, BOTTOM = 62, 12, 22, 40
HEAT, LANE, GAP = 150, 34, 24
ROWS = 30
SHARES = ((0.3, 1.0), (0.1, 0.8), (0.03, 0.6), (0.01, 0.42), (0.003, 0.28), (0.0, 0.17))  # at least, opacity
BREAK = 0.04  # of all time, between two spans
LANES = (("CPU, % of one", lambda lane: lane.cpu_percent, lambda value: f"{value:g}"),
         ("RSS", lambda lane: lane.rss_bytes, lambda value: Scale.of("bytes", [value]).with_unit(value)),
         ("context switches per second", lambda lane: lane.switches_per_s, lambda value: tick_text(value, 0)))


@dataclass(frozen=True)
class Moment:
    """An interval. `shares`: (nanoseconds, share of the answers)."""

    start_s: float
    length_s: float
    answers: int
    slowest_ns: int
    shares: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Span:
    """One load of one run."""

    round: int
    load: str
    moments: tuple[Moment, ...]
    lanes: tuple[Lane, ...]

    @property
    def length_s(self):
        return max((item.start_s + item.length_s for item in (*self.moments, *self.lanes)), default=0.0)


@dataclass(frozen=True)
class Panel:
    label: str
    look: Look
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Frame:
    """The axes that all panels of a picture share."""

    low_ns: float
    high_ns: float
    lane_tops: tuple[float, ...]

    @staticmethod
    def around(panels):
        values = [value for panel in panels for span in panel.spans for moment in span.moments
                  for value, _ in moment.shares if value > 0]
        lanes = [lane for panel in panels for span in panel.spans for lane in span.lanes]
        tops = tuple(max((value for lane in lanes if (value := read(lane)) is not None), default=0.0) * 1.1 or 1.0
                     for _, read, _ in LANES)
        return Frame(min(values, default=1e3) / 1.1, max(values, default=1e6) * 1.1, tops)

    def row(self, value):
        place = math.log(max(value, self.low_ns) / self.low_ns) / math.log(self.high_ns / self.low_ns)
        return min(ROWS - 1, int(place * ROWS))

    def edge(self, row):
        return self.low_ns * (self.high_ns / self.low_ns) ** (row / ROWS)


def draw(panel, frame, form, ident, title, description):
    with base.drawing_style():
        has_lanes = any(span.lanes for span in panel.spans)
        height = TOP + HEAT + BOTTOM + (len(LANES) * (LANE + GAP) if has_lanes else 0)
        starts = starts_of(panel.spans)
        drawing, axes = base.new_axes(form.width, height, base.Margins(LEFT, RIGHT, TOP, height - TOP - HEAT))
        set_axes(axes, panel, frame, starts)
        draw_heat(axes, panel, frame, starts, form.width - LEFT - RIGHT)
        lowest = axes
        for place, lane in enumerate(LANES if has_lanes else ()):
            top = TOP + HEAT + GAP + place * (LANE + GAP)
            lowest = drawing.add_axes((LEFT / form.width, 1 - (top + LANE) / height,
                                       1 - (LEFT + RIGHT) / form.width, LANE / height), sharex=axes)
            draw_lane(lowest, panel, frame.lane_tops[place], lane, starts)
        set_time(axes, lowest, panel.spans, starts)
        return base.to_svg(drawing, ident, title, description)


def starts_of(spans):
    """Where each span begins on the axis of time, with a break between two."""
    gap = BREAK * sum(span.length_s for span in spans) / max(1, len(spans))
    starts, at = [], 0.0
    for span in spans:
        starts.append(at)
        at += span.length_s + gap
    return starts


def set_axes(axes, panel, frame, starts):
    axes.set_xlim(0, starts[-1] + panel.spans[-1].length_s or 1)
    axes.set_yscale("log")
    axes.set_ylim(frame.low_ns, frame.high_ns)
    axes.yaxis.set_major_locator(LogLocator(subs=(1,) if frame.high_ns / frame.low_ns > 100 else (1, 3)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _place: Scale.of("ns", [value]).bound(value)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.grid(axis="y")
    caption(axes, "latency, from the intended send time")


def caption(axes, text):
    axes.annotate(text, (0, 1), xycoords="axes fraction", xytext=(0, 5), textcoords="offset points", color=base.MUTED,
                  fontsize=base.SMALL)


def draw_heat(axes, panel, frame, starts, width):
    """One path for each opacity: upright strokes as wide as an interval, which keeps the drawing small."""
    colour = base.colour(panel.look)
    strokes = {}
    total = axes.get_xlim()[1]
    widest = max((moment.length_s for span in panel.spans for moment in span.moments), default=total)
    for start, span in zip(starts, panel.spans):
        for moment in span.moments:
            middle = start + moment.start_s + moment.length_s / 2
            for opacity, low, high in bands(moment, frame):
                strokes.setdefault(opacity, []).append(((middle, frame.edge(low)), (middle, frame.edge(high))))
            base.tag(axes.add_patch(Rectangle((start + moment.start_s, frame.low_ns), moment.length_s,
                                              frame.high_ns - frame.low_ns, facecolor="none", linewidth=0)),
                     panel.label, tip_of(span, moment))
    for opacity, lines in sorted(strokes.items()):
        path = Path([point for line in lines for point in line], [Path.MOVETO, Path.LINETO] * len(lines))
        axes.add_patch(PathPatch(path, edgecolor=colour, facecolor="none", alpha=opacity, capstyle="butt",
                                 linewidth=max(1.0, 0.97 * width * widest / total), zorder=3))


def bands(moment, frame):
    """(opacity, first row, row after the last) of neighbouring rows that look the same."""
    shares = {}
    for value, share in moment.shares:
        row = frame.row(value)
        shares[row] = shares.get(row, 0.0) + share
    found = []
    for row in sorted(shares):
        opacity = next(shade for least, shade in SHARES if shares[row] >= least)
        if found and found[-1][0] == opacity and found[-1][2] == row:
            found[-1][2] = row + 1
        else:
            found.append([opacity, row, row + 1])
    return found


def tip_of(span, moment):
    lane = next((lane for lane in span.lanes if lane.start_s + lane.length_s / 2 >= moment.start_s), None)
    parts = [f"round {span.round}" + (f", {span.load}" if span.load else "") + f", {moment.start_s:.1f}\u202fs",
             f"{moment.answers:,} answers",
             f"slowest {Scale.of('ns', [moment.slowest_ns]).with_unit(moment.slowest_ns) if moment.answers else NONE}"]
    if lane:
        parts += [f"CPU {figure(lane.cpu_percent)}\u202f%", Scale.of("bytes", [lane.rss_bytes]).with_unit(lane.rss_bytes),
                  f"{figure(lane.switches_per_s)} switches/s"]
    return " · ".join(parts)


def draw_lane(axes, panel, top, lane, starts):
    name, read, text = lane
    colour = base.colour(panel.look)
    for start, span in zip(starts, panel.spans):
        held = [(item, read(item)) for item in span.lanes if read(item) is not None]
        if not held:
            continue
        edges = [start + item.start_s for item, _ in held] + [start + held[-1][0].start_s + held[-1][0].length_s]
        axes.stairs([value for _, value in held], edges, color=colour, fill=True, alpha=0.35, linewidth=0)
        axes.stairs([value for _, value in held], edges, color=colour, linewidth=1.2, baseline=None)
    axes.set_ylim(0, top)
    axes.yaxis.set_major_locator(MaxNLocator(2, steps=[1, 2, 5, 10]) if "RSS" not in name else FixedLocator([0, top / 1.1]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _place: text(value) if value else "0"))
    axes.grid(axis="y")
    caption(axes, name)


def set_time(axes, lowest, spans, starts):
    """Seconds where there is one span, else the rounds and loads at their places."""
    for each in {axes, lowest, *axes.figure.axes}:
        each.tick_params(labelbottom=each is lowest)
        each.spines["bottom"].set_visible(False)
    if len(spans) == 1:
        lowest.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
        lowest.xaxis.set_major_formatter(FuncFormatter(lambda value, _place: f"{value:g}\u202fs"))
        return
    names = [span.load or str(span.round) for span in spans]
    room = (HALF.width - LEFT - RIGHT) / (CHARACTER * (max(map(len, names)) + 1))
    step = math.ceil(len(names) / max(1, int(room)))
    shown = [(start + span.length_s / 2, name) for start, span, name in list(zip(starts, spans, names))[::step]]
    lowest.set_xticks([place for place, _ in shown], [text for _, text in shown])
    lowest.set_xlabel("load" if any(span.load for span in spans) else "round", labelpad=4)
