"""The workloads that a reader may have, and what counts in each: the whole judgement behind a recommendation.

A profile knows scenarios, parameters and metrics, never a runtime. Weights are percent and add up to 100.
"""

from dataclasses import dataclass

QUICK_LOAD = "gauntlet bench quick --only load"


@dataclass(frozen=True)
class Factor:
    """One thing that counts. `where`: parameters that a cell must have to speak for it; several such cells share the
    weight equally. `supply`: the command that measures it."""

    label: str
    weight: int
    metric: str
    scenario: str
    where: tuple[tuple[str, str], ...]
    supply: str

    def fits(self, cell):
        return (cell.scenario == self.scenario and any(metric.name == self.metric for metric in cell.metrics)
                and all(cell.params.get(name) == value for name, value in self.where))


@dataclass(frozen=True)
class Profile:
    """`survives`: scenarios in which a runtime must have been run and have kept every must."""

    ident: str
    title: str
    means: str
    factors: tuple[Factor, ...]
    survives: tuple[str, ...] = ()


def full(scenario):
    return f"gauntlet bench full --only {scenario}"


def open_loop(protocol, *more):
    return ("protocol", protocol), ("pacing", "open"), *more


CPU, TAIL = "subject_cpu_us_per_request", "latency_p99_us"
ORDERS = open_loop("http", ("path", "/orders"))
CONNECTION_MEMORY = ("Memory of an idle connection", "idle_connection_bytes", "memory", (), full("memory"))
SPAWN = ("Spawning a task", "spawn_join_ns", "scheduling", (), full("scheduling"))


def weighing(weight, label, *rest):
    return Factor(label, weight, *rest)


PROFILES = (
    Profile("api", "API server", "Requests at a known rate, many of them at once; bursts now and then.", (
        Factor("CPU per request", 40, CPU, "load", open_loop("http"), QUICK_LOAD),
        Factor("Tail (p99)", 35, TAIL, "load", open_loop("http"), QUICK_LOAD),
        Factor("Peak throughput", 25, "throughput_rps", "load",
               (("protocol", "http"), ("pacing", "closed")), QUICK_LOAD))),
    Profile("gateway", "Proxy or gateway", "Bytes in, bytes out; connections come and go.", (
        Factor("CPU per message", 40, CPU, "load", open_loop("echo"), QUICK_LOAD),
        Factor("Tail (p99)", 30, TAIL, "load", open_loop("echo"), full("load")),
        Factor("New connections", 15, "throughput_rps", "load", (("reconnect", "each_request"),), full("load")),
        weighing(15, *CONNECTION_MEMORY))),
    Profile("connections", "Many idle connections", "Thousands of clients, most of them silent: chat, push, devices.", (
        weighing(50, *CONNECTION_MEMORY),
        Factor("CPU while idle", 30, "idle_cpu_percent", "cpu_usage", (), full("cpu_usage")),
        Factor("CPU per request", 20, CPU, "load", open_loop("http"), QUICK_LOAD))),
    Profile("compute", "CPU-heavy mix", "Each request computes for a while, and threads hand work to the loop.", (
        Factor("Rate within the objective", 40, "knee_rps", "sweep", (), full("sweep")),
        Factor("p99 at half of it", 30, "latency_p99_at_50_percent_us", "sweep", (), full("sweep")),
        Factor("Waking from a thread", 15, "cross_thread_wake_p50_us", "scheduling", (), full("scheduling")),
        weighing(15, *SPAWN))),
    Profile("storage", "Storage-bound", "Files are read and appended to; what was acknowledged must survive a crash.", (
        Factor("CPU per file operation", 25, "subject_cpu_us_per_operation", "files", (), full("files")),
        Factor("Tail (p99) of a file operation", 20, TAIL, "files", (), full("files")),
        Factor("CPU per order", 20, CPU, "load", ORDERS, full("load")),
        Factor("Tail (p99) of an order", 15, TAIL, "load", ORDERS, full("load")),
        Factor("Recovery time", 20, "recovery_time_ms", "crash_recovery", (("promise", "completed"),),
               full("crash_recovery"))), ("crash_recovery",)),
    Profile("small", "Small footprint", "Little memory, many small tasks.", (
        Factor("Memory of a waiting task", 40, "waiting_task_bytes", "memory", (), full("memory")),
        weighing(40, *CONNECTION_MEMORY), weighing(20, *SPAWN))),
)
