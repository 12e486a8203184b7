"""Reads the lanes beside a timeline: what the subject consumed in each part of a load's window."""

import csv
from dataclasses import dataclass

from .load import BadSummary

COLUMNS = ("start_s", "length_s", "cpu_s", "rss_bytes", "voluntary_switches", "involuntary_switches")


@dataclass(frozen=True)
class Lane:
    start_s: float
    length_s: float
    cpu_s: float
    rss_bytes: float
    voluntary_switches: float
    involuntary_switches: float

    @property
    def cpu_percent(self):
        return 100 * self.cpu_s / self.length_s if self.length_s > 0 else None

    @property
    def switches_per_s(self):
        return (self.voluntary_switches + self.involuntary_switches) / self.length_s if self.length_s > 0 else None


def read_lanes(path, tag):
    """The lines of `tag` in order; BadSummary where the file cannot be read."""
    try:
        with path.open(encoding="utf-8", errors="replace", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, csv.Error) as error:
        raise BadSummary(f"cannot read {path}: {error}") from None
    try:
        return [Lane(*(float(row[name]) for name in COLUMNS)) for row in rows if row.get("tag") == tag]
    except (KeyError, TypeError, ValueError):
        raise BadSummary(f"{path} has no header, or not a number in each of {', '.join(COLUMNS)}") from None
