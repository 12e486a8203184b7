"""The tables of a cell: all figures, the rounds behind the chart, percentiles, pairs, claims, configuration."""

from . import wording
from .shown import ClaimRow, ClaimView, Figure, MetricRow, PairRow
from .verdicts import GENERATOR_BOUND

SHOWN_FRACTIONS = (0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999)


def figure_of(column, name, scale):
    estimate = column.metrics.get(name)
    if estimate is None or estimate.median is None:
        return Figure("", "", "", "", wording.NONE if column.status == "ok" else column.status)
    ratio = column.to_reference.get(name)
    rounds = len(estimate.values)
    return Figure(
        median=scale.number(estimate.median),
        interval="no interval" if estimate.low is None else scale.interval(estimate.low, estimate.high),
        ratio=wording.ratio(ratio.ratio) if ratio and ratio.ratio is not None else "",
        rounds=wording.plural(rounds, "round") if rounds and rounds != column.rounds else "")


def scale_of(cell, metric):
    return wording.Scale.of(metric.unit, [column.metrics[metric.name].median for column in cell.columns
                                          if metric.name in column.metrics])


def metric_rows(cell, columns):
    """The primary metric first, the rest in the order of the file."""
    rows = []
    for metric in sorted(cell.metrics, key=lambda item: item.name != cell.primary):
        scale = scale_of(cell, metric)
        rows.append(MetricRow(wording.metric_label(metric.name), metric.name, metric.description, scale.unit,
                              metric.better, metric.name == cell.primary,
                              [figure_of(column, metric.name, scale) for column in columns]))
    return rows


def round_table(cell, columns, palette, scale):
    rows = []
    for column in columns:
        estimate = column.metrics.get(cell.primary)
        values = [scale.number(value) for value in estimate.values] if estimate else []
        rows.append((column.label, palette.look(column.runtime, column.role), figure_of(column, cell.primary, scale),
                     values))
    return rows


def percentile_table(columns, palette):
    """(headings, rows): a value per usual fraction that the file holds; nothing is interpolated."""
    held = {fraction for column in columns for curve in column.percentiles.values() for fraction, _ in curve}
    fractions = [fraction for fraction in SHOWN_FRACTIONS if any(abs(fraction - other) < 1e-9 for other in held)]
    rows = []
    for column in columns:
        for name, curve in column.percentiles.items():
            values = [next((value for other, value in curve if abs(other - fraction) < 1e-9), None)
                      for fraction in fractions]
            rows.append((column.label, palette.look(column.runtime, column.role), name,
                         [wording.figure(value) for value in values]))
    return [f"{fraction * 100:.10g}\u202f%" for fraction in fractions], rows


def pair_rows(cell, palette):
    rows = []
    for item in cell.comparisons:
        rows.append(PairRow(
            metric=wording.metric_label(item.metric), a=item.a, a_look=palette.look(item.a), b=item.b,
            b_look=palette.look(item.b), ratio=wording.ratio(item.ratio),
            interval=wording.ratio_interval(item.low, item.high) or wording.NONE,
            noise=wording.ratio_interval(item.noise_low, item.noise_high) or "unknown", pairs=item.pairs,
            word=item.verdict, reason=item.reason))
    return rows


def claim_views(cell, columns, palette):
    views = []
    for column in columns:
        for verdict in column.verdicts:
            metric = cell.metric(verdict.metric)
            scale = wording.Scale.of(metric.unit, [verdict.limit])
            sign = "≥" if metric.better == "higher" else "≤"
            views.append(ClaimView(
                cell=cell.cell, runtime=column.label, look=palette.look(column.runtime, column.role), role=column.role,
                claim=verdict.claim, kind=verdict.kind, met=verdict.met, expected=verdict.expected,
                metric=wording.metric_label(verdict.metric), worst=scale.with_unit(verdict.worst),
                limit=f"{sign} {scale.bound(verdict.limit)}" if verdict.limit is not None else wording.NONE,
                text=verdict.text))
    return views


def claim_rows(claims, columns):
    """The claims of a cell, musts first, against its columns."""
    rows = {}
    for view in sorted(claims, key=lambda item: item.kind != "must"):
        row = rows.setdefault((view.kind, view.claim, view.limit),
                              ClaimRow(view.claim, view.kind, view.metric, view.limit, [None] * len(columns)))
        row.results[[column.label for column in columns].index(view.runtime)] = view
    return list(rows.values())


def config_rows(columns, palette):
    return [(column.label, palette.look(column.runtime, column.role), column.effective_config)
            for column in columns if column.effective_config and column.is_main]


def matrix_entries(cell, decision, scale):
    """Runtime -> (ratio to the reference or median, small print, word) for the table at a glance."""
    entries = {}
    for column in cell.columns:
        if not column.is_main or column.role == "reference":
            continue
        word = matrix_word(column, decision)
        estimate = column.metrics.get(cell.primary)
        ratio = column.to_reference.get(cell.primary)
        if estimate is None or estimate.median is None:
            entries[column.runtime] = ("", "", word)
        elif ratio and ratio.ratio is not None:
            entries[column.runtime] = (wording.ratio(ratio.ratio), scale.with_unit(estimate.median), word)
        else:
            entries[column.runtime] = (scale.with_unit(estimate.median), "", word)
    return entries


def matrix_word(column, decision):
    """What stands beside a figure; empty where the figure says enough."""
    if column.status != "ok" and column.role != "negative_control":
        return column.status
    if column.runtime in decision.leaders:
        return {"win": "best", "tie": "tied", "unstable": "unstable", GENERATOR_BOUND: GENERATOR_BOUND}.get(decision.kind, "")
    word = next((item.word for item in decision.standings if item.runtime == column.runtime), "")
    return "" if word in ("slower", "faster", "control") else word
