"""What the page shows of a cell, as plain data. Filled by cell_view.py and its neighbours, placed by the templates."""

from dataclasses import dataclass

from .charts.rows import Limit, Row
from .charts.tails import Curve
from .flame_view import CellFlames
from .heat_view import HeatView
from .load_views import OfferedView, ParetoView
from .palette import Look
from .portrait_view import PortraitView


@dataclass(frozen=True)
class Strip:
    """Places on a strip from 0 to 100, with the leader's line at `centre`; to the right is worse."""

    centre: float
    dot: float | None
    low: float | None
    high: float | None
    noise_low: float | None
    noise_high: float | None
    beyond: bool = False  # the dot stands at the edge because its place lies outside


@dataclass(frozen=True)
class StandingView:
    runtime: str
    look: Look
    note: str
    word: str
    median: str
    interval: str
    change: str
    change_interval: str
    reason: str
    strip: Strip | None


@dataclass(frozen=True)
class Margin:
    """By how much the leader leads (or, in a tie, how far the next one is), with what it was held against.

    `leader` is named where the verdict does not name it.
    """

    amount: str
    leader: str
    other: str
    interval: str
    noise: str


@dataclass(frozen=True)
class VerdictView:
    kind: str
    leaders: list[tuple[str, Look]]
    headline: str
    margin: Margin
    details: list[str]
    standings: list[StandingView]
    leader_row: StandingView | None
    has_strip: bool
    centre: float  # where the leader lies on the strips


@dataclass(frozen=True)
class AnswerView:
    """A question's answer in one cell. `cell` is the ident of its section, `ident` its own."""

    ident: str
    cell: str
    cell_name: str
    cell_title: str
    metric_label: str
    better: str
    verdict: VerdictView
    not_run: list[tuple[str, Look]]
    next_step: str
    kept: str  # what a must says where the verdict is open
    broken: list
    controls: list
    matrix: dict


@dataclass(frozen=True)
class QuestionView:
    """`missing`: why there is no answer, and `supply` which run would give one."""

    ident: str
    title: str
    why: str
    answers: list[AnswerView]
    missing: str
    supply: str


@dataclass(frozen=True)
class ClaimView:
    cell: str
    runtime: str
    look: Look
    role: str
    claim: str
    kind: str
    met: bool
    expected: bool
    metric: str
    worst: str
    limit: str
    text: str


@dataclass(frozen=True)
class ClaimRow:
    """One claim of a cell; `results` has a place per column, None where the claim was not judged."""

    claim: str
    kind: str
    metric: str
    limit: str
    results: list[ClaimView | None]


@dataclass(frozen=True)
class Figure:
    """A place in the table of all figures."""

    median: str
    interval: str
    ratio: str
    rounds: str
    note: str = ""


@dataclass(frozen=True)
class MetricRow:
    label: str
    name: str
    description: str
    unit: str
    better: str
    primary: bool
    figures: list[Figure]


@dataclass(frozen=True)
class PairRow:
    """A paired comparison as it stands in the file."""

    metric: str
    a: str
    a_look: Look
    b: str
    b_look: Look
    ratio: str
    interval: str
    noise: str
    pairs: int
    word: str
    reason: str


@dataclass(frozen=True)
class BrokenMust:
    runtime: str
    text: str


@dataclass(frozen=True)
class RowsView:
    """One metric of a cell as a chart, and the table behind it."""

    ident: str
    metric_label: str
    metric_unit: str
    better: str
    logarithmic: bool
    rows: list[Row]
    limits: list[Limit]
    table: list[tuple[str, Look, Figure, list[str]]]


@dataclass(frozen=True)
class CellView:
    ident: str
    name: str
    short: str
    title: str
    question: str
    reference: str
    params: dict
    columns: list[tuple[str, Look, list[str]]]
    charts: list[RowsView]
    curves: list[Curve]
    portraits: list[PortraitView]
    heat: HeatView | None
    flames: CellFlames | None
    expects_heat: bool  # open loops keep intervals, so their absence is worth a word
    pareto: ParetoView | None
    offered: OfferedView | None
    percentile_table: list
    metric_rows: list[MetricRow]
    pairs: list[PairRow]
    claims: list[ClaimView]
    claim_rows: list[ClaimRow]
    broken: list
    controls: list
    configs: list
