"""The parts of the page: each with its cells, what they have in common, and what would supply what is missing."""

from dataclasses import dataclass

from .crashes import is_fault
from .parts import CRASHES, OTHER, PARTS, part_of
from .portrait_view import PortraitView, across_views
from .shown import CellView


@dataclass(frozen=True)
class PartView:
    """`missing`: nothing of it was measured; `supply` is the command that would."""

    ident: str
    title: str
    asks: str
    supply: str
    across: list[PortraitView]
    cells: list[CellView]


def part_views(summary, cells, palette):
    """Those before the crashes, that of the crashes, those after it."""
    by_part = {}
    for cell, view in zip(summary.cells, cells):
        by_part.setdefault(CRASHES if is_fault(cell) else part_of(cell.scenario), []).append((cell, view))

    def made(part):
        held = by_part.get(part, [])
        across = []
        for place, scenario in enumerate(dict.fromkeys(cell.scenario for cell, _ in held)):
            across += across_views([cell for cell, _ in held if cell.scenario == scenario], palette,
                                   f"part-{part.ident}-{place}")
        return PartView(part.ident, part.title, part.asks, part.supply, across, [view for _, view in held])

    return [made(part) for part in PARTS], made(CRASHES), [made(OTHER)] if OTHER in by_part else []
