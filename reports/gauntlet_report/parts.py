"""The parts of the report, in their order: which scenarios belong to each, and which run would supply what is missing."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    ident: str
    title: str
    asks: str
    scenarios: tuple[str, ...]
    supply: str


PARTS = (
    Part("load", "Load", "How long does a request take, and how much can be offered before the tail breaks?",
         ("load", "sweep"), "gauntlet bench quick --only load"),
    Part("cpu", "CPU", "What does a request cost, what does idling cost, and what does the contract add?",
         ("cpu_usage", "seam_cost"), "gauntlet bench full --only cpu_usage"),
    Part("busy-wait", "Busy-wait", "What do a thousand waiting tasks cost while nothing happens?", ("busy_wait",),
         "gauntlet bench quick --only busy_wait"),
    Part("memory", "Memory", "What do a waiting task and a silent connection hold?", ("memory",),
         "gauntlet bench quick --only memory"),
    Part("scheduling", "Scheduling", "What do spawning, switching, waking and timing a task cost?", ("scheduling",),
         "gauntlet bench quick --only scheduling"),
    Part("fairness", "Fairness", "What do cheap requests suffer from a few that burn CPU?", ("fairness",),
         "gauntlet bench full --only fairness"),
    Part("overload", "Overload", "What is left when more is offered than can be done?", ("overload",),
         "gauntlet bench full --only overload"),
    Part("files", "Files", "What does an operation on a file cost, and how long does it take?", ("files",),
         "gauntlet bench full --only files"),
)
CRASHES = Part("crashes", "Crashes and faults", "What was promised, and what was left of it after the fault?",
               ("crash_recovery",), "gauntlet bench full --only crash_recovery")
OTHER = Part("other", "Other", "Cells of further scenarios.", (), "")


JOURNAL = "journal"  # in the name of a scenario: it tells what a journal costs
JOURNAL_SUPPLY = "gauntlet bench full --only journal_cost"


def part_of(scenario):
    if JOURNAL in scenario:
        return CRASHES
    return next((part for part in (*PARTS, CRASHES) if scenario in part.scenarios), OTHER)
