"""summary.json as data. Names and meaning: harness/store/format.md."""

from dataclasses import dataclass

MAIN_ARM = "a"


@dataclass(frozen=True)
class Estimate:
    """A figure over rounds. `low`/`high` are None where no interval exists."""

    median: float | None
    low: float | None
    high: float | None
    values: tuple[float, ...]


@dataclass(frozen=True)
class Ratio:
    ratio: float | None
    low: float | None
    high: float | None
    pairs: int


@dataclass(frozen=True)
class Verdict:
    claim: str
    kind: str  # must | headline
    met: bool
    metric: str
    worst: float | None
    limit: float | None
    text: str
    expected: bool


@dataclass(frozen=True)
class Warning:
    code: str
    text: str
    runs: int


@dataclass(frozen=True)
class Column:
    runtime: str
    arm: str
    role: str  # contender | reference | negative_control
    status: str  # ok | failed | skipped | invalid
    reason: str
    rounds: int
    metrics: dict[str, Estimate]
    to_reference: dict[str, Ratio]
    verdicts: tuple[Verdict, ...]
    percentiles: dict[str, tuple[tuple[float, float], ...]]
    warnings: tuple[Warning, ...]
    effective_config: dict[str, str]

    @property
    def is_main(self):
        return self.arm == MAIN_ARM

    @property
    def label(self):
        return self.runtime if self.is_main else f"{self.runtime} · A/A"


@dataclass(frozen=True)
class Metric:
    name: str
    unit: str
    better: str  # lower | higher
    description: str


@dataclass(frozen=True)
class Comparison:
    """What is said of `a` against `b`; `ratio` is a over b."""

    metric: str
    a: str
    b: str
    ratio: float | None
    low: float | None
    high: float | None
    pairs: int
    noise_low: float | None
    noise_high: float | None
    verdict: str
    reason: str


@dataclass(frozen=True)
class Cell:
    cell: str
    scenario: str
    title: str
    question: str
    params: dict[str, str]
    primary: str
    reference: str
    metrics: tuple[Metric, ...]
    columns: tuple[Column, ...]
    comparisons: tuple[Comparison, ...]
    ranking: tuple[tuple[str, ...], ...]

    def metric(self, name):
        found = next((metric for metric in self.metrics if metric.name == name), None)
        return found or Metric(name, "", "lower", "")

    def main_column(self, runtime):
        return next((column for column in self.columns if column.runtime == runtime and column.is_main), None)


@dataclass(frozen=True)
class Runtime:
    name: str
    role: str
    available: bool
    reason: str


@dataclass(frozen=True)
class Fact:
    name: str
    value: str
    warning: str


@dataclass(frozen=True)
class Failure:
    index: int
    cell: str
    runtime: str
    arm: str
    round: int
    status: str
    reason: str
    stderr_tail: str


@dataclass(frozen=True)
class Summary:
    """`directory`: where it was read from, as a shell would want it."""

    directory: str
    suite: str
    created: str
    command: str
    reproduce: tuple[str, ...]
    complete: bool
    runs_planned: int
    runs_finished: int
    fingerprint: str
    facts: tuple[Fact, ...]
    runtimes: tuple[Runtime, ...]
    cells: tuple[Cell, ...]
    failures: tuple[Failure, ...]
