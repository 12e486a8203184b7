"""One colour and one mark per runtime, fixed by its place in the summary and the same everywhere.

The colours were searched for by distance under normal, protan, deutan and tritan vision; all twelve stay apart.
The mark is the second channel, so that no chart depends on colour alone.
"""

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
        slot = references = 0
        for runtime in runtimes:
            if runtime.role == "reference":
                place = references % len(REFERENCE_MARKS)
                self._looks[runtime.name] = Look(f"reference{place}", REFERENCE_MARKS[place])
                references += 1
                continue
            # From the 13th on colours repeat with another mark, so a pair stays unique up to 132 runtimes.
            mark = MARKS[(slot + slot // len(MARKS)) % len(MARKS)]
            self._looks[runtime.name] = Look(f"c{slot % len(LIGHT)}", mark, runtime.role == "negative_control")
            slot += 1

    def look(self, name, role="contender"):
        if role == "reference":
            return self._looks.get(name, UNKNOWN_REFERENCE)
        return self._looks.get(name, UNKNOWN)


def palette_css():
    def block(**groups):
        return " ".join(f"--{name}{index}: {colour};" for name, colours in groups.items()
                        for index, colour in enumerate(colours))

    return (f":root {{ {block(c=LIGHT, reference=REFERENCE_LIGHT)} }}\n"
            "@media screen and (prefers-color-scheme: dark) "
            f"{{ :root {{ {block(c=DARK, reference=REFERENCE_DARK)} }} }}\n")
