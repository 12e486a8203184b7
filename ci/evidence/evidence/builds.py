"""The same sources, built in every way that the evidence needs."""

import os
import random
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path

PROGRAMS = ("gauntlet", "gauntlet-load", "gauntlet-worker")
# Beyond what any shell or runner has, and so that it ends elsewhere on the stack each time.
PAD_BYTES_MOST = 4096


class BuildFailed(Exception):
    pass


def gated_build(config):
    """The [[build]] that plants are aimed at: the first one of single_loop."""
    with open(config, "rb") as file:
        gates = tomllib.load(file)["build"]
    return next(gate for gate in gates if "single_loop" in gate["runtimes"])


def narrowed(config, metrics):
    """The text of a gate's configuration with those gates alone that have one of the metrics, on single_loop."""
    head, *gates = re.split(r"(?m)^(?=\[\[)", config)
    kept = [gate for gate in gates if any(f"{metric} = " in gate for metric in metrics)]
    return head + "".join(re.sub(r"(?m)^runtimes = .*$", 'runtimes = ["single_loop"]', gate) for gate in kept)


def plain(value):
    """As `-p NAME=VALUE` has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


class Builder:
    def __init__(self, root, folder):
        self.root, self.folder = root, folder

    def programs(self, variant):
        return self.folder / "programs" / variant

    def git(self, *arguments):
        done = subprocess.run(["git", "-C", str(self.root), *arguments], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise BuildFailed(f"git {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout.strip()

    def revision(self):
        return self.git("rev-parse", "HEAD")

    def check(self):
        """All is built from one revision; what has been built stays as it is."""
        begun = self.folder / "revision"
        if not begun.exists():
            if self.git("status", "--porcelain"):
                raise BuildFailed("there are uncommitted changes, so that nobody could say what was measured: commit first")
            begun.write_text(self.revision() + "\n", encoding="utf-8")
        self.source = self.folder / "source"
        if not self.source.exists():
            self.git("worktree", "prune")
            self.git("worktree", "add", "--detach", str(self.source), begun.read_text(encoding="utf-8").strip())

    def elsewhere(self):
        """A second checkout of the same revision, whose path has another length."""
        path = self.folder / "the-same-sources-in-a-folder-whose-path-is-longer" / "source"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            self.git("worktree", "add", "--detach", str(path), (self.folder / "revision").read_text(encoding="utf-8").strip())
        return path

    def build(self, variant, settings):
        source = self.elsewhere() if variant == "elsewhere" else self.source
        # Where a developer builds, too, so that the compiler cache knows most of it.
        tree = source / "build" / variant
        settings = {"CMAKE_BUILD_TYPE": "Release", "CMAKE_CXX_COMPILER": "g++", "CMAKE_CXX_COMPILER_LAUNCHER": "ccache",
                    **settings}
        if variant.startswith("reordered"):
            launcher = self.root / "ci" / "evidence" / "reordered-link"
            settings["CMAKE_CXX_LINKER_LAUNCHER"] = f"{launcher};{variant.removeprefix('reordered')}"
        self.step(source, ["cmake", "-G", "Ninja", "-S", source, "-B", tree, *[f"-D{name}={value}" for name, value in settings.items()]],
                  variant)
        # Head needs them all; what is planted sits in the worker.
        targets = ("gauntlet", "gauntlet-load", "gauntlet-worker") if variant == "base" else ("gauntlet-worker",)
        self.step(source, ["cmake", "--build", tree, "--target", *targets, "--parallel", str(os.cpu_count())], variant)
        programs = self.programs(variant)
        programs.mkdir(parents=True, exist_ok=True)
        for program in PROGRAMS:
            made = tree / program
            shutil.copy2(made if made.exists() else self.programs("base") / program, programs / program)
        shutil.rmtree(tree)

    def step(self, source, command, variant):
        log = self.folder / f"build-{variant}.log"
        environment = {**os.environ, "CCACHE_BASEDIR": str(source), "CCACHE_NOHASHDIR": "1"}
        with open(log, "a", encoding="utf-8") as told:
            done = subprocess.run([str(part) for part in command], stdout=told, stderr=told, env=environment, check=False)
        if done.returncode != 0:
            raise BuildFailed(f"{variant} does not build; all of it in {log}")

    def pads(self, seed):
        """Sizes of environments, the same whenever the step is done again."""
        chance = random.Random(seed)
        return [chance.randrange(PAD_BYTES_MOST) for _ in ("head", "base")]

    def padded(self, side, variant, pad):
        """A folder with the programs of a variant, whose worker starts with so many bytes more in its environment."""
        arm = self.folder / "arms" / side
        shutil.rmtree(arm, ignore_errors=True)
        arm.mkdir(parents=True)
        for program in ("gauntlet", "gauntlet-load"):
            os.link(self.programs("base") / program, arm / program)
        worker = arm / "gauntlet-worker"
        real = shlex.quote(str(self.programs(variant) / "gauntlet-worker"))
        worker.write_text(f'#!/bin/sh\nEVIDENCE_PAD={"x" * pad}\nexport EVIDENCE_PAD\nexec {real} "$@"\n', encoding="utf-8")
        worker.chmod(0o755)
        return arm
