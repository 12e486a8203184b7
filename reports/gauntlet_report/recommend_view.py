"""The recommendation as the page shows it: every sentence is made from figures, none is written for a runtime."""

import math
from dataclasses import dataclass

from . import wording
from .palette import Look
from .recommend import MOST, recommendations

FORMULA = ("score = product over the factors of (distance to the best) to the power of (weight). The distance is the "
           "paired ratio where the verdict word is slower; any difference that is not decided counts as 1, and no "
           f"distance counts for more than {MOST:g}. The best score is 1: best, or level with the best, in everything.")


@dataclass(frozen=True)
class Place:
    """`segments`: width of each factor's part of the bar, percent of the whole track."""

    place: str
    runtime: str
    look: Look
    score: str
    segments: list[tuple[float, int]]
    cells: list[tuple[str, str]]  # text, class
    logs: list[float]  # the logarithm of each distance, for those who want other weights


@dataclass(frozen=True)
class ProfileView:
    ident: str
    title: str
    means: str
    factors: list[tuple[str, int]]
    leaders: list[tuple[str, Look]]
    reason: str
    places: list[Place]
    missing: list
    supplies: list[str]
    excluded: list[tuple[str, Look, str]]
    changes: list[str]


def recommendation_views(summary, palette):
    return [profile_view(item, palette) for item in recommendations(summary)]


def profile_view(item, palette):
    profile = item.profile
    return ProfileView(
        ident=profile.ident, title=profile.title, means=profile.means,
        factors=[(factor.label, factor.weight) for factor in profile.factors],
        leaders=[(score.runtime, palette.look(score.runtime)) for score in item.places[0]] if item.places else [],
        reason=reason(item), places=place_views(item, palette), missing=list(item.missing),
        supplies=list(dict.fromkeys(missing.supply for missing in item.missing)),
        excluded=[(name, palette.look(name), why) for name, why in item.excluded], changes=changes(item))


def reason(item):
    if item.missing:
        return "No recommendation: something that counts here was not measured."
    if not item.places:
        return "No recommendation: no runtime could be scored."
    first = item.places[0][0]
    if len(item.places) < 2 and len(item.places[0]) > 1:
        return f"{level_text(item)}."
    if all(share.distance == 1 for share in first.shares):
        best = level_text(item)
    else:
        behind = [f"{wording.ratio(share.distance)} the best in {lower(share.factor.label)}"
                  for share in first.shares if share.distance > 1]
        level = [lower(share.factor.label) for share in first.shares if share.distance == 1]
        best = (f"best or level in {wording.join_words(level)}; " if level else "") + wording.join_words(behind)
    if len(item.places) < 2:
        return f"{best}. There is nobody else to rank."
    rival = item.places[1][0]
    worst = max(zip(rival.shares, first.shares), key=lambda pair: pair[0].pull - pair[1].pull)[0]
    return (f"{best}. Next comes {rival.runtime} with {wording.ratio(rival.value)}, "
            f"most of it from {lower(worst.factor.label)} ({wording.ratio(worst.distance)}).")


def level_text(item):
    """Why nothing speaks against those of the first place: it was decided so, or nothing was decided."""
    undecided = [lower(factor.label) for place, factor in enumerate(item.profile.factors)
                 if any(score.shares[place].undecided for score in item.places[0])]
    if not undecided:
        return "best in everything, or level with the best"
    if len(item.places[0]) == 1:
        return f"best or level where it is decided; {wording.join_words(undecided)} is still open"
    return (f"any of them will do as far as these runs can tell: no difference between them in "
            f"{wording.join_words(undecided)} could be told from the noise")


def lower(label):
    return label if label[:2].isupper() or label[:1] == "p" else label[:1].lower() + label[1:]


def place_views(item, palette):
    longest = max((math.log(score.value) for group in item.places for score in group), default=0.0) or 1.0
    found, place = [], 1
    for group in item.places:
        for score in group:
            found.append(Place(
                place=f"{place}" if len(group) == 1 else f"{place}=", runtime=score.runtime,
                look=palette.look(score.runtime), score=wording.ratio(score.value),
                segments=[(round(100 * share.pull / longest, 2), step) for step, share in enumerate(score.shares)
                          if share.pull > 0],
                cells=[cell_of(share) for share in score.shares],
                logs=[round(math.log(share.distance), 6) for share in score.shares]))
        place += len(group)
    return found


def cell_of(share):
    if share.distance > 1:
        return wording.ratio(share.distance), ""
    return ("undecided", "quiet") if share.undecided else ("best", "first")


def changes(item):
    if not item.places:
        return []
    found = [f"{turn.runtime} comes first once {lower(turn.factor.label)} weighs {turn.weight:.0f}\u202f% "
             f"in place of {turn.factor.weight}\u202f%." for turn in item.turns]
    if not found and len(item.places) > 1:
        found.append("More weight on any one factor leaves the first place as it is.")
    if item.skipped:
        found.append(f"Not counted, since it was skipped here: {wording.join_words(item.skipped)}.")
    open_ones, counted = [], sum(map(len, item.places))
    for index, factor in enumerate(item.profile.factors):
        names = [score.runtime for group in item.places for score in group if score.shares[index].undecided]
        if names:
            open_ones.append(f"{lower(factor.label)} ({wording.join_words(names) if len(names) < counted else 'all of them'})")
    if open_ones:
        found.append(f"Not decided, so it counts as level: {'; '.join(open_ones)}. More rounds on a quieter machine may "
                     "move it.")
    return found
