"""Reads runs.jsonl. A torn last line is left out and said; a bad line anywhere else is refused by its number."""

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from . import model
from .load import BadSummary, Node, one_line

SCHEMA = "gauntlet.run"
MAJOR = 1


@dataclass(frozen=True)
class Run:
    index: int
    cell: str
    scenario: str
    runtime: str
    arm: str
    round: int
    role: str
    params: dict[str, str]
    effective_config: dict[str, str]
    status: str
    reason: str
    metrics: dict[str, float]
    warnings: tuple[tuple[str, str, str], ...]  # severity, code, text
    started: str
    elapsed_s: float | None
    histograms: dict[str, str]  # what they count -> FILE#TAG
    timelines: dict[str, str]  # tag of a load -> FILE#TAG
    lanes: str  # file, empty where there is none; and so is profile
    profile: str


@dataclass(frozen=True)
class Runs:
    """`found` is false where the directory has no runs.jsonl; `torn` where a kill cut its last line."""

    runs: tuple[Run, ...] = ()
    found: bool = False
    torn: bool = False
    directory: Path = Path()

    def of(self, cell, runtime):
        """The runs of a column, by round; those of the A/A arm are another column."""
        return self._columns.get((cell, runtime), [])

    @cached_property
    def _columns(self):
        found = {}
        for run in sorted(self.runs, key=lambda item: item.round):
            if run.arm == model.MAIN_ARM:
                found.setdefault((run.cell, run.runtime), []).append(run)
        return found


def load_runs(directory):
    path = directory / "runs.jsonl"
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return Runs()
    except OSError as error:
        raise BadSummary(f"cannot read {path}: {error.strerror}") from None
    *lines, last = text.split("\n")
    runs = []
    for number, line in enumerate(lines, 1):
        try:
            node = Node(json.loads(line), "")
            check_schema(node)
            runs.append(read_run(node))
        except BadSummary as error:
            raise BadSummary(f"{path}, line {number}: {error}") from None
        except (ValueError, RecursionError) as error:
            raise BadSummary(f"{path}, line {number} is not valid JSON ({one_line(error)})") from None
    return Runs(tuple(runs), True, bool(last), directory)


def check_schema(node):
    schema = node.text("schema")
    found = re.fullmatch(re.escape(SCHEMA) + r"/(\d+)(\.\d+)*", schema)
    if not found or int(found[1]) > MAJOR:
        raise BadSummary(f"schema is {one_line(schema) or 'missing'!r}, but this report reads {SCHEMA}/{MAJOR}; "
                         "use the Gauntlet that wrote it")


def read_run(node):
    return Run(
        index=node.count("index"), cell=node.text("cell"), scenario=node.text("scenario"), runtime=node.text("runtime"),
        arm=node.text("arm", model.MAIN_ARM), round=node.count("round"), role=node.text("role", "contender"),
        params=node.texts("params"), effective_config=node.texts("effective_config"),
        status=node.text("status", "ok"), reason=node.text("reason"),
        metrics={name: item.number("value") for name, item in node.node_map("metrics").items()},
        warnings=tuple((item.text("severity", "note"), item.text("code"), item.text("text"))
                       for item in node.nodes("warnings")),
        started=node.text("started"), elapsed_s=node.number("elapsed_s"),
        histograms=node.texts("histograms"), timelines=node.texts("timelines"), lanes=node.text("lanes"), profile=node.text("profile"))


def inside(directory, name):
    """A file that a run names; it may not lead out of the results directory."""
    path = PurePosixPath(name)
    if not name or path.is_absolute() or ".." in path.parts:
        raise BadSummary(f"runs.jsonl names the file {name!r}, which does not lie in the results directory")
    return directory / path
