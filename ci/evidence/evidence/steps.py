"""What there is to do: the plants, the layouts, and the steps in the order in which they are worth most."""

from dataclasses import dataclass

MODES = ("quiet", "loaded")

# Name -> (kind of gate that is to see it, metric, what it is, in words).
PLANTS = {
    "cpu3": ("build", "subject_cpu_us_per_request", "CPU per request +3 %"),
    "cpu5": ("build", "subject_cpu_us_per_request", "CPU per request +5 %"),
    "cpu10": ("build", "subject_cpu_us_per_request", "CPU per request +10 %"),
    "tail2ms": ("build", "latency_p99_us", "2 % of requests +2 ms"),
    "syscall": ("count", "system_calls_traced_per_request", "one system call per request"),
    "idle1khz": ("count", "idle_wakeups_count", "a wake-up at 1 kHz"),
    "leak64": ("count", "page_faults_per_request", "a leak of 64 B per request"),
}

# Nothing is planted: head and base differ in layout alone, or not at all. Name -> (kind, words).
SILENCE = {
    "silence": ("build", "nothing, in other layouts"),
    "silence-counts": ("count", "nothing, counts"),
}

# Pairs of builds of the same sources, head first. Each gate gets environments of other sizes besides.
LAYOUTS = (
    ("base", "base"),
    ("reordered1", "base"),
    ("base", "reordered2"),
    ("elsewhere", "base"),
    ("reordered1", "elsewhere"),
    ("reordered2", "reordered1"),
)
VARIANTS = ("base", "reordered1", "reordered2", "elsewhere", *PLANTS)

CHUNK = 12  # rounds; a multiple of the three arms, so that each comes as often at each place
BUILD_S = 120
# Of one round: three runs of a load, one of the count that is to see the plant, or one of each count.
BUILD_ROUND_S = 1.8 * 3
COUNT_ROUND_S = {"idle1khz": 3.5, "syscall": 4.5, "leak64": 4.5, "silence-counts": 8}
GATE_S = 240
# Disturbed runs are done again.
MODE_FACTOR = {"quiet": 1, "loaded": 2}


@dataclass(frozen=True)
class Step:
    name: str  # "pool/quiet/cpu5/3": also what its files are called
    kind: str  # build, calibrate, counts, pool, gate
    subject: str = ""
    mode: str = "quiet"
    number: int = 0
    rounds: int = 0
    seconds: float = BUILD_S


def chunks(rounds):
    """`rounds` in pieces that a slice of twenty minutes holds several of."""
    return [min(CHUNK, rounds - begun) for begun in range(0, rounds, CHUNK)]


def kind_of(subject):
    return (PLANTS.get(subject) or SILENCE[subject])[0]


def round_s(subject, mode):
    return COUNT_ROUND_S.get(subject, BUILD_ROUND_S) * MODE_FACTOR[mode]


def pool_steps(subject, mode, rounds):
    if subject == "silence":
        # As many of each layout.
        each = -(-rounds // len(LAYOUTS))
        sizes = [size for _ in LAYOUTS for size in chunks(each)]
    else:
        sizes = chunks(rounds)
    for number, size in enumerate(sizes):
        yield Step(f"pool/{mode}/{subject}/{number}", "pool", subject, mode, number, size,
                   size * round_s(subject, mode))


def layout_of(step, silence_rounds):
    """The pair of builds of a step of `silence`."""
    if step.kind == "gate":
        return LAYOUTS[step.number % len(LAYOUTS)]
    each = -(-silence_rounds // len(LAYOUTS))
    return LAYOUTS[step.number // len(chunks(each))]


def gate_steps(subject, mode, gates, rounds):
    seconds = GATE_S if rounds is None else rounds * (2 * BUILD_ROUND_S + 2 * COUNT_ROUND_S["silence-counts"])
    for number in range(gates):
        yield Step(f"gate/{mode}/{subject}/{number}", "gate", subject, mode, number, rounds or 0, seconds)


def plan(arguments):
    """Steps as the options ask for them. Builds come first, then the quiet half, so that it is whole soonest."""
    subjects = arguments.only or [*SILENCE, *PLANTS]
    steps = [Step("build/base", "build", "base"), Step("calibrate", "calibrate", seconds=20),
             Step("counts", "counts", seconds=30)]
    wanted = {variant for variant in VARIANTS if variant in subjects}
    if "silence" in subjects:
        wanted |= {variant for pair in LAYOUTS for variant in pair}
    steps += [Step(f"build/{variant}", "build", variant) for variant in VARIANTS if variant in wanted - {"base"}]
    for mode in arguments.mode or MODES:
        for subject in subjects:
            rounds = arguments.silence_rounds if subject in SILENCE else arguments.rounds
            steps += pool_steps(subject, mode, rounds)
        for subject in subjects:
            if subject == "silence":
                steps += gate_steps(subject, mode, arguments.silence_gates, arguments.gate_rounds)
            elif subject in PLANTS:
                steps += gate_steps(subject, mode, arguments.gates, arguments.gate_rounds)
    return steps


def duration_text(seconds):
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"


def show(steps, done):
    left = 0
    for step in steps:
        left += 0 if step.name in done else step.seconds
        print(f"{'done' if step.name in done else '    '}  {step.name:<32} about {step.seconds:.0f} s")
    print(f"about {duration_text(left)} left")
