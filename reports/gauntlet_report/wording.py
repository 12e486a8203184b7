"""Figures and names as a reader wants them. Changes of unit and of direction only, never a statistic."""

from dataclasses import dataclass
from datetime import datetime

NONE = "–"
UNSAID = {"subject"}  # who else's CPU it might be is said by its own name
UNIT_WORDS = {"us", "ns", "ms", "rps", "ops", "bytes", "percent", "s", "count", "ratio"}
ACRONYMS = {"cpu": "CPU", "rss": "RSS", "pss": "PSS", "http": "HTTP", "tcp": "TCP", "io": "I/O", "percent": "%"}
LADDERS = {
    "us": ((1.0, "µs"), (1e3, "ms"), (1e6, "s")),
    "ns": ((1.0, "ns"), (1e3, "µs"), (1e6, "ms"), (1e9, "s")),
    "bytes": ((1.0, "B"), (1024.0, "KiB"), (1024.0**2, "MiB"), (1024.0**3, "GiB")),
}
TIMES = {"ns", "µs", "ms", "s"}
PLAIN_UNITS = {"percent": "%", "count": "", "ratio": "×"}


def figure(value):
    """Three significant digits and no more than a reader can use."""
    if value is None:
        return NONE
    size = abs(value)
    if size == 0:
        return "0"
    if size >= 999.5:
        return f"{value:,.0f}" if size < 1e15 else f"{value:.2e}"
    for bound, digits in ((99.95, 0), (9.995, 1), (0.9995, 2), (0.09995, 3), (0.009995, 4)):
        if size >= bound:
            return f"{value:.{digits}f}"
    return f"{value:.2g}"


@dataclass(frozen=True)
class Scale:
    """A metric's unit as shown: one for all columns of a cell, so that figures can be compared by eye."""

    divisor: float
    unit: str

    @staticmethod
    def of(unit, values):
        ladder = LADDERS.get(unit)
        if not ladder:
            return Scale(1.0, PLAIN_UNITS.get(unit, unit))
        # The smallest figure decides: "0.09 ms" beside "12 ms" reads worse than 90 beside 12,000.
        smallest = min((abs(value) for value in values if value), default=0.0)
        divisor, shown = next((step for step in reversed(ladder) if smallest >= step[0]), ladder[0])
        return Scale(divisor, shown)

    def number(self, value):
        if value is None:
            return NONE
        # Counts stay whole; a measured time that happens to be whole does not.
        is_count = self.divisor == 1 and self.unit not in TIMES and float(value).is_integer()
        return f"{value:,.0f}" if is_count and abs(value) < 1e15 else figure(value / self.divisor)

    def with_unit(self, value):
        if value is None:
            return NONE
        return f"{self.number(value)}\u202f{self.unit}".rstrip() if self.unit else self.number(value)

    def interval(self, low, high):
        if low is None or high is None:
            return ""
        low, high = self.number(low), self.number(high)
        return "" if low == high else f"{low}–{high}"

    def bound(self, value):
        """A limit is shown as it was stated, not rounded."""
        return f"{value / self.divisor:,.10g}\u202f{self.unit}".rstrip()


def ratio(value):
    if value is None:
        return NONE
    return f"{value:.3f}×" if 0.1 <= abs(value) < 9.995 else f"{figure(value)}×"


def ratio_interval(low, high):
    return "" if low is None or high is None else f"{ratio(low)[:-1]}–{ratio(high)}"


def percent(fraction):
    """Unsigned, `fraction` of 1."""
    size = abs(fraction) * 100
    return f"{size:.0f}\u202f%" if size >= 9.95 else f"{size:.1f}\u202f%"


def signed_percent(value):
    change = (value - 1) * 100
    if abs(change) < 0.05:
        return "0"
    text = f"{abs(change):.1f}" if abs(change) < 9.95 else f"{abs(change):,.0f}"
    return ("+" if change > 0 else "−") + text


def change(value):
    """A ratio as a signed change; from a doubling on, as a factor."""
    if value is None:
        return NONE
    if 0.5 < value < 2:
        return signed_percent(value) + "\u202f%"
    return ratio(value)


def change_interval(low, high):
    if low is None or high is None:
        return ""
    if 0.5 < low and high < 2:
        return f"{signed_percent(low)}\u2009…\u2009{signed_percent(high)}\u202f%"
    return ratio_interval(low, high)


def difference(value):
    """(how much, which way) of a ratio: ("7.4 %", "lower") or ("3.20 times", "higher")."""
    way = "lower" if value < 1 else "higher"
    if 0.5 < value < 2:
        return percent(value - 1), way
    factor = value if value >= 1 else (1 / value if value > 0 else None)
    return (f"{figure(factor)} times" if factor else "clearly"), way


def noise(low, high):
    if low is None or high is None:
        return "no A/A arm, so the noise floor is unknown"
    return f"noise floor {change_interval(low, high)}"


def metric_label(name):
    parts = name.split("_")
    # The unit of the metric stands at its end or before "per"; any other is part of the name, as in "burns of 20 ms".
    words = [percentile_word(ACRONYMS.get(word, word)) for word, following in zip(parts, [*parts[1:], "per"])
             if word not in UNSAID and (word not in UNIT_WORDS or following != "per")]
    text = " ".join(words) or name
    return text[:1].upper() + text[1:]


def percentile_word(word):
    """p999 is read as p99.9."""
    return f"{word[:3]}.{word[3:]}" if len(word) > 3 and word[0] == "p" and word[1:].isdigit() else word


def metric_phrase(name):
    """The label inside a sentence."""
    text = metric_label(name)
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def plural(count, word):
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def join_words(words):
    words = list(words)
    if len(words) < 2:
        return "".join(words)
    return ", ".join(words[:-1]) + " and " + words[-1]


def role_label(role):
    return {"negative_control": "negative control", "reference": "reference"}.get(role, "")


def day(created):
    try:
        moment = datetime.fromisoformat(created.replace("Z", "+00:00"))
    except ValueError:
        return created
    return f"{moment.day} {moment:%B %Y, %H:%M}" + (" UTC" if created.endswith("Z") else "")
