"""A flame graph: boxes in percent of the width, so that one drawing fits a page and a phone with text at its real size."""

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass

LINE = 18
TEXT_FROM = 1.2  # percent of the width, below which no letter would be legible
STYLE = "font: 11px ui-monospace, Menlo, Consolas, 'Liberation Mono', monospace; fill: var(--ink)"


@dataclass(frozen=True)
class Box:
    """A frame: `left` and `width` in percent; `tone` is the name of a colour of the page."""

    name: str
    depth: int
    left: float
    width: float
    tone: str
    tip: str


def draw(boxes, form, ident, title, description):
    """`form`: a Format for a file of its own; None for the page, whose width is not known here."""
    height = LINE * (1 + max(box.depth for box in boxes))
    size = {"viewBox": f"0 0 {form.width} {height}"} if form else {"width": "100%", "height": str(height)}
    root = ElementTree.Element("svg", {"class": "flame", "role": "img", **size,
                                       "aria-labelledby": f"{ident}-title {ident}-description"})
    ElementTree.SubElement(root, "title", {"id": f"{ident}-title"}).text = title
    ElementTree.SubElement(root, "desc", {"id": f"{ident}-description"}).text = description
    for box in boxes:
        draw_box(root, box, height)
    return ElementTree.tostring(root, encoding="unicode")


def draw_box(root, box, height):
    place = ElementTree.SubElement(root, "svg", {
        "class": "frame", "x": f"{box.left:g}%", "width": f"{box.width:g}%", "y": str(height - LINE * (box.depth + 1)),
        "height": str(LINE), "data-tip": box.tip, "data-frame": box.name})
    ElementTree.SubElement(place, "rect", {"width": "100%", "height": str(LINE - 1), "rx": "2",
                                           "style": f"fill: var(--{box.tone})"})
    if box.width >= TEXT_FROM:
        ElementTree.SubElement(place, "text", {"x": "4", "y": "12.5", "style": STYLE}).text = box.name
