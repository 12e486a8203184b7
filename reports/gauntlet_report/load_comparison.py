"""Reads comparison.json: the words that the harness said of one results directory against another."""

from dataclasses import dataclass

from .load import BadSummary, Node, NewerSchema, check_schema, read_json

NAME, SCHEMA, MAJOR = "comparison.json", "gauntlet.comparison", 1


@dataclass(frozen=True)
class Change:
    """One metric of one runtime in one cell; `ratio` is the head over the base."""

    cell: str
    runtime: str
    metric: str
    unit: str
    better: str
    base: float | None
    head: float | None
    ratio: float | None
    low: float | None
    high: float | None
    noise_low: float | None
    noise_high: float | None
    rounds: tuple[int, int]
    paired: bool
    verdict: str
    reason: str


@dataclass(frozen=True)
class Comparison:
    base_revision: str
    head_revision: str
    changes: tuple[Change, ...]
    notes: tuple[str, ...]


def load_comparison(directory, base):
    path = directory / NAME
    remedy = f"make it with `gauntlet report --base {base} {directory}`"
    try:
        node = Node(read_json(path, remedy), "")
        check_schema(node, SCHEMA, MAJOR)
        return Comparison(node.node("a").text("revision"), node.node("b").text("revision"),
                          tuple(read_change(item) for item in node.nodes("metrics")),
                          tuple(str(note) for note in node.list("notes")))
    except NewerSchema as error:
        raise BadSummary(f"{path} {error}") from None
    except BadSummary as error:
        raise BadSummary(str(error) if str(path) in str(error) else f"{path}: {error}; {remedy}") from None


def read_change(node):
    return Change(
        cell=node.text("cell"), runtime=node.text("runtime"), metric=node.text("metric"), unit=node.text("unit"),
        better=node.text("better", "lower"), base=node.number("median_a"), head=node.number("median_b"),
        ratio=node.number("ratio"), low=node.number("low"), high=node.number("high"),
        noise_low=node.number("noise_low"), noise_high=node.number("noise_high"),
        rounds=(node.count("rounds_a"), node.count("rounds_b")), paired=node.flag("paired", False),
        verdict=node.text("verdict", "unstable"), reason=node.text("reason"))
