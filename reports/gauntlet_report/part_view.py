"""The parts of the page: each with its cells, what they have in common, and what would supply what is missing."""

from dataclasses import dataclass

from .crashes import is_fault
from .parts import CRASHES, OTHER, PARTS, part_of
from .portrait_view import PortraitView, across_views
from .shown import CellView

MANY = 4


@dataclass(frozen=True)
class PartView:
    """`supply`: the command that measures it. `folded`: idents of the cells that are closed at first."""

    ident: str
    title: str
    asks: str
    supply: str
    across: list[PortraitView]
    cells: list[CellView]
    folded: set[str]


def folded_of(held):
    """Where a scenario has many cells, all but its first."""
    by_scenario = {}
    for scenario, ident in held:
        by_scenario.setdefault(scenario, []).append(ident)
    return {ident for idents in by_scenario.values() if len(idents) > MANY for ident in idents[1:]}


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
        return PartView(part.ident, part.title, part.asks, part.supply, across, [view for _, view in held],
                        folded_of([(cell.scenario, view.ident) for cell, view in held]))

    return [made(part) for part in PARTS], made(CRASHES), [made(OTHER)] if OTHER in by_part else []
