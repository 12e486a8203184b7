"""The style of every chart, and the way from a matplotlib figure to SVG that lives inside the page.

Charts are drawn in stand-in colours; to_svg() turns each into a CSS variable, so one drawing serves light, dark
and print.
One unit of a figure is one CSS pixel.
"""

import io
import json
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass

import matplotlib
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from ..palette import LIGHT, REFERENCE_LIGHT

DOTS_PER_INCH = 72
_TAG = "data:"
FONT_SIZE = 12.5
SMALL = 11.5

INK, MUTED, GRID, SURFACE, BAND, REFERENCE, OTHER, BAD = (f"#0101{n:02x}" for n in range(8))
_VARIABLES = {INK: "ink", MUTED: "muted", GRID: "grid", SURFACE: "surface", BAND: "band",
              REFERENCE: "reference", OTHER: "other", BAD: "bad"}
_SERIES = {f"c{index}": f"#0202{index:02x}" for index in range(len(LIGHT))}
_VARIABLES.update({colour: name for name, colour in _SERIES.items()})
_NAMED = {"other": OTHER, **{f"reference{index}": f"#0203{index:02x}" for index in range(len(REFERENCE_LIGHT))}}
_VARIABLES.update({colour: name for name, colour in _NAMED.items()})

RC = {
    "svg.fonttype": "none", "svg.hashsalt": "gauntlet", "font.size": FONT_SIZE, "text.color": INK,
    "text.parse_math": False, "axes.edgecolor": GRID, "axes.labelcolor": MUTED, "axes.linewidth": 1.0,
    "axes.spines.top": False, "axes.spines.right": False, "axes.spines.left": False, "axes.axisbelow": True,
    "axes.facecolor": "none", "figure.facecolor": "none", "savefig.facecolor": "none",
    "xtick.color": GRID, "xtick.labelcolor": MUTED, "xtick.labelsize": SMALL, "xtick.major.size": 0,
    "xtick.minor.size": 0, "xtick.major.pad": 7, "ytick.color": GRID, "ytick.labelcolor": MUTED,
    "ytick.labelsize": SMALL, "ytick.major.size": 0, "ytick.minor.size": 0, "ytick.major.pad": 7,
    "grid.color": GRID, "grid.linewidth": 1.0, "lines.solid_capstyle": "round", "path.simplify": False,
}


@dataclass(frozen=True)
class Format:
    """A chart is drawn once for a page and once for a phone: text keeps its size, the drawing adapts."""

    name: str
    width: int


WIDE = Format("wide", 880)
NARROW = Format("narrow", 340)
FORMATS = (WIDE, NARROW)


@dataclass(frozen=True)
class Margins:
    left: float
    right: float
    top: float
    bottom: float


def colour(look):
    return _NAMED.get(look.colour) or _SERIES[look.colour]


def fill(look):
    """Negative controls are hollow."""
    return SURFACE if look.hollow else colour(look)


def new_axes(width, height, margins):
    figure = Figure(figsize=(width / DOTS_PER_INCH, height / DOTS_PER_INCH), dpi=DOTS_PER_INCH)
    FigureCanvasSVG(figure)
    axes = figure.add_axes((margins.left / width, margins.bottom / height,
                            1 - (margins.left + margins.right) / width, 1 - (margins.top + margins.bottom) / height))
    return figure, axes


def drawing_style():
    return matplotlib.rc_context(RC)


def tag(artist, runtime, tip=""):
    """Tells the page whose this is and, for hovering, what it says; see rename_ids()."""
    artist.set_gid(_TAG + json.dumps([runtime, tip]))
    return artist


def to_svg(figure, ident, title, description):
    """Markup that may stand in an HTML page: no namespaces, no foreign style, ids of its own, text escaped."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    root = ElementTree.fromstring(buffer.getvalue())
    strip(root)
    rename_ids(root, ident)
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.set("role", "img")
    root.set("aria-labelledby", f"{ident}-title {ident}-description")
    for place, (tag, text) in enumerate((("title", title), ("desc", description))):
        child = ElementTree.Element(tag, {"id": f"{ident}-{'title' if tag == 'title' else 'description'}"})
        child.text = text
        root.insert(place, child)
    return ElementTree.tostring(root, encoding="unicode")


def strip(element):
    """Drops namespaces, metadata, the style sheet (it would apply to the whole page) and comments."""
    element.tag = element.tag.rpartition("}")[2]
    for name in list(element.attrib):
        value = element.attrib.pop(name)
        bare = name.rpartition("}")[2]
        element.set(bare, in_page_style(value) if bare == "style" else short_numbers(value) if bare == "d" else value)
    for child in list(element):
        if not isinstance(child.tag, str) or child.tag.rpartition("}")[2] in ("metadata", "style"):
            element.remove(child)
        else:
            child.tail = None
            strip(child)
    if element.text and not element.text.strip():
        element.text = None


def in_page_style(style):
    style = re.sub(r"font: (?:(\w+) )?([\d.]+)px [^;]+",
                   lambda found: f"font-size: {found[2]}px" + (f"; font-weight: {found[1]}" if found[1] else ""), style)
    return re.sub(r"#[0-9a-f]{6}", lambda found: f"var(--{_VARIABLES[found[0]]})"
                  if found[0] in _VARIABLES else found[0], style)


def short_numbers(path):
    return re.sub(r"-?\d+\.\d+", lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."), " ".join(path.split()))


def rename_ids(root, ident):
    """Keeps only the ids that something points to, under names that no other chart has; tags become attributes."""
    used = set()
    for element in root.iter():
        for value in element.attrib.values():
            used.update(re.findall(r"url\(#([^)]+)\)", value))
        if element.get("href", "").startswith("#"):
            used.add(element.get("href")[1:])
    names = {old: f"{ident}-{index}" for index, old in enumerate(sorted(used))}
    for element in root.iter():
        if "id" in element.attrib:
            old = element.attrib.pop("id")
            if old in names:
                element.set("id", names[old])
            if old.startswith(_TAG):
                runtime, tip = json.loads(old.removeprefix(_TAG))
                element.set("data-runtime", runtime)
                if tip:
                    element.set("data-tip", tip)
        if element.get("href", "").startswith("#"):
            element.set("href", "#" + names[element.get("href")[1:]])
        for name, value in list(element.attrib.items()):
            if "url(#" in value:
                element.set(name, re.sub(r"url\(#([^)]+)\)", lambda found: f"url(#{names[found[1]]})", value))
