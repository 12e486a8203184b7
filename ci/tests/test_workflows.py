"""Workflows, action and template: what GitHub and GitLab would refuse only after a push."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ACTION = ROOT / "ci" / "gate" / "action.yml"
PINNED = re.compile(r"^[\w.-]+/[\w./-]+@[0-9a-f]{40}$")


def read(path):
    # YAML 1.1 takes the key `on` for true.
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {"on" if key is True else key: value for key, value in document.items()}


def steps_of(document):
    for job in document.get("jobs", {}).values():
        yield from job.get("steps", [])
    yield from document.get("runs", {}).get("steps", [])


def used_by(document):
    yield from (step["uses"] for step in steps_of(document) if "uses" in step)
    yield from (job["uses"] for job in document.get("jobs", {}).values() if "uses" in job)


def inputs_read(path):
    return set(re.findall(r"\binputs\.([\w-]+)", path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", [*WORKFLOWS, ACTION], ids=lambda path: path.name)
def test_what_is_used_is_pinned_or_stands_here(path):
    for used in used_by(read(path)):
        if used.startswith("./"):
            place = ROOT / used
            assert place.is_file() or (place / "action.yml").is_file(), used
        else:
            assert PINNED.match(used), f"{used}: pin it by commit"


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_states_its_permissions_and_a_time_limit(path):
    workflow = read(path)
    assert workflow["permissions"] == {"contents": "read"}
    for name, job in workflow["jobs"].items():
        assert "uses" in job or "timeout-minutes" in job, name


def test_inputs_that_are_read_are_declared_and_the_other_way_round():
    workflow = read(ROOT / ".github" / "workflows" / "gate.yml")
    assert inputs_read(ROOT / ".github" / "workflows" / "gate.yml") == set(workflow["on"]["workflow_call"]["inputs"])
    assert inputs_read(ACTION) == set(read(ACTION)["inputs"])


def test_callers_give_inputs_that_there_are():
    declared = {"./ci/gate": set(read(ACTION)["inputs"]),
                "./.github/workflows/gate.yml": set(read(WORKFLOWS[0].parent / "gate.yml")["on"]["workflow_call"]["inputs"])}
    seen = 0
    for path in WORKFLOWS:
        workflow = read(path)
        for caller in [*steps_of(workflow), *workflow["jobs"].values()]:
            if caller.get("uses") in declared:
                seen += 1
                assert set(caller.get("with", {})) <= declared[caller["uses"]], path.name
    assert seen == 2


@pytest.mark.parametrize("path", [*WORKFLOWS, ACTION], ids=lambda path: path.name)
def test_no_script_is_built_from_what_others_write(path):
    for step in steps_of(read(path)):
        # ${{ }} is replaced before the shell reads it; a matrix is written here, an input or an event is not.
        assert not re.search(r"\$\{\{\s*(?:inputs|github\.event|github\.head_ref)", step.get("run", "")), step


def test_every_step_of_the_action_names_its_shell():
    for step in steps_of(read(ACTION)):
        assert "shell" in step or "uses" in step, step


def test_the_template_keeps_its_reports():
    job = read(ROOT / "ci" / "gitlab.yml")[".gauntlet-gate"]
    assert job["artifacts"]["when"] == "always"
    junit = job["artifacts"]["reports"]["junit"]
    assert any(f"--junit {junit}" in line for line in job["script"])
    assert job["cache"]["paths"] == [job["variables"]["CCACHE_DIR"].removeprefix("$CI_PROJECT_DIR/")]


def test_options_of_the_gate_are_those_that_it_has():
    known = set(re.findall(r'add_(?:option|flag)\("(--[\w-]+)',
                           (ROOT / "harness" / "cli" / "gate_command.cpp").read_text(encoding="utf-8")))
    for path in (ACTION, ROOT / "ci" / "gitlab.yml", ROOT / "ci" / "own-service" / "README.md"):
        text = path.read_text(encoding="utf-8")
        for call in re.findall(r"gauntlet gate\b[^`\n]*(?:\n\s+--[^`\n]*)*", text):
            assert set(re.findall(r"(?<!\S)(--[\w-]+)", call)) <= known, call
    assert set(re.findall(r"\((--[\w-]+)", ACTION.read_text(encoding="utf-8"))) <= known
