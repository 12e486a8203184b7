"""Does the steps, one after the other, and remembers which are done."""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from evidence import builds, load, steps

ROOT = Path(__file__).resolve().parents[3]
STEPS_DONE = "steps.jsonl"


class Failed(Exception):
    """One line that says what, and what to do."""


def finished(folder):
    """Step -> what it left behind. A line that a kill cut short is no step."""
    done = {}
    try:
        lines = (folder / STEPS_DONE).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return done
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        done[entry["step"]] = entry
    return done


def gauntlet(folder, arguments, log, accepted):
    """Runs a program with its progress in `log`; returns its standard output."""
    with open(log, "a", encoding="utf-8") as told:
        done = subprocess.run([str(part) for part in arguments], stdout=subprocess.PIPE, stderr=told, cwd=folder,
                              text=True, check=False)
    if done.returncode not in accepted:
        tail = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
        raise Failed(f"{Path(arguments[0]).name} ended with {done.returncode}: {' '.join(tail)} (all of it in {log})")
    return done.stdout


class Session:
    def __init__(self, arguments):
        self.arguments = arguments
        self.folder = arguments.folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.done = finished(self.folder)
        self.builder = builds.Builder(ROOT, self.folder)
        self.config = self.folder / "gate.toml"
        self.base = self.builder.programs("base")

    def remember(self, step, seconds, more):
        entry = {"step": step.name, "seconds": round(seconds, 1), **more}
        with open(self.folder / STEPS_DONE, "a", encoding="utf-8") as file:
            file.write("\n" * self.is_torn() + json.dumps(entry) + "\n")
        self.done[step.name] = entry

    def is_torn(self):
        file = self.folder / STEPS_DONE
        return file.exists() and file.stat().st_size > 0 and not file.read_bytes().endswith(b"\n")

    def do(self, step):
        return getattr(self, step.kind)(step)

    def build(self, step):
        if step.subject == "base":
            self.builder.build("base", {})
            # What is gated stays what it was when this began.
            for name in ("gate.toml", "counts.json"):
                (self.folder / name).write_bytes((ROOT / "ci" / name).read_bytes())
        elif step.subject in steps.PLANTS:
            request_ns = self.done["calibrate"]["request_ns"]
            self.builder.build(step.subject, {"GAUNTLET_PLANT": step.subject, "GAUNTLET_PLANT_REQUEST_NS": request_ns})
        else:
            self.builder.build(step.subject, {})
        return {"revision": self.builder.revision()}

    def calibrate(self, _step):
        """The cost of a request at the load that the gate gates, which the plants of CPU are per cent of."""
        gate = builds.gated_build(self.config)
        parameters = [part for name, value in gate["params"].items() for part in ("-p", f"{name}={builds.plain(value)}")]
        out = gauntlet(self.folder, [self.base / "gauntlet", "run", gate["scenario"], "-r", "single_loop", "--rounds", "12",
                                     "--json", *parameters], self.folder / "calibrate.log", {0, 3})
        costs = [run["metrics"]["subject_cpu_us_per_request"]["value"] for run in json.loads(out)["runs"] if run["status"] == "ok"]
        if len(costs) < 6:
            raise Failed("the cost of a request could not be measured here; see calibrate.log, and gauntlet doctor")
        return {"request_ns": round(statistics.median(costs) * 1000), "lowest_us": min(costs), "highest_us": max(costs)}

    def counts(self, _step):
        gauntlet(self.folder, [self.base / "gauntlet", "gate", "--update-counts", "--config", self.config],
                 self.folder / "counts.log", {0})
        return {}

    def arms(self, step):
        """Folders with the programs of head and base."""
        if step.subject in steps.SILENCE and step.subject != "silence":
            return self.base, self.base, {}
        if step.subject in steps.PLANTS:
            return self.builder.programs(step.subject), self.base, {}
        head, base = steps.layout_of(step, self.arguments.silence_rounds)
        pads = self.builder.pads(step.name)
        arms = [self.builder.padded(side, variant, pad) for side, variant, pad in zip(("head", "base"), (head, base), pads)]
        return *arms, {"head": head, "base": base, "environment_bytes": pads}

    def pool(self, step):
        head, base, more = self.arms(step)
        # One file for each layout: a gate is made of the rounds of one of them.
        name = f"{more['head']}-{more['base']}" if more else "rounds"
        record = self.folder / "pool" / step.mode / step.subject / f"{name}.jsonl"
        record.parent.mkdir(parents=True, exist_ok=True)
        self.gate_program(step, head, base, self.pool_config(step.subject),
                          ["--only", steps.kind_of(step.subject), "--rounds", step.rounds, "--record", record])
        return more

    def pool_config(self, subject):
        """Only what is to see the plant is measured a hundred times."""
        if subject == "silence":
            return self.config
        metrics = [steps.PLANTS[subject][1]] if subject in steps.PLANTS else [metric for _, metric, _ in steps.PLANTS.values()]
        config = self.folder / f"gate-{subject}.toml"
        config.write_text(builds.narrowed(self.config.read_text(encoding="utf-8"), metrics), encoding="utf-8")
        return config

    def gate(self, step):
        head, base, more = self.arms(step)
        began = time.monotonic()
        out = self.gate_program(step, head, base, self.config, ["--rounds", step.rounds] if step.rounds else [])
        report = self.folder / f"{step.name}.json"
        report.write_text(out, encoding="utf-8")
        return {**more, "exit_code": json.loads(out)["exit_code"], "gate_s": round(time.monotonic() - began, 1)}

    def gate_program(self, step, head, base, config, more):
        log = self.folder / f"{step.name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with load.background(step.mode == "loaded"):
            return gauntlet(self.folder, [head / "gauntlet", "gate", "--config", config, "--base-build", base, "--force",
                                          "--json", *more], log, {0, 1, 3})


def run(plan, arguments):
    """Until all steps are done, or the time is up."""
    session = Session(arguments)
    ends = time.monotonic() + arguments.minutes * 60 if arguments.minutes else None
    session.builder.check()
    for index, step in enumerate(plan, 1):
        if step.name in session.done:
            continue
        left = sum(each.seconds for each in plan if each.name not in session.done)
        if ends and time.monotonic() + step.seconds > ends:
            print(f"the time is up; about {steps.duration_text(left)} left", flush=True)
            return
        print(f"[{index}/{len(plan)}] {step.name}, about {step.seconds:.0f} s; {steps.duration_text(left)} left", flush=True)
        began = time.monotonic()
        more = session.do(step)
        session.remember(step, time.monotonic() - began, more)
    print("all is done", file=sys.stdout, flush=True)
