"""One metric along ordered steps: a line for each series, references in grey, each line's first value as its measure."""

from dataclasses import dataclass

from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator

from ..palette import Look
from . import base
from .rows import LOG_FROM
from .tails import label_ends

HEIGHT = {"wide": 340, "narrow": 290}


@dataclass(frozen=True)
class Line:
    """`values` has a place for each step, None where nothing was measured; `tips` says each with its unit."""

    label: str
    look: Look
    values: tuple[float | None, ...]
    tips: tuple[str, ...]

    @property
    def points(self):
        return [(place, value) for place, value in enumerate(self.values) if value is not None]


def draw(lines, steps, x_label, tick, from_first, form, ident, title, description):
    """`tick`: value -> text on the axis. `from_first`: each line's first value goes on as a thin line of its own."""
    with base.drawing_style():
        wide = form is base.WIDE
        lines = [line for line in lines if line.points]
        longest = max(len(line.label) for line in lines)
        margins = base.Margins(left=66, right=min(210, 44 + 7.2 * longest) if wide else 22, top=16, bottom=56)
        figure, axes = base.new_axes(form.width, HEIGHT[form.name], margins)
        set_axes(axes, lines, steps, x_label, tick)
        for line in lines:
            draw_line(axes, line, steps, from_first)
        if wide:
            label_ends(axes, lines, [line.points[-1] for line in lines])
        return base.to_svg(figure, ident, title, description)


def set_axes(axes, lines, steps, x_label, tick):
    values = [value for line in lines for value in line.values if value is not None]
    low, high = min(values), max(values)
    if low > 0 and high / low >= LOG_FROM / 4:
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 3) if high / low < 1000 else (1,)))
        axes.set_ylim(low / 1.3, high * 1.3)
    else:
        axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
        axes.set_ylim(min(0, low * 1.05), high * 1.08 or 1)
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _place: tick(value)))
    axes.set_xlim(-0.25, len(steps) - 0.75)
    axes.set_xticks(range(len(steps)), steps)
    axes.set_xlabel(x_label, labelpad=8)
    axes.grid(axis="both")
    axes.spines["bottom"].set_visible(False)


def draw_line(axes, line, steps, from_first):
    colour = base.colour(line.look)
    if from_first and line.values[0] is not None:
        base.tag(*axes.plot((0, len(steps) - 1), (line.values[0],) * 2, color=colour, linewidth=1.1, dashes=(1.5, 2.5),
                            alpha=0.6, zorder=2), line.label, f"{steps[0]}: {line.tips[0]}")
    base.tag(*axes.plot(*zip(*line.points), color=colour, linewidth=2.2, zorder=3), line.label)
    for place, value in line.points:
        mark, = axes.plot((place,), (value,), marker=line.look.mark, markersize=7.5, color=base.fill(line.look), zorder=4,
                          markeredgecolor=colour, clip_on=False)
        base.tag(mark, line.label, f"{steps[place]}: {line.tips[place]}")
