"""Where a comparison lies on the strip beside a verdict: left of the leader's line is better, right is worse."""

import math
from dataclasses import dataclass

from .shown import Strip

LEAST_REACH = math.log(1.05)
ROOM = 1.08
BETTER_SHARE = 20.0  # of the width, kept for better as long as nothing needs more


@dataclass(frozen=True)
class Axis:
    """The same for all rows of a cell. `reach` is the log ratio at the right edge, 100; the leader lies at `centre`."""

    reach: float
    centre: float
    sign: int

    def place(self, ratio):
        if ratio is None or ratio <= 0:
            return None
        worse = self.sign * math.log(ratio) / self.reach
        return round(min(100.0, max(0.0, self.centre + (100 - self.centre) * worse)), 2)


def strip_axis(comparisons, better):
    sign = -1 if better == "higher" else 1
    worse = [sign * math.log(value) for item in comparisons if item
             for value in (item.ratio, item.low, item.high, item.noise_low, item.noise_high) if value and value > 0]
    reach = max([LEAST_REACH, *map(abs, worse)]) * ROOM
    kept = BETTER_SHARE / (100 - BETTER_SHARE)
    return Axis(reach, BETTER_SHARE if all(value > -kept * reach for value in worse) else 50.0, sign)


def place_on(axis, comparison):
    dot = axis.place(comparison.ratio)
    if dot is None:
        return None
    if dot in (0.0, 100.0):
        noise = axis.place(comparison.noise_low), axis.place(comparison.noise_high)
        return Strip(axis.centre, dot, None, None, *(noise if axis.sign > 0 else noise[::-1]), beyond=True)
    ends = axis.place(comparison.low), axis.place(comparison.high)
    noise = axis.place(comparison.noise_low), axis.place(comparison.noise_high)
    (low, high), (noise_low, noise_high) = (pair if axis.sign > 0 else pair[::-1] for pair in (ends, noise))
    return Strip(axis.centre, dot, low, high, noise_low, noise_high)
