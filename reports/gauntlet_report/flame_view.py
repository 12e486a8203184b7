"""Flame graphs of profiled runs, and what differs between two of them: places and shares, ready to be drawn."""

from dataclasses import dataclass

from . import wording
from .charts.flame import Box
from .load import BadSummary
from .load_runs import inside
from .palette import Look
from .stacks import by_function, read_stacks, tree_of

LEAST_SHARE = 0.0012  # narrower than a pixel
MOST_LINES = 20
KERNEL = "_[k]"
SUPPLY = "gauntlet bench quick --profile --only load"
STEPS = (0.002, 0.01, 0.03)  # differences of a share, from which on a colour grows stronger


@dataclass(frozen=True)
class FlameView:
    """`table`: (function, figures) under `headings`. `other` is the side that a differential is held against."""

    ident: str
    label: str
    look: Look
    other: str
    samples: str
    boxes: tuple[Box, ...]
    headings: tuple[str, ...]
    table: list[tuple[str, list[str]]]


@dataclass(frozen=True)
class CellFlames:
    ident: str
    cell: str
    flames: list[FlameView]
    differences: list[FlameView]
    notes: list[str]


def cell_flames(cell, columns, runs, palette, ident):
    """None where no run of the cell was profiled."""
    notes, trees = [], {}
    for column in columns:
        tree = tree_of_column(cell.cell, column, runs, notes)
        if tree:
            trees[column.runtime] = (palette.look(column.runtime, column.role), *tree)
    if not trees and not notes:
        return None
    flames = [flame(f"{ident}-flame-{place}", name, look, tree, count)
              for place, (name, (look, tree, count)) in enumerate(trees.items())]
    ranked = [name for group in cell.ranking for name in group if name in trees]
    first = ranked[0] if ranked else next(iter(trees), "")
    differences = [difference(f"{ident}-difference-{place}", name, look, tree, first, trees[first][1])
                   for place, (name, (look, tree, _)) in enumerate(trees.items()) if name != first]
    return CellFlames(ident, cell.cell, flames, differences, list(dict.fromkeys(notes)))


def build_differences(names, summaries, runs, palette):
    """What differs between two builds: head against base, for each runtime that was profiled in both."""
    found, notes = [], []
    for place, cell in enumerate(summaries[1].cells):
        for index, column in enumerate(cell.columns):
            sides = [tree_of_column(cell.cell, column, each, notes) for each in runs]
            if all(sides):
                found.append((cell.cell, difference(
                    f"build-{place}-{index}", column.runtime, palette.look(column.runtime, column.role), sides[1][0],
                    names[0], sides[0][0])))
    return found, list(dict.fromkeys(notes))


def tree_of_column(cell, column, runs, notes):
    """(tree of all profiled rounds, how many they were), or None."""
    stacks, count = [], 0
    for run in runs.of(cell, column.runtime) if column.is_main else ():
        if run.profile:
            try:
                stacks += read_stacks(inside(runs.directory, run.profile))
                count += 1
            except BadSummary as error:
                notes.append(str(error))
    tree = tree_of(stacks)
    return (tree, count) if tree.samples else None


def flame(ident, label, look, root, count):
    boxes = []
    lay(root, 0, 0.0, root, {}, boxes)
    heavy = sorted(by_function(root).items(), key=lambda item: (-item[1][1], item[0]))[:MOST_LINES]
    table = [(name, [percent(own / root.samples), percent(on / root.samples)]) for name, (on, own) in heavy]
    return FlameView(ident, label, look, "", f"{root.samples:,} samples of {wording.plural(count, 'run')}", tuple(boxes),
                     ("itself", "with what it calls"), table)


def difference(ident, label, look, root, other, base):
    """A function is held against itself wherever it is called: between two runtimes, no two stacks begin alike."""
    mine, its = by_function(root), by_function(base)
    names = dict.fromkeys((*mine, *its))
    changes = {name: shares(mine, name, root)[0] - shares(its, name, base)[0] for name in names}
    boxes = []
    lay(root, 0, 0.0, root, changes, boxes)
    rows = [(name, shares(its, name, base)[1], shares(mine, name, root)[1]) for name in names]
    rows.sort(key=lambda row: (-abs(row[2] - row[1]), row[0]))
    table = [(name, [percent(before), percent(after), signed(after - before)]) for name, before, after in rows[:MOST_LINES]]
    return FlameView(ident, label, look, other, f"{root.samples:,} samples against {base.samples:,}", tuple(boxes),
                     (f"itself, {other}", f"itself, {label}", "difference"), table)


def shares(functions, name, root):
    """(of the samples with it on the stack, of those that ended in it)."""
    on, own = functions.get(name, (0, 0))
    return on / root.samples, own / root.samples


def lay(frame, depth, left, root, changes, boxes):
    """Boxes of a frame and of all that it calls, above it. `changes`: by how much each function's share differs."""
    width = frame.samples / root.samples
    if width < LEAST_SHARE:
        return
    change = changes.get(frame.name, 0.0) if changes else None
    tip = f"{percent(width)} of the samples, {frame.samples:,}"
    boxes.append(Box(frame.name, depth, round(100 * left, 3), round(100 * width, 3), tone(frame.name, change),
                     tip if change is None else f"{tip}; the function {signed(change)}"))
    for name in sorted(frame.children):
        lay(frame.children[name], depth + 1, left, root, changes, boxes)
        left += frame.children[name].samples / root.samples


def tone(name, change):
    """The name of a colour: by whose code it is or, in a differential, by how much its share grew or shrank."""
    if change is not None:
        level = sum(abs(change) >= step for step in STEPS)
        return f"{'more' if change > 0 else 'less'}{level}" if level else "even"
    kind = "kernel" if name.endswith(KERNEL) else "own" if "gauntlet::" in name else "library"
    return f"{kind}{sum(map(ord, name)) % 3}"


def percent(fraction):
    return wording.percent(fraction) if fraction else "0"


def signed(change):
    return f"{'+' if change > 0 else '−' if change < 0 else ''}{abs(100 * change):.1f}\u202fpoints"
