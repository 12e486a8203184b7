"""Which runtime for which workload: a pure function of the summary.

score = product over the factors of (distance to the best) ^ weight, so 1 is the best in everything and less is better.
The distance is the paired ratio of the file where its word says `slower`; any other difference counts as none.
"""

import math
from dataclasses import dataclass

from .profiles import PROFILES, Factor, Profile
from .questions import LEAST_PAIRS, focus, resume
from .verdicts import bound_reason, broken_musts, compare

MOST = 10.0  # a single factor may not decide everything: a distance counts up to this, and so does one beyond numbers
SAME_SCORE = 1e-9


@dataclass(frozen=True)
class Share:
    """One factor of one runtime. `distance` is 1 for the best and for whoever is not said to be slower than it;
    `undecided` names the cells in which that is for want of a verdict."""

    factor: Factor
    distance: float
    undecided: tuple[str, ...]

    @property
    def pull(self):
        """What it adds to the logarithm of the score."""
        return self.factor.weight / 100 * math.log(self.distance)


@dataclass(frozen=True)
class Score:
    runtime: str
    shares: tuple[Share, ...]

    @property
    def value(self):
        return math.exp(sum(share.pull for share in self.shares))


@dataclass(frozen=True)
class Missing:
    factor: str
    reason: str
    supply: str


@dataclass(frozen=True)
class Turn:
    """`runtime` would come first if `factor` weighed `weight` percent and the others kept their proportions."""

    runtime: str
    factor: Factor
    weight: float


@dataclass(frozen=True)
class Recommendation:
    """`places`: groups of equal score, best first; empty where something is `missing`. `skipped`: cells that would count
    if they could be run here."""

    profile: Profile
    places: tuple[tuple[Score, ...], ...]
    missing: tuple[Missing, ...]
    excluded: tuple[tuple[str, str], ...]
    turns: tuple[Turn, ...]
    skipped: tuple[str, ...]


def recommendations(summary):
    return [recommend(profile, summary) for profile in PROFILES]


def recommend(profile, summary):
    fitting = {factor: [cell for cell in summary.cells if factor.fits(cell)] for factor in profile.factors}
    found = {factor: [focus(cell, factor.metric) for cell in cells if could_run(cell)] for factor, cells in fitting.items()}
    skipped = tuple(dict.fromkeys(cell.cell for cells in fitting.values() for cell in cells if not could_run(cell)))
    missing = [item for factor, cells in found.items() for item in missing_of(factor, cells, summary)]
    missing += [Missing("Surviving crashes", f"no cell of {name}", f"gauntlet bench full --only {name}")
                for name in profile.survives if not any(cell.scenario == name for cell in summary.cells)]
    if missing:
        return Recommendation(profile, (), tuple(missing), (), (), skipped)
    names = [runtime.name for runtime in summary.runtimes if runtime.role == "contender"]
    excluded = {name: reason for name in names if (reason := why_not(name, profile, found, summary))}
    rest = [name for name in names if name not in excluded]
    scores = [Score(name, tuple(share_of(name, factor, cells, rest) for factor, cells in found.items()))
              for name in rest]
    places = grouped(scores)
    return Recommendation(profile, places, (), tuple(excluded.items()), tuple(turns(places)), skipped)


def could_run(cell):
    """Not where every contender was skipped, as reading past the cache is where files are kept in memory."""
    held = [column for column in cell.columns if column.role == "contender"]
    return not held or any(column.status != "skipped" for column in held)


def missing_of(factor, cells, summary):
    if not cells:
        return [Missing(factor.label, "no cell of this bench measures it", factor.supply)]
    return [Missing(factor.label, f"{cell.cell}: {reason}", factor.supply if summary.complete else resume(summary))
            for cell in cells if (reason := unusable(cell))]


def unusable(cell):
    """Why the differences of a whole cell say nothing, empty where they do."""
    compared = [item for item in cell.comparisons if item.metric == cell.primary]
    if not compared:
        return "measured, but not compared"
    if any(item.verdict in ("faster", "slower", "same") for item in compared):
        return ""
    if max(item.pairs for item in compared) < LEAST_PAIRS:
        return f"fewer than {LEAST_PAIRS} paired rounds"
    return "no noise floor" if all(item.noise_low is None for item in compared) else ""


def why_not(name, profile, found, summary):
    """Why a runtime is left out of a ranking; empty where it is in."""
    for cell in summary.cells:
        for column, verdict in broken_musts(cell):
            if column.runtime == name:
                return f"broke a must in {cell.cell}: {verdict.text}"
    needed = [cell for cells in found.values() for cell in cells]
    for cell in needed + [cell for cell in summary.cells if cell.scenario in profile.survives]:
        column = cell.main_column(name)
        if column is None:
            return f"not run in {cell.cell}"
        if column.status != "ok":
            return f"{column.status} in {cell.cell}" + (f": {column.reason}" if column.reason else "")
    for cell in needed:
        pairs = [item for item in cell.comparisons if item.metric == cell.primary and name in (item.a, item.b)]
        if not any(item.verdict in ("faster", "slower", "same") or item.pairs >= LEAST_PAIRS for item in pairs):
            return f"too few rounds in {cell.cell}"
    return ""


def share_of(name, factor, cells, rivals):
    held = [distance_in(cell, name, rivals) for cell in cells]
    mean = math.exp(sum(math.log(distance) for distance, _ in held) / len(held))
    return Share(factor, mean, tuple(cell.cell for cell, (_, undecided) in zip(cells, held) if undecided))


def distance_in(cell, name, rivals):
    """(how many times worse than the best of the rivals, whether that is for want of a verdict)."""
    leader = next((other for group in cell.ranking for other in group if other in rivals), name)
    comparison = compare(cell, name, leader)
    if comparison is None:
        return 1.0, name != leader
    if bound_reason(cell, comparison) or comparison.verdict not in ("faster", "slower", "same"):
        return 1.0, True
    if comparison.verdict != "slower":
        return 1.0, False
    if not comparison.ratio:
        return MOST, False
    worse = 1 / comparison.ratio if cell.metric(cell.primary).better == "higher" else comparison.ratio
    return min(MOST, max(1.0, worse)), False


def grouped(scores):
    places = []
    for score in sorted(scores, key=lambda item: (item.value, item.runtime)):
        if not places or score.value > places[-1][0].value + SAME_SCORE:
            places.append([])
        places[-1].append(score)
    return tuple(map(tuple, places))


def turns(places):
    """The smallest change of one weight with which another runtime comes first, the nearest ones first."""
    if len(places) < 2:
        return []
    first, found = places[0][0], []
    for rival in (score for group in places[1:] for score in group):
        turned = [turn for mine, its in zip(first.shares, rival.shares) if (turn := turn_of(first, rival, mine, its))]
        found += sorted(turned, key=lambda turn: turn.weight - turn.factor.weight)[:1]
    return sorted(found, key=lambda turn: turn.weight - turn.factor.weight)


def turn_of(first, rival, mine, its):
    """Where the scores of two meet as one weight grows: a straight line in the logarithms."""
    gain = math.log(mine.distance) - math.log(its.distance)
    weight = mine.factor.weight / 100
    behind = math.log(rival.value) - math.log(first.value) + weight * gain
    if gain <= 0 or behind <= 0 or weight >= 1:
        return None
    rest = behind / (1 - weight)
    return Turn(rival.runtime, mine.factor, 100 * rest / (rest + gain))
