"""Latency against the offered load: p99 solid, p50 dashed, the objective as a line and each knee as a mark on it."""

from dataclasses import dataclass

from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator
from matplotlib.transforms import ScaledTranslation

from ..palette import Look
from ..wording import figure as figure_text
from . import base
from .rows import tick_text
from .tails import duration, label_ends

HEIGHT = {"wide": 392, "narrow": 312}
KNEE_WIDTH, KNEE_HEIGHT = 18, 16


@dataclass(frozen=True)
class Series:
    """Points are (offered rate, microseconds), ascending; `knee` is a rate."""

    label: str
    look: Look
    p50: tuple[tuple[float, float], ...]
    p99: tuple[tuple[float, float], ...]
    knee: float | None


def draw(series, objective_us, form, ident, title, description):
    with base.drawing_style():
        wide = form is base.WIDE
        longest = max(len(item.label) for item in series)
        levels = stacked([item.knee for item in series], KNEE_WIDTH / form.width)
        top = 28 + KNEE_HEIGHT * max(levels, default=0)
        margins = base.Margins(left=58, right=min(210, 44 + 7.2 * longest) if wide else 22, top=top, bottom=52)
        figure, axes = base.new_axes(form.width, HEIGHT[form.name] + top, margins)
        set_axes(axes, series, objective_us, wide)
        if objective_us:
            draw_objective(axes, objective_us)
        for item, level in zip(series, levels):
            draw_series(axes, item)
            if item.knee and objective_us:
                draw_knee(axes, item, objective_us, level)
        if wide:
            lined = [item for item in series if item.p99]
            label_ends(axes, lined, [item.p99[-1] for item in lined])
        return base.to_svg(figure, ident, title, description)


def stacked(knees, reach):
    """The level of each mark above the objective: those that would lie on one another are piled up.

    `reach`: the width of a mark as a share of the drawing's.
    """
    most = max((knee for knee in knees if knee), default=0) or 1
    levels = []
    for place, knee in enumerate(knees):
        near = {levels[other] for other in range(place) if knee and knees[other]
                and abs(knees[other] - knee) / most < reach}
        levels.append(next(level for level in range(place + 1) if level not in near))
    return levels


def set_axes(axes, series, objective_us, wide):
    points = [point for item in series for point in (*item.p50, *item.p99)]
    rates = [rate for rate, _ in points] + [item.knee for item in series if item.knee]
    heights = [latency for _, latency in points] + ([objective_us] if objective_us else [])
    axes.set_yscale("log")
    axes.set_xlim(0, max(rates) * 1.04)
    axes.set_ylim(min(heights) / 1.3, max(heights) * 1.4)
    decades = max(heights) / min(heights)
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if decades < 100 else (1, 3)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _place: duration(y)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_major_locator(MaxNLocator(7 if wide else 4, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(tick_text))
    axes.set_xlabel("offered requests per second", labelpad=8)
    axes.grid(axis="both")
    axes.spines["bottom"].set_visible(False)


def draw_objective(axes, objective_us):
    axes.axhline(objective_us, color=base.BAD, linewidth=1.2, dashes=(4, 3), zorder=1)
    axes.annotate(f"objective: p99 ≤ {duration(objective_us)}", (0, objective_us), xycoords=("axes fraction", "data"),
                  xytext=(4, 6), textcoords="offset points", color=base.BAD, fontsize=base.SMALL)


def draw_series(axes, item):
    colour = base.colour(item.look)
    if item.p50:
        base.tag(*axes.plot(*zip(*item.p50), color=colour, linewidth=1.4, dashes=(3.5, 2.5), alpha=0.7, zorder=3),
                 item.label, tip_of("p50", item.p50))
    if item.p99:
        base.tag(*axes.plot(*zip(*item.p99), color=colour, linewidth=2.4, marker=item.look.mark, markersize=6.5,
                            markerfacecolor=base.fill(item.look), markeredgecolor=colour, zorder=4),
                 item.label, tip_of("p99", item.p99))


def tip_of(name, points):
    return f"{name}: " + ", ".join(f"{figure_text(latency)}\u202fµs at {figure_text(rate)}/s" for rate, latency in points)


def draw_knee(axes, item, objective_us, level):
    colour = base.colour(item.look)
    tip = f"knee: {figure_text(item.knee)} requests/s"
    base.tag(*axes.plot((item.knee, item.knee), (axes.get_ylim()[0], objective_us), color=colour, linewidth=1.2,
                        alpha=0.45, zorder=2), item.label, tip)
    above = ScaledTranslation(0, level * KNEE_HEIGHT / base.DOTS_PER_INCH, axes.figure.dpi_scale_trans)
    base.tag(*axes.plot(item.knee, objective_us, marker=item.look.mark, markersize=11, color=base.SURFACE, zorder=6,
                        markeredgecolor=colour, markeredgewidth=2.2, clip_on=False,
                        transform=axes.transData + above), item.label, tip)
