"""The numbers that the source documents state, as data: one line each, and what here would show whether they hold."""

from dataclasses import dataclass

STELLANE = "stellane-async-runtime-architecture.md"
BUSY_WAIT = "eliminating-busy-wait.md"
LITEN = "liten-runtime.md"
MOOSE = "mooseng-async-runtime-module.md"
WRT = "wrt-async-executor.rst"
OTHER_MACHINE = "stated for an Intel Xeon with 16 cores and 64 GB of memory"
LOAD = "gauntlet bench quick --only load"
MB = 1e6


@dataclass(frozen=True)
class SourceClaim:
    """`limit` holds for `metric` in a cell of `scenario` with the parameters `where`.

    `least`: (parameter, value) below which a figure that keeps the limit proves nothing, and why.
    `excuse`: why a figure that misses the limit is no miss here; empty where a miss is a miss.
    `beyond`: why nothing here can be held against the claim at all.
    """

    source: str
    about: str
    stated: str
    metric: str = ""
    limit: float = 0.0
    at_least: bool = False
    scenario: str = ""
    where: tuple[tuple[str, str], ...] = ()
    least: tuple[str, float, str] | None = None
    excuse: str = ""
    efficiency: bool = False
    beyond: str = ""
    supply: str = ""


def _stellane():
    http = ("protocol", "http")
    for model, rate, p99_ms, memory_mb, efficiency in (
            ("Single-loop", 50, 10, 50, 80), ("Multi-loop", 200, 15, 200, 95), ("io_uring", 500, 5, 100, 90)):
        closed, open_loop = (http, ("pacing", "closed")), (http, ("pacing", "open"))
        slower = f"kept, but at a lower rate than {rate}K requests/s"
        yield SourceClaim(STELLANE, f"{model}: throughput", f"{rate}K requests/s", "throughput_rps", rate * 1e3, True,
                          "load", closed, excuse=OTHER_MACHINE, supply=LOAD)
        yield SourceClaim(STELLANE, f"{model}: latency, p99", f"{p99_ms} ms", "latency_p99_us", p99_ms * 1e3, False,
                          "load", open_loop, least=("rate_rps", rate * 1e3, slower), excuse=OTHER_MACHINE, supply=LOAD)
        yield SourceClaim(STELLANE, f"{model}: memory", f"{memory_mb} MB", "rss_peak_bytes", memory_mb * MB, False,
                          "load", (http,), supply=LOAD)
        yield SourceClaim(STELLANE, f"{model}: CPU efficiency", f"{efficiency} %", "subject_cpu_us_per_request",
                          efficiency, True, "load", open_loop, efficiency=True, supply=LOAD)


def _profiles():
    said = "a description without a figure; the verdicts above say who leads in what"
    for backend, stated in (("EpollBackend", "High throughput, low latency"), ("LibUVBackend", "Balanced, portable"),
                            ("IoUringBackend", "Ultra-high performance"),
                            ("StellaneRuntime", "Optimized for Stellane workloads")):
        yield SourceClaim(STELLANE, f"Profile of {backend}", stated, beyond=said)


def _busy_wait():
    memory, scheduling = "gauntlet bench full --only memory", "gauntlet bench full --only scheduling"
    idle = "gauntlet bench quick --only busy_wait"
    yield SourceClaim(BUSY_WAIT, "Spawning a task", "~50 ns", "spawn_ns", 50, False, "scheduling", supply=scheduling)
    yield SourceClaim(BUSY_WAIT, "Context switch", "~10 ns", "yield_ns", 10, False, "scheduling", supply=scheduling)
    yield SourceClaim(BUSY_WAIT, "Context switch against threads", "100×", "thread_per_task_switch_ratio", 100, True,
                      "scheduling", supply=scheduling)
    yield SourceClaim(BUSY_WAIT, "Memory of a task", "~64 bytes", "waiting_task_bytes", 64, False, "memory",
                      supply=memory)
    yield SourceClaim(BUSY_WAIT, "Memory of a task, its test", "< 1 KB", "waiting_task_bytes", 1024, False, "memory",
                      least=("tasks", 10_000, "with fewer than 10,000 tasks"), supply=memory)
    yield SourceClaim(BUSY_WAIT, "Memory against a thread's stack", "125,000×", "tasks_per_reserved_thread_ratio",
                      125_000, True, "memory", supply=memory)
    yield SourceClaim(BUSY_WAIT, "Tasks against threads", "8,000×", "tasks_per_reserved_thread_ratio", 8_000, True,
                      "memory", supply=memory)
    yield SourceClaim(BUSY_WAIT, "Concurrent tasks", "~65,536", "tasks_unfinished_count", 0, False, "memory",
                      least=("tasks", 65_536, "all ended, but there were fewer tasks"), supply=memory)
    yield SourceClaim(BUSY_WAIT, "CPU while waiting", "~0 %", "idle_cpu_percent", 0.1, False, "busy_wait", supply=idle)
    yield SourceClaim(BUSY_WAIT, "What it replaces", "~8 tasks, ~8 MB and 1–2 µs a switch, a core at 100 %",
                      beyond="the other side of the ratios here, which are measured against threads; what busy waiting takes, "
                             "the negative control shows")
    yield SourceClaim(BUSY_WAIT, "CPU with 1,000 waiting tasks", "< 5 %", "idle_cpu_percent", 5, False, "busy_wait",
                      least=("tasks", 1_000, "with fewer than 1,000 tasks"), supply=idle)


def _others():
    for load, workers, count in (("CPU-bound", "one worker per core", "CPUS"), ("I/O-bound", "two per core", "2×CPUS"),
                                 ("Mixed", "two more than cores", "CPUS+2")):
        yield SourceClaim(LITEN, f"Sizing: {load}", workers,
                          beyond="advice, not a figure: it wants several numbers of workers side by side",
                          supply=f"gauntlet bench full --only sweep --workers {count}")
    yield SourceClaim(WRT, "Memory of the fallback executor", "~2 KB",
                      beyond="held by the build, which asserts that the core in runtimes/fallback fits; no run measures it")
    yield SourceClaim(WRT, "Memory of other executors", "~1 KB, ~8 KB+",
                      beyond="of Embassy and of Tokio, which are not among the runtimes")
    yield SourceClaim(MOOSE, "Its examples", "4 workers, 100/s with bursts of 10, 30 s to shut down",
                      beyond="settings of examples; it states nothing that could be met or missed")
    yield SourceClaim(WRT, "Tasks of the fallback executor", "32", "tasks_unfinished_count", 0, False, "memory",
                      least=("tasks", 32, "with fewer than 32 tasks"), supply="gauntlet bench quick --only memory")


CLAIMS = (*_stellane(), *_profiles(), *_busy_wait(), *_others())
