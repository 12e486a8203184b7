"""Views -> HTML. Charts are drawn here, each once per format; the templates are escaped throughout."""

import functools
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import jinja2
import markupsafe

from .changes_view import changes_view
from . import flame_view, heat_view, spread_view, wording
from .charts import dots, flame, heat, offered, pareto, rows, spread, steps, tails
from .charts.base import FORMATS
from .charts.marks import symbols
from .load_runs import Runs
from .palette import Palette, palette_css
from .portraits import LINES
from .side_view import sides_view
from .view import build_view

HERE = Path(__file__).parent
SCRIPTS = ("script.js", "flame.js")
CELLS_OF_A_WORKER = 4  # a process of its own has to be worth its while


def render_report(summary, runs=None):
    view = build_view(summary, runs or Runs())
    parts = [*view.parts, view.crashes, *view.others]
    return page("report.html.j2", view, choice_css(view), heat_headings=heat_view.HEADINGS, heat_supply=heat_view.SUPPLY,
                flame_supply=flame_view.SUPPLY, spread_headings=spread_view.HEADINGS,
                recoveries=spread_charts(view.recoveries, FORMATS),
                charts=all_cell_charts(view.cells),
                across={part.ident: portrait_charts(part.across, part.title, FORMATS) for part in parts})


def render_changes(comparison, names, summaries, runs):
    flames, notes = flame_view.build_differences(names, summaries, runs, Palette(summaries[1].runtimes))
    return page("changes.html.j2", changes_view(comparison, names, summaries), flame_notes=notes,
                flames=[(cell, item, flame_chart(item, cell)) for cell, item in flames])


def render_sides(names, summaries):
    return page("side_by_side.html.j2", sides_view(names, summaries))


def page(template, view, more_style="", **data):
    return templates().get_template(template).render(
        view=view, style=markupsafe.Markup(stylesheet() + more_style), symbols=markupsafe.Markup(symbols()),
        script=markupsafe.Markup("\n".join((HERE / name).read_text(encoding="utf-8") for name in SCRIPTS)), **data)


@functools.cache
def templates():
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True)


def stylesheet():
    return palette_css() + (HERE / "style.css").read_text(encoding="utf-8")


def choice_css(view):
    """Shows the chosen profile alone, without a script. On paper, and where :has() is unknown, all are shown."""
    rules = "".join(f".recommendation:has(#choose-{profile.ident}:not(:checked)) #profile-{profile.ident} "
                    "{ display: none; }\n" for profile in view.profiles)
    return f"@media screen {{\n{rules}}}\n"


def all_cell_charts(cells):
    """Ident of each cell -> its charts. Drawing is what takes the time, so every CPU has a part of many cells."""
    workers = min(len(os.sched_getaffinity(0)), len(cells) // CELLS_OF_A_WORKER)
    if workers < 2:
        return {cell.ident: page_charts(cell) for cell in cells}
    with ProcessPoolExecutor(workers, multiprocessing.get_context("fork")) as pool:
        return dict(zip((cell.ident for cell in cells), pool.map(page_charts, cells)))


def page_charts(cell):
    return cell_charts(cell, FORMATS)


def cell_charts(cell, formats):
    """Name of chart -> its SVG in every format; empty where there is nothing to show."""
    found = {"rows": [], "tails": [], "pareto": [], "offered": [],
             "portraits": portrait_charts(cell.portraits, cell.name, formats), "heat": heat_charts(cell),
             "flames": flame_charts(cell.flames)}
    for chart in cell.charts:
        title = f"{chart.metric_label} in {cell.name}"
        found["rows"].append((chart, each_format(formats, rows.draw, chart.ident, title, rows_description(chart),
                                                 chart.rows, chart.limits, cell.reference)))
    if cell.curves:
        names = ", ".join(curve.label for curve in cell.curves)
        description = (f"Latency against percentile, both on logarithmic axes, for {names}. "
                       "The table below holds the figures.")
        found["tails"] = each_format(formats, tails.draw, f"{cell.ident}-tails", f"Latency percentiles in {cell.name}",
                                     description, cell.curves)
    if cell.pareto:
        found["pareto"] = each_format(
            formats, pareto.draw, f"{cell.ident}-pareto", f"CPU per request against tail latency in {cell.name}",
            "Each runtime as a point: to the left is less CPU, further down is a shorter tail. The dashed line is the "
            "frontier: whoever nobody beats in both. The table below holds the figures.", cell.pareto.points,
            cell.pareto.axes)
    if cell.offered:
        found["offered"] = each_format(
            formats, offered.draw, f"{cell.ident}-offered", f"Latency against offered load in {cell.name}",
            "Latency percentiles p50 and p99 against the offered rate, with the objective as a line and each knee as a "
            "mark on it. The table below holds the figures.", cell.offered.series, cell.offered.objective_us)
    return found


def heat_charts(cell):
    """[(panel, its SVG)]: one drawing serves the page, where two stand beside one another, and the phone."""
    if not cell.heat:
        return []
    frame = heat.Frame.around(cell.heat.panels)
    return [(panel, each_format((heat.HALF,), heat.draw, f"{cell.heat.ident}-{place}",
                                f"Latency over time of {panel.label} in {cell.name}",
                                f"Each column is a part of the time, stronger where more of its answers lie; {cell.heat.shown}. "
                                "Under it CPU, memory and context switches. The table below holds the figures.",
                                panel, frame)) for place, panel in enumerate(cell.heat.panels)]


def spread_charts(view, formats):
    if not view or not view.groups:
        return []
    return each_format(formats, spread.draw, "recoveries", "Recovery time of each restart",
                       "A dot for each restart and a bar at the median, a row for each runtime, by cell, on a logarithmic "
                       "axis; less is better. The table below holds the figures.", view.groups, view.tick)


def flame_charts(flames, form=None):
    """Ident of each flame graph -> its SVG."""
    return {item.ident: flame_chart(item, flames.cell, form)
            for item in (*flames.flames, *flames.differences)} if flames else {}


def flame_chart(item, cell, form=None):
    title = f"Flame graph of {item.label} in {cell}" + (f", against {item.other}" if item.other else "")
    description = (f"{item.samples}; as wide as a function's share, what it calls above it. "
                   + (f"Colours say how its share differs from that of {item.other}. " if item.other else "")
                   + "The table below holds the heaviest.")
    return markupsafe.Markup(flame.draw(item.boxes, form, item.ident, title, description))


def portrait_charts(portraits, where, formats):
    """[(portrait, its SVG in every format)]."""
    found = []
    for item in portraits:
        title = f"{item.heading} in {where}"
        description = (f"{wording.join_words(item.headings)}; {item.better} is better. {item.means} "
                       "The table below holds the figures.")
        if item.kind == LINES:
            drawing = each_format(formats, steps.draw, item.ident, title, description, item.lines, item.steps, item.x_label,
                                  item.tick, item.from_first)
        else:
            drawing = each_format(formats, dots.draw, item.ident, title, description, item.tracks, item.tick)
        found.append((item, drawing))
    return found


def each_format(formats, draw, ident, title, description, *data):
    return [(form.name, markupsafe.Markup(drawn(draw, *data, form, f"{ident}-{form.name}", title, description)))
            for form in formats]


def drawn(draw, *arguments):
    """One drawing. The tests put a memory in its place, since drawing is what takes time."""
    return draw(*arguments)


def rows_description(chart):
    shown = "; ".join(f"{row.label}: {row.shown or row.note}" for row in chart.rows)
    return f"Median, interval and single rounds for each runtime, {chart.better} is better. {shown}."
