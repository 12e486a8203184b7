"""One colour and one mark per runtime, the same in every report: a known one's is its own, others take what is left.

The colours were searched for by distance under normal, protan, deutan and tritan vision; all twelve stay apart.
The mark is the second channel, so that no chart depends on colour alone.
"""

import itertools
from dataclasses import dataclass

LIGHT = ("#0a6ed2", "#754400", "#05a2ae", "#e26683", "#592093", "#b48f0c",
         "#997df5", "#4e7e00", "#a142a1", "#00656c", "#003259", "#5f002b")
DARK = ("#67c9ff", "#cb9009", "#7cffe2", "#e46174", "#bb7de9", "#ffea60",
        "#ebacb9", "#88d05f", "#8a5b81", "#4d9ba2", "#046cc7", "#597a0d")
MARKS = ("o", "s", "D", "^", "v", "p", "P", "X", "h", "<", ">", "*")
# References are grey, each with a grey and a mark of its own; (points, star, turn) is matplotlib's name of a star.
REFERENCE_LIGHT = ("#747c85", "#474d54", "#8d8270", "#64748f")
REFERENCE_DARK = ("#969fa9", "#c9ced4", "#a89c86", "#7f90ac")
REFERENCE_MARKS = ("d", (4, 1, 0), (3, 1, 0), "8")
ALL_MARKS = (*MARKS, *REFERENCE_MARKS)

# The slots of the runtimes of the registry, so that a report of three of them shows them as one of all does.
SLOTS = {name: slot for slot, name in enumerate((
    "single_loop", "multi_loop", "io_uring", "work_stealing", "libuv", "asio", "asio_uring", "busy_wait", "fallback"))}
REFERENCE_SLOTS = {name: slot for slot, name in enumerate(("floor_epoll", "plain_calls", "thread_per_task"))}

SURFACE = {"light": "#ffffff", "dark": "#1c1f23"}


@dataclass(frozen=True)
class Look:
    """`colour` and `mark` are names of a CSS variable and of a matplotlib marker; `hollow` marks a negative control."""

    colour: str
    mark: str | tuple
    hollow: bool = False

    @property
    def symbol(self):
        return f"mark-{ALL_MARKS.index(self.mark)}"


UNKNOWN = Look("other", "o")
UNKNOWN_REFERENCE = Look("reference0", REFERENCE_MARKS[0])


class Palette:
    def __init__(self, runtimes):
        self._looks = {}
        references = [runtime.name for runtime in runtimes if runtime.role == "reference"]
        for name, slot in slots_of(references, REFERENCE_SLOTS).items():
            place = slot % len(REFERENCE_MARKS)
            self._looks[name] = Look(f"reference{place}", REFERENCE_MARKS[place])
        others = {runtime.name: runtime.role for runtime in runtimes if runtime.role != "reference"}
        for name, slot in slots_of(others, SLOTS).items():
            # From the 13th on colours repeat with another mark, so a pair stays unique up to 132 runtimes.
            mark = MARKS[(slot + slot // len(MARKS)) % len(MARKS)]
            self._looks[name] = Look(f"c{slot % len(LIGHT)}", mark, others[name] == "negative_control")

    def look(self, name, role="contender"):
        if role == "reference":
            return self._looks.get(name, UNKNOWN_REFERENCE)
        return self._looks.get(name, UNKNOWN)


def slots_of(names, known):
    taken = {known[name] for name in names if name in known}
    # What is nobody's comes first, then what belongs to a known one that is not here.
    kept = set(known.values())
    free = itertools.chain((slot for slot in range(len(LIGHT)) if slot not in kept),
                           (slot for slot in sorted(kept) if slot not in taken), itertools.count(len(LIGHT)))
    return {name: known[name] if name in known else next(free) for name in names}


def palette_css():
    def block(**groups):
        return " ".join(f"--{name}{index}: {colour};" for name, colours in groups.items()
                        for index, colour in enumerate(colours))

    return (f":root {{ {block(c=LIGHT, reference=REFERENCE_LIGHT)} }}\n"
            "@media screen and (prefers-color-scheme: dark) "
            f"{{ :root {{ {block(c=DARK, reference=REFERENCE_DARK)} }} }}\n")
