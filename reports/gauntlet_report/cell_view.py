"""One cell as the page shows it: the rows of its charts, and around them its verdict, tables and claims."""

from . import wording
from .charts.rows import Limit, Row, is_logarithmic
from .charts.tails import Curve, usable
from .flame_view import cell_flames
from .heat_view import expects_timelines, heat_view
from .load_runs import Runs
from .load_views import offered_view, pareto_view
from .portrait_view import portrait_views
from .portraits import ALSO, ZERO_FLOOR
from .questions import QUESTIONS, fits, focus
from .shown import BrokenMust, CellView, RowsView
from .tables import claim_rows, claim_views, config_rows, metric_rows, pair_rows, percentile_table, round_table
from .verdicts import broken_musts, control_state, controls, has_figure

NO_RUNS = Runs()


def cell_view(cell, palette, ident, runs=NO_RUNS):
    columns = display_order(cell)
    claims = claim_views(cell, columns, palette)
    more = [question.metric for question in QUESTIONS if fits(question, cell)] + list(ALSO.get(cell.scenario, ()))
    metrics = dict.fromkeys((cell.primary, *(metric for metric in more if any(
        has_figure(focus(cell, metric), column) for column in columns))))
    return CellView(
        ident=ident, name=cell.cell, short=cell.cell, title=cell.title, question=cell.question,
        reference=cell.reference, params=cell.params,
        columns=[(column.label, palette.look(column.runtime, column.role), column_note(column))
                 for column in columns],
        charts=[rows_view(focus(cell, metric), columns, palette, f"{ident}-rows-{place}")
                for place, metric in enumerate(metrics)] if columns else [],
        curves=[curve for curve in (chart_curve(column, palette) for column in columns) if curve],
        portraits=portrait_views(cell, columns, palette, ident),
        heat=heat_view(cell, columns, runs, palette, ident), expects_heat=expects_timelines(cell),
        flames=cell_flames(cell, columns, runs, palette, ident),
        pareto=pareto_view(cell, columns, palette), offered=offered_view(cell, columns, palette),
        percentile_table=percentile_table(columns, palette), metric_rows=metric_rows(cell, columns),
        pairs=pair_rows(cell, palette), claims=claims, claim_rows=claim_rows(claims, columns),
        broken=[BrokenMust(column.label, verdict.text) for column, verdict in broken_musts(cell)],
        controls=controls(cell), configs=config_rows(columns, palette),
    )


def rows_view(cell, columns, palette, ident):
    metric = cell.metric(cell.primary)
    scale = primary_scale(cell)
    rows = chart_rows(cell, columns, palette, scale)
    return RowsView(
        ident=ident, metric_label=wording.metric_label(cell.primary), metric_unit=scale.unit, better=metric.better,
        logarithmic=is_logarithmic(rows), rows=rows, limits=chart_limits(cell, scale),
        table=round_table(cell, columns, palette, scale))


def primary_scale(cell):
    return wording.Scale.of(cell.metric(cell.primary).unit,
                            [column.metrics[cell.primary].median for column in cell.columns
                             if cell.primary in column.metrics])


def display_order(cell):
    """References first, then as ranked; the second half of an A/A pair right after the first."""
    ranked = [name for group in cell.ranking for name in group]

    def place(item):
        index, column = item
        rank = ranked.index(column.runtime) if column.runtime in ranked else len(ranked)
        first = min(i for i, other in enumerate(cell.columns) if other.runtime == column.runtime)
        return column.role != "reference", rank, first, not column.is_main, index

    return [column for _, column in sorted(enumerate(cell.columns), key=place)]


def column_note(column):
    rounds = wording.plural(column.rounds, "round") if column.rounds or column.status == "ok" else ""
    status = column.status if is_troubled(column) else ""
    return [part for part in (wording.role_label(column.role), rounds, status) if part]


def is_troubled(column):
    """A failed control has done its duty when it broke a must."""
    caught = column.role == "negative_control" and control_state(column) == "caught"
    return column.status != "ok" and not caught


def status_note(column):
    return f"{column.status}: {column.reason}" if column.reason else column.status


def chart_rows(cell, columns, palette, scale):
    rows = []
    for column in columns:
        estimate = column.metrics.get(cell.primary)
        ratio = column.to_reference.get(cell.primary)
        measured = has_figure(cell, column)

        def shown(value):
            return None if value is None or not measured else value / scale.divisor

        rows.append(Row(
            label=f"{column.label} · {column.status}" if measured and is_troubled(column) else column.label,
            look=palette.look(column.runtime, column.role), role=column.role,
            median=shown(estimate.median) if measured else None, low=shown(estimate.low) if measured else None,
            high=shown(estimate.high) if measured else None,
            values=tuple(value / scale.divisor for value in estimate.values) if measured else (),
            shown=scale.with_unit(estimate.median) if measured else "",
            beside=wording.ratio(ratio.ratio) if measured and ratio and ratio.ratio is not None else "",
            note="" if measured else status_note(column) if column.status != "ok" else "not measured",
            faint=not column.is_main))
    return rows


def chart_limits(cell, scale):
    sign = "≥" if cell.metric(cell.primary).better == "higher" else "≤"
    found = {}
    for column in cell.columns:
        for verdict in column.verdicts:
            if verdict.metric == cell.primary and verdict.limit is not None:
                found[verdict.kind, verdict.limit] = Limit(
                    verdict.limit / scale.divisor, f"{verdict.kind} {sign} {scale.bound(verdict.limit)}",
                    verdict.kind == "must")
    floor = [Limit(0.0, "floor 0", False)] if cell.primary in ZERO_FLOOR else []
    return floor + list(found.values())


def chart_curve(column, palette):
    corrected, uncorrected = (column.percentiles.get(name, ()) for name in ("corrected", "uncorrected"))
    if not column.is_main or not (usable(corrected) or usable(uncorrected)):
        return None
    return Curve(column.label, palette.look(column.runtime, column.role), corrected, uncorrected)
