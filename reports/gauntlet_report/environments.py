"""Where the environments of several results directories differ."""

from dataclasses import dataclass

from . import wording


@dataclass(frozen=True)
class Side:
    """One results directory among several. `letter` is short for it where room is small."""

    letter: str
    name: str
    suite: str
    created: str
    revision: str
    complete: bool


@dataclass(frozen=True)
class Difference:
    fact: str
    values: list[str]


def sides(names, summaries):
    return [Side(chr(ord("A") + place) if place < 26 else str(place + 1), name, summary.suite,
                 wording.day(summary.created), fact(summary, "revision")[:12], summary.complete)
            for place, (name, summary) in enumerate(zip(names, summaries))]


def fact(summary, name):
    return next((item.value for item in summary.facts if item.name == name), "")


def differences(summaries):
    """(facts that differ, how many are the same), in the order of the first directory."""
    names = list(dict.fromkeys(item.name for summary in summaries for item in summary.facts))
    rows = [Difference(name, [fact(summary, name) or wording.NONE for summary in summaries]) for name in names]
    found = [row for row in rows if len(set(row.values)) > 1]
    return found, len(rows) - len(found)
