"""The bookkeeping of ci/evidence. What it measures is measured by the gate, whose own tests stand beside it."""

import importlib.util
import subprocess
import sys
import tomllib
from argparse import Namespace
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest
from evidence import builds, publish, session, steps

EVIDENCE = Path(__file__).resolve().parents[1] / "evidence"


def asked(**more):
    return Namespace(**{"only": None, "mode": None, "rounds": 100, "silence_rounds": 216, "gates": 5, "silence_gates": 20,
                        "gate_rounds": None, **more})


def share(value):
    return {"share": value, "low": value - 0.02, "high": value + 0.01}


def answer(slower=0.97, gates=5):
    point = {ending: share(slower) for ending in ("slower", "faster", "undecided", "same")}
    effect = {"metric": "subject_cpu_us_per_request", "unit": "us", "head": 10.5, "opponent": 10.0, "ratio": 1.05, "low": 1.04,
              "high": 1.06}
    return {"recorded": {"rounds": 100, "effects": [effect], "curve": [{"rounds": count, **point} for count in publish.ROUNDS],
                         "as_configured": {"median_rounds": 24.0, "median_s": 150.0, **point}},
            "gates": {"gates": gates, "slower": {"count": gates, "low": 0.478, "high": 1.0}}}


def test_the_plan_records_the_rounds_and_gates_that_are_asked_for():
    plan = steps.plan(asked())
    for mode in steps.MODES:
        for subject, rounds in [*((plant, 100) for plant in steps.PLANTS), ("silence", 216), ("silence-counts", 216)]:
            pool = [step for step in plan if step.kind == "pool" and step.subject == subject and step.mode == mode]
            assert sum(step.rounds for step in pool) == rounds, subject
        gates = [step for step in plan if step.kind == "gate" and step.mode == mode]
        assert len(gates) == 5 * len(steps.PLANTS) + 20
    assert len({step.name for step in plan}) == len(plan)


def test_builds_come_before_what_needs_them():
    names = [step.name for step in steps.plan(asked())]
    assert names[:3] == ["build/base", "calibrate", "counts"]
    assert max(names.index(f"build/{variant}") for variant in steps.VARIANTS) < names.index("pool/quiet/silence/0")


def test_every_layout_is_recorded_as_often():
    plan = steps.plan(asked(only=["silence"], mode=["quiet"]))
    rounds = {}
    for step in plan:
        if step.kind == "pool":
            pair = steps.layout_of(step, 216)
            rounds[pair] = rounds.get(pair, 0) + step.rounds
    assert rounds == {pair: 36 for pair in steps.LAYOUTS}


def test_only_what_is_asked_for_is_built():
    names = [step.name for step in steps.plan(asked(only=["cpu5"]))]
    assert [name for name in names if name.startswith("build/")] == ["build/base", "build/cpu5"]


def test_plants_are_those_that_the_build_knows():
    cmake = (EVIDENCE.parents[1] / "runtimes" / "loop" / "CMakeLists.txt").read_text(encoding="utf-8")
    assert f'MATCHES "^({"|".join(["cpu3", "cpu5", "cpu10", "syscall", "tail2ms", "idle1khz", "leak64"])})$"' in cmake
    assert set(steps.PLANTS) == {"cpu3", "cpu5", "cpu10", "syscall", "tail2ms", "idle1khz", "leak64"}


def test_what_is_planted_is_gated():
    gate = (EVIDENCE.parent / "gate.toml").read_text(encoding="utf-8")
    for name, (_, metric, _) in steps.PLANTS.items():
        assert f"{metric} = " in gate, f"{name} is seen by {metric}, which ci/gate.toml does not gate"


def test_a_pool_measures_what_is_to_see_the_plant_and_no_more():
    gate = (EVIDENCE.parent / "gate.toml").read_text(encoding="utf-8")
    for name, (kind, metric, _) in steps.PLANTS.items():
        kept = tomllib.loads(builds.narrowed(gate, [metric]))
        assert [entry["runtimes"] for entry in kept.get(kind, [])] == [["single_loop"]], name
        assert kept["counts"] == "counts.json"
        assert not {"build", "rival", "count"} - {kind} & set(kept)


def test_a_step_that_a_kill_cut_short_is_not_done(tmp_path):
    (tmp_path / session.STEPS_DONE).write_text('{"step": "build/base", "seconds": 1}\n{"step": "calib', encoding="utf-8")
    assert set(session.finished(tmp_path)) == {"build/base"}
    assert session.finished(tmp_path / "nowhere") == {}


def test_environments_have_the_same_size_whenever_a_step_is_done_again(tmp_path):
    builder = builds.Builder(EVIDENCE, tmp_path)
    assert builder.pads("pool/quiet/silence/3") == builder.pads("pool/quiet/silence/3")
    assert builder.pads("pool/quiet/silence/3") != builder.pads("pool/quiet/silence/4")


def test_a_padded_worker_is_the_worker_with_a_larger_environment(tmp_path):
    builder = builds.Builder(EVIDENCE, tmp_path)
    programs = builder.programs("base")
    programs.mkdir(parents=True)
    for name in builds.PROGRAMS:
        (programs / name).write_text('#!/bin/sh\necho "$@" "${#EVIDENCE_PAD}"\n', encoding="utf-8")
        (programs / name).chmod(0o755)
    arm = builder.padded("head", "base", 300)
    said = subprocess.run([arm / "gauntlet-worker", "--port", "0"], capture_output=True, text=True, check=True).stdout
    assert said == "--port 0 300\n"
    assert (arm / "gauntlet").samefile(programs / "gauntlet")


def test_the_table_tells_effect_share_and_gates():
    results = {"revision": "0123456789abcdef", "modes": {"quiet": {"cpu5": answer(), "silence": answer(0.0, 20)}, "loaded": {}}}
    table = publish.table(results)
    assert "| CPU per request +5 % | subject_cpu_us_per_request | +5.0 % [+4.0, +6.0] | 97 % [95, 98] | 5 of 5 [48, 100] |" in table
    assert "With 30 %" not in table, "nothing was recorded under load"
    assert "| quiet | cpu5 | 97 % [95, 98] |" in publish.curves(results)


def test_the_readme_gets_its_table_again_and_again():
    readme = f"before\n{publish.BEGIN}\nold\n{publish.END}\nafter\n"
    once = publish.put_into(readme, "| new |\n")
    assert once == f"before\n{publish.BEGIN}\n| new |\n{publish.END}\nafter\n"
    assert publish.put_into(once, "| new |\n") == once
    with pytest.raises(session.Failed, match="no place"):
        publish.put_into("nothing", "")


def test_the_readme_of_the_project_has_a_place_for_the_table():
    readme = (EVIDENCE.parents[1] / "README.md").read_text(encoding="utf-8")
    assert publish.BEGIN in readme and publish.END in readme


def linker():
    loader = SourceFileLoader("reordered_link", str(EVIDENCE / "reordered-link"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("reordered_link", loader))
    loader.exec_module(module)
    return module


def test_a_reordered_link_has_all_that_the_linker_was_given():
    arguments = ["-O2", "a.o", "b.o", "c.o", "-o", "program", "x.a", "y.a", "-lz", "x.a", "z.a"]
    result = linker().reordered(arguments, "1")
    assert sorted(set(result) - {"-Wl,--start-group", "-Wl,--end-group"}) == sorted(set(arguments))
    begin, end = result.index("-Wl,--start-group"), result.index("-Wl,--end-group")
    assert sorted(result[begin + 1:end]) == ["x.a", "y.a", "z.a"]
    assert result.index("-o") + 1 == result.index("program")
    assert any(linker().reordered(arguments, str(seed)) != linker().reordered(arguments, "1") for seed in range(2, 9))


def test_help_and_list_need_nothing_built():
    run = [sys.executable, EVIDENCE / "run"]
    assert "--minutes" in subprocess.run([*run, "--help"], capture_output=True, text=True, check=True).stdout
    listed = subprocess.run([*run, "--list", "--only", "cpu5"], capture_output=True, text=True, check=True).stdout
    assert "pool/loaded/cpu5/0" in listed and listed.rstrip().endswith("left")
    bad = subprocess.run([*run, "--only", "cpu7"], capture_output=True, text=True, check=False)
    assert bad.returncode == 2 and "cpu7" in bad.stderr


def test_nothing_is_summed_up_before_anything_was_built(tmp_path):
    done = subprocess.run([sys.executable, EVIDENCE / "run", "--summary", "--folder", tmp_path], capture_output=True, text=True,
                          check=False)
    assert done.returncode == 1 and "nothing was built" in done.stderr
