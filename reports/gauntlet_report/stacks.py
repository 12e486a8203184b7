"""Folded stacks as a tree of frames, and what of two trees lies under what."""

from dataclasses import dataclass, field

from .load import BadSummary

LONGEST_NAME = 160  # templates make names of a thousand characters
DEEPEST = 200  # frames of a stack that are kept, from the outermost


@dataclass
class Frame:
    """`samples` counts those of its children too, `own` those that ended in it."""

    name: str
    samples: int = 0
    own: int = 0
    children: dict = field(default_factory=dict)

    def child(self, name):
        if name not in self.children:
            self.children[name] = Frame(name)
        return self.children[name]


def read_stacks(path):
    """[(frames from the outermost, samples)]; BadSummary where the file cannot be read."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise BadSummary(f"cannot read {path}: {error.strerror}") from None
    found = []
    for number, line in enumerate(lines, 1):
        stack, _, count = line.rpartition(" ")
        if not line.strip():
            continue
        if not stack or not count.isdecimal():
            raise BadSummary(f"{path}, line {number} is not FRAME;FRAME COUNT")
        found.append((tuple(shortened(name) for name in stack.split(";")[:DEEPEST]), int(count)))
    return found


def shortened(name):
    return name if len(name) <= LONGEST_NAME else name[:LONGEST_NAME - 1] + "…"


def tree_of(stacks):
    root = Frame("all")
    for names, count in stacks:
        at = root
        at.samples += count
        for name in names:
            at = at.child(name)
            at.samples += count
        at.own += count
    return root


def by_function(root):
    """Name -> [samples in which it is on the stack, samples that ended in it]; a recursion counts once."""
    found = {}

    def visit(frame, above):
        entry = found.setdefault(frame.name, [0, 0])
        entry[1] += frame.own
        if frame.name not in above:
            entry[0] += frame.samples
        for child in frame.children.values():
            visit(child, above | {frame.name})

    for child in root.children.values():
        visit(child, frozenset())
    return found
