"""Two costs against one another: whoever nobody beats in both stands on the frontier."""

from dataclasses import dataclass

from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator

from ..palette import Look
from ..wording import figure as figure_text
from . import base, labels
from .rows import LOG_FROM, tick_text

HEIGHT = {"wide": 400, "narrow": 320}


@dataclass(frozen=True)
class Point:
    """Less is better in both. An interval is (low, high), or None where there is none. Figures as shown."""

    label: str
    look: Look
    x: float
    y: float
    x_interval: tuple[float, float] | None
    y_interval: tuple[float, float] | None
    role: str = "contender"


@dataclass(frozen=True)
class Axes:
    x_label: str
    y_label: str


def draw(points, axes_labels, form, ident, title, description):
    with base.drawing_style():
        wide = form is base.WIDE
        margins = base.Margins(left=62, right=76 if wide else 16, top=30, bottom=52)
        figure, axes = base.new_axes(form.width, HEIGHT[form.name], margins)
        shown = framed(points)
        set_axes(axes, shown, axes_labels, wide)
        draw_frontier(axes, [point for point in shown if point.role == "contender"])
        for point in shown:
            draw_point(axes, point)
        if wide:
            labels.annotate(axes, [(point.x, point.y) for point in shown], [point.label for point in shown],
                            [point.look for point in shown])
        return base.to_svg(figure, ident, title, description)


def framed(points):
    """Without negative controls, which are meant to be far off and would squeeze the others."""
    return [point for point in points if not point.look.hollow] or list(points)


def frontier(points):
    """Whoever nobody beats in both, from left to right."""
    found, least = [], float("inf")
    for point in sorted(points, key=lambda item: (item.x, item.y)):
        if point.y < least:
            found.append(point)
            least = point.y
    return found


def draw_frontier(axes, points):
    edge = frontier(points)
    if not edge:
        return
    left, right = axes.get_xlim()
    bottom, top = axes.get_ylim()
    steps = [(edge[0].x, top)]
    for before, after in zip(edge, edge[1:]):
        steps += [(before.x, before.y), (after.x, before.y)]
    steps += [(edge[-1].x, edge[-1].y), (right, edge[-1].y)]
    axes.fill_between([x for x, _ in steps], [y for _, y in steps], top, color=base.BAND, alpha=0.55, linewidth=0,
                      zorder=0.4)
    axes.plot(*zip(*steps), color=base.MUTED, linewidth=1.2, dashes=(4, 3), zorder=1)


def draw_point(axes, point):
    colour = base.colour(point.look)
    tip = f"CPU {figure_text(point.x)}, p99 {figure_text(point.y)}"
    if point.x_interval:
        base.tag(*axes.plot(point.x_interval, (point.y, point.y), color=colour, linewidth=2.2, alpha=0.4, zorder=3),
                 point.label, tip)
    if point.y_interval:
        base.tag(*axes.plot((point.x, point.x), point.y_interval, color=colour, linewidth=2.2, alpha=0.4, zorder=3),
                 point.label, tip)
    base.tag(*axes.plot(point.x, point.y, marker=point.look.mark, markersize=11, color=base.fill(point.look), zorder=5,
                        markeredgecolor=base.SURFACE if not point.look.hollow else colour, clip_on=False),
             point.label, tip)


def set_axes(axes, points, axes_labels, wide):
    for axis, name, bounds in ((axes.xaxis, "x", axes.set_xlim), (axes.yaxis, "y", axes.set_ylim)):
        values = [getattr(point, name) for point in points]
        values += [end for point in points for end in getattr(point, f"{name}_interval") or ()]
        low, high = min(values), max(values)
        if low > 0 and high / low >= LOG_FROM / 4:
            (axes.set_xscale if name == "x" else axes.set_yscale)("log")
            axis.set_major_locator(LogLocator(subs=(1, 2, 5) if high / low < 100 else (1,)))
            axis.set_minor_locator(NullLocator())
            axis.set_minor_formatter(NullFormatter())
            bounds(low / 1.2, high * 1.2)
        else:
            room = (high - low) * 0.12 or abs(high) * 0.1 or 1
            bounds(0 if low < 0.4 * high else low - room, high + room)
            axis.set_major_locator(MaxNLocator(6 if wide else 4, steps=[1, 2, 2.5, 5, 10]))
        axis.set_major_formatter(FuncFormatter(tick_text))
    axes.grid(axis="both")
    axes.spines["bottom"].set_visible(False)
    axes.set_xlabel(axes_labels.x_label, labelpad=8)
    axes.annotate(axes_labels.y_label, (0, 1), xycoords="axes fraction", xytext=(-54, 14), textcoords="offset points",
                  color=base.MUTED)
