"""Latency percentiles on a log-nines axis: corrected solid, uncorrected dashed."""

import math
from dataclasses import dataclass

from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullFormatter, NullLocator

from ..palette import Look
from ..wording import figure
from . import base

HEIGHT = {"wide": 360, "narrow": 300}
CROWDED_HEIGHT = {"wide": 460, "narrow": 380}
LABEL_GAP = 17
CROWD = 6  # more curves than this are drawn thinner
NINES = ((0.0, "0"), (0.5, "50 %"), (0.9, "90 %"), (0.99, "99 %"), (0.999, "99.9 %"), (0.9999, "99.99 %"),
         (0.99999, "99.999 %"), (0.999999, "99.9999 %"))


@dataclass(frozen=True)
class Curve:
    """`points`: (fraction, microseconds), ascending."""

    label: str
    look: Look
    corrected: tuple[tuple[float, float], ...]
    uncorrected: tuple[tuple[float, float], ...]


def draw(curves, form, ident, title, description):
    with base.drawing_style():
        wide = form is base.WIDE
        longest = max(len(curve.label) for curve in curves)
        margins = base.Margins(left=58, right=min(210, 44 + 7.2 * longest) if wide else 22, top=14, bottom=36)
        heights = HEIGHT if len(curves) <= CROWD else CROWDED_HEIGHT
        drawing, axes = base.new_axes(form.width, heights[form.name], margins)
        ends = [draw_curve(axes, curve, 1.0 if len(curves) <= CROWD else 0.65) for curve in curves]
        set_axes(axes, curves, wide)
        if wide:
            label_ends(axes, curves, ends)
        return base.to_svg(drawing, ident, title, description)


def nines(fraction):
    return -math.log10(1 - fraction)


def usable(points):
    return [(nines(fraction), value) for fraction, value in points if 0 <= fraction < 1 and value > 0]


def draw_curve(axes, curve, weight):
    """Draws both lines; returns where the solid one (or, without it, the dashed one) ends."""
    colour = base.colour(curve.look)
    solid, dashed = usable(curve.corrected), usable(curve.uncorrected)
    if dashed:
        base.tag(*axes.plot(*zip(*dashed), color=colour, linewidth=1.5 * weight, dashes=(3.5, 2.5), alpha=0.75 * weight,
                            zorder=3), curve.label, "uncorrected, " + tip_of(curve.uncorrected))
    if solid:
        tip = tip_of(curve.corrected)
        base.tag(*axes.plot(*zip(*solid), color=colour, linewidth=2.4 * weight, zorder=4), curve.label, tip)
        base.tag(*axes.plot(*zip(*marked(solid)), marker=curve.look.mark, markersize=5.5, color=base.fill(curve.look),
                            markeredgecolor=colour, linestyle="none", zorder=4.5), curve.label, tip)
    end = (solid or dashed)[-1]
    base.tag(*axes.plot(*end, marker=curve.look.mark, markersize=7.5, color=base.fill(curve.look),
                        markeredgecolor=colour, zorder=5, clip_on=False), curve.label)
    return end


def tip_of(points):
    """The usual percentiles among the points of a curve."""
    usual = {0.5: "p50", 0.9: "p90", 0.99: "p99", 0.999: "p99.9", 0.9999: "p99.99"}
    found = ((usual[near], value) for fraction, value in points for near in usual if abs(near - fraction) < 1e-9)
    return ", ".join(f"{name} {figure(value)}\u202fµs" for name, value in found)


def marked(points):
    """A point at each nine, so that a line is known by its marks as well as by its colour."""
    nearest = (min(points, key=lambda point: abs(point[0] - nines(fraction))) for fraction, _ in NINES[1:])
    return list(dict.fromkeys(nearest))


def set_axes(axes, curves, wide):
    points = [point for curve in curves for line in (curve.corrected, curve.uncorrected) for point in usable(line)]
    last = max(x for x, _ in points)
    axes.set_xlim(0, max(last, 1.0) * 1.02)
    axes.set_yscale("log")
    low, high = min(y for _, y in points), max(y for _, y in points)
    axes.set_ylim(low / 1.25, max(high * 1.25, low * 3))
    shown = {nines(fraction): text for fraction, text in NINES
             if nines(fraction) <= last * 1.02 and (wide or fraction != 0.5)}
    axes.xaxis.set_major_locator(FixedLocator(list(shown)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _place: shown.get(x, "")))
    decades = math.log10(axes.get_ylim()[1] / axes.get_ylim()[0])
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if decades < 2 else (1,) if decades > 4 else (1, 3)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _place: duration(y)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.grid(axis="both")
    axes.spines["bottom"].set_visible(False)


def duration(microseconds):
    for size, unit in ((1e6, "s"), (1e3, "ms"), (1.0, "µs")):
        if microseconds >= size * 0.9999:
            return f"{microseconds / size:g}\u202f{unit}"
    return f"{microseconds * 1000:g}\u202fns"


def label_ends(axes, curves, ends):
    """Names at the right edge, moved apart where they would lie on one another."""
    heights = [axes.transData.transform(end)[1] for end in ends]
    floor, ceiling = axes.transAxes.transform(((0, 0), (1, 1)))[:, 1]
    for curve, height in zip(curves, spread(heights, LABEL_GAP, floor, ceiling)):
        ink = base.MUTED if curve.look.colour.startswith("reference") else base.INK
        place = (height - floor) / (ceiling - floor)
        # The mark again, beside the name, since the name may have been moved away from its line.
        base.tag(axes.annotate(curve.label, (1, place), xycoords="axes fraction", xytext=(34, 0), va="center",
                               textcoords="offset points", color=ink, annotation_clip=False), curve.label)
        base.tag(*axes.plot((1 + 24 / axes.get_window_extent().width,), (place,), transform=axes.transAxes,
                            clip_on=False, marker=curve.look.mark, markersize=7, color=base.fill(curve.look),
                            markeredgecolor=base.colour(curve.look)), curve.label)


def spread(heights, gap, floor, ceiling):
    """The heights in their order, at least `gap` apart and inside the frame while there is room."""
    if not heights:
        return []
    order = sorted(range(len(heights)), key=lambda index: heights[index])
    placed = [heights[index] for index in order]
    for index in range(1, len(placed)):
        placed[index] = max(placed[index], placed[index - 1] + gap)
    placed[-1] = min(placed[-1], ceiling)
    for index in reversed(range(len(placed) - 1)):
        placed[index] = min(placed[index], placed[index + 1] - gap)
    result = list(heights)
    for index, height in zip(order, placed):
        result[index] = max(floor, height)
    return result
