"""Each chart as a file of its own, for slides: SVG in the light colours, and PNG made of it by rsvg-convert."""

import re
import shutil
import subprocess

from .charts.base import WIDE
from .render import cell_charts, flame_chart, portrait_charts, spread_charts, stylesheet
from .view import build_view

PROGRAM = "rsvg-convert"
PNG_SCALE = "2"
MARGIN, HEADING = 16, 24


class CannotConvert(Exception):
    """One line: what is missing or went wrong, and what to do."""


def chart_files(summary, runs):
    """[(name without ending, SVG)] of every chart of a report."""
    found = []
    view = build_view(summary, runs)
    for part in (*view.parts, view.crashes, *view.others):
        found += [(file_name(part.title, item.heading), formats)
                  for item, formats in portrait_charts(part.across, part.title, (WIDE,))]
    if recoveries := spread_charts(view.recoveries, (WIDE,)):
        found.append((file_name("recovery time of each restart"), recoveries))
    for cell in view.cells:
        charts = cell_charts(cell, (WIDE,))
        for chart, formats in charts["rows"]:
            found.append((file_name(cell.name, chart.metric_label), formats))
        found += [(file_name(cell.name, item.heading), formats) for item, formats in charts["portraits"]]
        found += [(file_name(cell.name, "over time", panel.label), formats) for panel, formats in charts["heat"]]
        for item in (*cell.flames.flames, *cell.flames.differences) if cell.flames else ():
            against = ("against", item.other) if item.other else ()
            found.append((file_name(cell.name, "flame", item.label, *against), [("wide", flame_chart(item, cell.name, WIDE))]))
        found += [(file_name(cell.name, kind), charts[kind]) for kind in ("offered", "pareto", "tails") if charts[kind]]
    colours = light_colours()
    return [(name, standing_alone(str(formats[0][1]), colours)) for name, formats in found]


def file_name(*parts):
    return re.sub(r"[^a-z0-9.]+", "-", " ".join(parts).lower()).strip("-.") or "chart"


def light_colours():
    """The colours of the page in light, by the names of their variables: what is said first."""
    found = {}
    for name, colour in re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{6})", stylesheet()):
        found.setdefault(name, colour)
    return found


def standing_alone(svg, colours):
    """The chart with its title, on the ground and in the colours of the light page."""
    left, top, width, height = (float(part) for part in re.search(r'viewBox="([^"]+)"', svg)[1].split())
    left, top, width, height = left - MARGIN, top - MARGIN - HEADING, width + 2 * MARGIN, height + 2 * MARGIN + HEADING
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
            f'viewBox="{left:g} {top:g} {width:g} {height:g}" '
            'font-family="Inter, Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif" ')
    svg = re.sub(r'\s?viewBox="[^"]+"', "", svg, count=1).replace("<svg ", head, 1)
    svg = re.sub(r"var\(--([\w-]+)\)", lambda found: colours[found[1]], svg)
    title = re.search(r"<title[^>]*>(.*?)</title>", svg, re.DOTALL)[1]
    ground = (f'<rect x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}" fill="{colours["surface"]}"></rect>'
              f'<text x="{left + MARGIN:g}" y="{top + MARGIN + 12:g}" font-size="15" font-weight="600" '
              f'fill="{colours["ink"]}">{title}</text>')
    return svg.replace("</desc>", "</desc>" + ground, 1) + "\n"


def png_of(svg):
    program = shutil.which(PROGRAM)
    if not program:
        raise CannotConvert(f"{PROGRAM} is missing, which makes PNG of SVG; install it with scripts/setup report")
    made = subprocess.run([program, "--zoom", PNG_SCALE, "--format", "png"], input=svg.encode(), capture_output=True,
                          check=False, timeout=60)
    if made.returncode:
        raise CannotConvert(f"{PROGRAM}: {' '.join(made.stderr.decode(errors='replace').split())}")
    return made.stdout
