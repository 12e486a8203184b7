"""Which figures of a scenario belong into one picture, as data: a chart and a table each.

A portrait knows scenarios and metrics, never a runtime.
"""

from dataclasses import dataclass

LINES, DOTS = "lines", "dots"
FLOOR = "Grey bar: the floor, the least code that does it; × is the multiple of it, paired by round."
NO_FLOOR = "No floor was measured here."
WITHOUT_JOURNAL = "Grey bar: the best without a journal; × is the multiple of one's own without it."
REFERENCE, FIRST = "reference", "first"


@dataclass(frozen=True)
class Portrait:
    """One picture of one cell. `steps`: (metric, its name in the picture), all of one kind of unit.

    `against`: what a figure's distance is counted from: the cell's REFERENCE, the runtime's own FIRST step, or a metric
    of the same run. `means` says so in words, except for the reference, which FLOOR words.
    """

    ident: str
    scenario: str
    heading: str
    kind: str
    steps: tuple[tuple[str, str], ...]
    against: str
    means: str
    x_label: str = ""


@dataclass(frozen=True)
class Across:
    """One figure of all cells of a scenario that have it, a row for each cell."""

    ident: str
    heading: str
    metric: str
    scenario: str = ""  # empty: every scenario, by the metric that leads in its cells
    base: tuple[str, str] | None = None  # parameter and value of the cell that the others are held against
    means: str = ""  # of that cell


def at_shares(pattern, *shares):
    return tuple((pattern.format(share), f"{share}\u202f%") for share in shares)


PORTRAITS = (
    Portrait("fairness", "fairness", "Cheap requests beside burning ones, p99", LINES,
             (("cheap_p99_alone_us", "alone"), *((f"cheap_p99_with_burns_of_{length}_ms_us", f"{length}\u202fms")
                                                 for length in (1, 5, 20))), FIRST,
             "Floor: the same requests alone, dotted; × is the multiple of it.", "CPU that each of the others burns"),
    Portrait("overload-goodput", "overload", "Goodput under overload", LINES,
             (("goodput_at_knee_rps", "100\u202f%"), *at_shares("goodput_at_{}_percent_rps", 120, 200, 500)), FIRST,
             "Right answers within the objective. Floor: what it does at its knee, dotted; × is the share of it that is left.",
             "offered, of the knee"),
    Portrait("overload-served", "overload", "Latency of what is served, p99", LINES,
             at_shares("served_p99_at_{}_percent_us", 120, 200, 500), FIRST,
             "× is the multiple of that at the least overload, dotted.", "offered, of the knee"),
    Portrait("overload-shed", "overload", "Shed", LINES,
             at_shares("shed_at_{}_percent_ratio", 120, 200, 500), "",
             "Share of the requests that were answered with a refusal. The least that must be refused is what exceeds the "
             "knee: 17\u202f%, 50\u202f% and 80\u202f%.", "offered, of the knee"),
    Portrait("overload-recovery", "overload", "Recovery from overload", LINES,
             at_shares("recovery_from_{}_percent_ms", 120, 200, 500), "",
             "From the overload's end until goodput is back, in steps of the measurement.", "offered before, of the knee"),
    Portrait("idle-connections", "cpu_usage", "CPU while idle", LINES,
             (("idle_alone_cpu_percent", "no connection"), ("idle_few_connections_cpu_percent", "a tenth of them"),
              ("idle_many_connections_cpu_percent", "all of them")), "",
             "Of one CPU, while no timer is due. The floor is 0: who is idle is blocked.", "silent connections"),
    Portrait("task-costs", "scheduling", "What a task costs", DOTS,
             (("spawn_ns", "spawn"), ("spawn_join_ns", "spawn and join"), ("yield_ns", "yield"),
              ("ping_pong_ns", "ping-pong, one way"), ("ring_hop_ns", "hop in a large ring"),
              ("timer_set_cancel_ns", "timer set and cancelled"), ("cross_thread_wake_p50_us", "wake from a thread, p50"),
              ("timer_lateness_p50_us", "timer lateness, p50"), ("timer_lateness_p99_us", "timer lateness, p99"),
              ("fib_ms", "fib"), ("skynet_ms", "skynet")), REFERENCE, ""),
    Portrait("held-memory", "memory", "What is held in memory", DOTS,
             (("detached_task_bytes", "task without a handle"), ("handle_task_bytes", "task with a handle"),
              ("sleeping_task_bytes", "sleeping task"), ("idle_connection_bytes", "silent connection")),
             "thread_resident_bytes", "Grey bar: a blocked thread, measured in the same run, which is what a task stands in "
             "for; × is the share of it."),
    Portrait("appends", "journal_cost", "Durable records per second", DOTS,
             tuple((f"{backend}_{writers}_appends_per_s", f"{backend}, {writers} at once")
                   for backend in ("segment", "mmap", "leveldb", "rocksdb") for writers in (1, 64)), "raw_appends_per_s",
             "Grey bar: the floor, write and fdatasync of one record at a time on the same disk; × is the multiple of it."),
    Portrait("seam", "seam_cost", "What the contract costs", DOTS,
             (("submit_seam_ns", "submit, beyond a direct call"), ("schedule_seam_ns", "schedule, beyond a direct call"),
              ("submit_direct_ns", "an operation, called directly"), ("schedule_direct_ns", "a job, called directly"),
              ("yield_ns", "yield")), "", "Each call through the contract, beside the direct one."),
)

# Across the cells of a part; what several cells have in common stands in one picture.
ACROSS = (
    Across("files-rate", "Operations per second", "throughput_ops", "files"),
    Across("files-p50", "Latency p50", "latency_p50_us", "files"),
    Across("files-p99", "Latency p99", "latency_p99_us", "files"),
    Across("files-cpu", "CPU per operation", "subject_cpu_us_per_operation", "files"),
    *(Across(f"journal-{place}", heading, metric, "journal_cost", ("journal_backend", "none"), WITHOUT_JOURNAL)
      for place, (heading, metric) in enumerate((
          ("What a journal costs: CPU per request, 64 connections", "cpu_us_per_request_64"),
          ("What a journal costs: requests per second, 64 connections", "throughput_64_rps"),
          ("What a journal costs: requests per second, one connection", "throughput_1_rps")))),
)

# Beside the metric that leads a cell and those of the questions: what gets a chart of its own.
ALSO = {
    "cpu_usage": ("system_calls_per_request", "system_calls_traced_per_request", "idle_wakeups_count",
                  "context_switches_per_request"),
    "busy_wait": ("idle_wakeups_count", "rss_steady_bytes"),
    "memory": ("growth_percent",),
    "crash_recovery": ("back_to_90_percent_ms",),
}
# Figures whose floor is nothing at all: their charts show the distance to it.
ZERO_FLOOR = ("idle_cpu_percent", "idle_wakeups_count")
