"""One colour and one mark per runtime, fixed by its place in the summary and the same everywhere.

The colours were chosen by distance under normal, protan, deutan and tritan vision; the first eight stay apart.
The mark is the second channel, so that no chart depends on colour alone.
"""

from dataclasses import dataclass

LIGHT = ("#0f5fb4", "#d2570c", "#12997a", "#c85fae", "#3a1f86", "#6a5200",
         "#2390c8", "#8c1d2f", "#8a7c10", "#8f5fe8", "#452a14", "#1a6f6c")
DARK = ("#5aa2f2", "#f28a3a", "#8fe3bf", "#d583c1", "#f2cf4a", "#8a74f5",
        "#e0596b", "#55d0f5", "#8fae38", "#d9bdf9", "#b8835a", "#26ada4")
MARKS = ("o", "s", "D", "^", "v", "p", "P", "X", "h", "<", ">", "*")
REFERENCE_MARK = "d"

SURFACE = {"light": "#ffffff", "dark": "#1c1f23"}


@dataclass(frozen=True)
class Look:
    """`colour` and `mark` are names of a CSS variable and of a matplotlib marker; `hollow` marks a negative control."""

    colour: str
    mark: str
    hollow: bool = False

    @property
    def symbol(self):
        marks = (*MARKS, REFERENCE_MARK)
        return f"mark-{marks.index(self.mark)}"


UNKNOWN = Look("other", "o")


class Palette:
    def __init__(self, runtimes):
        self._looks = {}
        slot = 0
        for runtime in runtimes:
            if runtime.role == "reference":
                self._looks[runtime.name] = Look("reference", REFERENCE_MARK)
                continue
            # From the 13th on colours repeat with another mark, so a pair stays unique up to 132 runtimes.
            mark = MARKS[(slot + slot // len(MARKS)) % len(MARKS)]
            self._looks[runtime.name] = Look(f"c{slot % len(LIGHT)}", mark, runtime.role == "negative_control")
            slot += 1

    def look(self, name, role="contender"):
        if role == "reference":
            return self._looks.get(name, Look("reference", REFERENCE_MARK))
        return self._looks.get(name, UNKNOWN)


def palette_css():
    def block(colours):
        return " ".join(f"--c{index}: {colour};" for index, colour in enumerate(colours))

    return (f":root {{ {block(LIGHT)} }}\n"
            f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {block(DARK)} }} }}\n")
