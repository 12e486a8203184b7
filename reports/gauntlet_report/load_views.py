"""What the charts of load show: CPU against tail, and latency against the offered rate."""

import re
from dataclasses import dataclass

from . import wording
from .charts.offered import Series
from .charts.pareto import Axes, Point
from .palette import Look

CPU, TAIL = "subject_cpu_us_per_request", "latency_p99_us"
KNEE = "knee_rps"
SHARE = re.compile(r"latency_(p50|p99)_at_(\d+)_percent_us")


@dataclass(frozen=True)
class ParetoView:
    points: tuple[Point, ...]
    axes: Axes
    table: list[tuple[str, Look, str, str]]


@dataclass(frozen=True)
class OfferedView:
    """`table`: (name, look, p50 and p99 at each place, knee) under `headings`."""

    series: tuple[Series, ...]
    objective_us: float | None
    objective: str
    headings: list[str]
    table: list[tuple[str, Look, list[str]]]


def pareto_view(cell, columns, palette):
    """Only an open loop has a latency that means something; None where there are no two to hold against each other."""
    if cell.params.get("pacing", "open") != "open":
        return None
    held = [column for column in columns if column.is_main and all(
        metric in column.metrics and column.metrics[metric].median is not None for metric in (CPU, TAIL))]
    if len(held) < 2:
        return None
    scales = {metric: wording.Scale.of(cell.metric(metric).unit, [column.metrics[metric].median for column in held])
              for metric in (CPU, TAIL)}
    points = tuple(point_of(column, scales, palette) for column in held)
    return ParetoView(points, Axes(f"CPU per request, {scales[CPU].unit}", f"latency p99, {scales[TAIL].unit}"),
                      [(column.label, palette.look(column.runtime, column.role),
                        *(scales[metric].with_unit(column.metrics[metric].median) for metric in (CPU, TAIL)))
                       for column in held])


def point_of(column, scales, palette):
    def of(metric):
        estimate, divisor = column.metrics[metric], scales[metric].divisor
        ends = None if estimate.low is None else (estimate.low / divisor, estimate.high / divisor)
        return estimate.median / divisor, ends

    (x, x_ends), (y, y_ends) = of(CPU), of(TAIL)
    return Point(column.label, palette.look(column.runtime, column.role), x, y, x_ends, y_ends, column.role)


def offered_view(cell, columns, palette):
    """None where the cell did not look for a knee. A point lies at a share of the column's own median knee."""
    shares = sorted({int(found[2]) for metric in cell.metrics if (found := SHARE.fullmatch(metric.name))})
    series = [item for column in columns if column.is_main and (item := series_of(cell, column, shares, palette))]
    if not shares or not series:
        return None
    objective = number(cell.params.get("p99_limit_us"))
    scale = wording.Scale.of("us", [])
    return OfferedView(
        tuple(series), objective, wording.Scale.of("us", [objective]).bound(objective) if objective else "",
        [f"{share}\u202f% of its knee" for share in shares] + ["Knee"],
        [(item.label, item.look, [at(column, share, scale) for share in shares] + [
            f"{wording.figure(item.knee)}/s" if item.knee else wording.NONE])
         for item in series for column in [cell.main_column(item.label)]])


def series_of(cell, column, shares, palette):
    knee = median(column, KNEE)
    if knee is None:
        return None
    common = number(cell.params.get("common_rate_rps"))

    def points(which):
        found = [(knee * share / 100, median(column, f"latency_{which}_at_{share}_percent_us")) for share in shares]
        if common and all(abs(common - rate) > 0.02 * common for rate, _ in found):
            found.append((common, median(column, f"latency_{which}_at_common_rate_us")))
        return tuple(sorted((rate, latency) for rate, latency in found if latency and latency > 0))

    return Series(column.label, palette.look(column.runtime, column.role), points("p50"), points("p99"), knee)


def at(column, share, scale):
    return " / ".join(scale.with_unit(median(column, f"latency_{which}_at_{share}_percent_us"))
                      for which in ("p50", "p99"))


def median(column, metric):
    return column.metrics[metric].median if metric in column.metrics else None


def number(text):
    try:
        return float(text)
    except (TypeError, ValueError):
        return None
