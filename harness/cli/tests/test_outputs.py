"""What the program writes as JSON, held against harness/store/schema.json. Run by ctest, which names the program."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = Path(os.environ["GAUNTLET_PROGRAM"])
SCHEMA = json.loads((ROOT / "harness" / "store" / "schema.json").read_text(encoding="utf-8"))
GATE = """
least_rounds = 6
most_rounds = 6
[[build]]
cell = "echo"
scenario = "load"
runtimes = ["single_loop"]
metrics = { subject_cpu_us_per_request = 0.02 }
params = { protocol = "echo" }
size = "smoke"
[[count]]
cell = "idle"
scenario = "busy_wait"
runtimes = ["single_loop"]
metrics = { tasks_unfinished_count = 0 }
size = "smoke"
params = { window_s = 0.5 }
rounds = 1
"""


def check(document, name):
    """Against the definition that the document's own `schema` names."""
    assert document["schema"].rpartition("/")[0] == f"gauntlet.{name}"
    rules = {"$ref": f"#/$defs/{name}", "$defs": SCHEMA["$defs"]}
    jsonschema.Draft202012Validator(rules).validate(document)


def gauntlet(*arguments, accepted=(0,)):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode in accepted, done.stdout + done.stderr
    return done.stdout


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="session")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("outputs") / "results"
    said = gauntlet("run", "load", "-r", "single_loop", "--smoke", "--json", "--out", folder, accepted=(0, 3))
    check(json.loads(said), "runs")
    return folder


def test_the_schema_is_one_and_names_every_definition():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for reference in SCHEMA["oneOf"]:
        name = reference["$ref"].rpartition("/")[2]
        assert SCHEMA["$defs"][name]["properties"]["schema"] == {"const": f"gauntlet.{name}/1"}


def test_a_schema_that_is_broken_is_noticed(results):
    record = lines(results / "runs.jsonl")[0]
    for broken in ({**record, "round": "first"}, {**record, "status": "fine"}, {key: record[key] for key in record if key != "cell"}):
        with pytest.raises(jsonschema.ValidationError):
            check(broken, "run")


def test_a_results_directory(results):
    check(json.loads((results / "plan.json").read_text(encoding="utf-8")), "plan")
    check(json.loads((results / "environment.json").read_text(encoding="utf-8")), "environment")
    for record in lines(results / "runs.jsonl"):
        check(record, "run")


def test_a_summary():
    # The one that the statistics' own test holds this build to.
    check(json.loads((ROOT / "harness/stats/tests/golden_summary.json").read_text(encoding="utf-8")), "summary")


def test_a_comparison_and_a_history(results, tmp_path):
    after = shutil.copytree(results, tmp_path / "after")
    check(json.loads(gauntlet("compare", results, after, "--json", accepted=(3,))), "comparison")
    store = tmp_path / "history.sqlite"
    gauntlet("history", "append", results, "--store", store)
    check(json.loads(gauntlet("history", "latency_p50_us", "--store", store, "--json")), "history")


def test_a_diagnosis():
    check(json.loads(gauntlet("doctor", "--no-probe", "--json", accepted=(0, 3))), "doctor")


def test_a_gate_its_counts_its_rounds_and_its_power(tmp_path):
    config = tmp_path / "gate.toml"
    config.write_text(GATE, encoding="utf-8")
    gauntlet("gate", "--update-counts", "--config", config)
    check(json.loads((tmp_path / "counts.json").read_text(encoding="utf-8")), "counts")
    base, record = PROGRAM.parent, tmp_path / "pool.jsonl"
    options = ("--config", config, "--base-build", base, "--json")
    same = json.loads(gauntlet("gate", "--only", "build", *options))
    check(same, "gate")
    assert same["identical"]
    measured = gauntlet("gate", "--force", "--rounds", 1, "--record", record, *options, accepted=(0, 1, 3))
    check(json.loads(measured), "gate")
    first, *runs = lines(record)
    check(first, "rounds")
    assert len(runs) == 4, "three arms, and a count"
    for run in runs:
        check(run, "run")
    report = tmp_path / "gate.json"
    report.write_text(measured, encoding="utf-8")
    power = gauntlet("power", record, "--config", config, "--rounds", "6", "--trials", 10, "--gates", report, "--json")
    check(json.loads(power), "power")


def test_an_import_of_google_benchmark_is_a_results_directory(tmp_path):
    context = {"date": "2026-01-31T12:00:00+00:00", "host_name": "lab", "executable": "./bench", "num_cpus": 2,
               "mhz_per_cpu": 2500, "cpu_scaling_enabled": False, "library_build_type": "release"}
    times = {"run_type": "iteration", "iterations": 10, "real_time": 5.0, "cpu_time": 4.0, "time_unit": "us"}
    file = tmp_path / "1.json"
    file.write_text(json.dumps({"context": context, "benchmarks": [{"name": "BM_a", **times}] * 6}), encoding="utf-8")
    for side in ("before", "after"):
        gauntlet("import", file, "--out", tmp_path / side)
    check(json.loads((tmp_path / "before" / "plan.json").read_text(encoding="utf-8")), "plan")
    compared = json.loads(gauntlet("compare", tmp_path / "before", tmp_path / "after", "--json", accepted=(0, 3)))
    check(compared, "comparison")
    assert compared["metrics"][0]["median_a"] == 4000


def test_a_service_of_ones_own_is_measured_by_the_example_of_its_page(tmp_path):
    own = ROOT / "ci" / "own-service"
    said = gauntlet("gate", "--head-build", own, "--base-build", own, "--force", "--rounds", 1, "--config", own / "gate.toml", "--json",
                    accepted=(3,))
    cost = next(verdict for verdict in json.loads(said)["verdicts"] if verdict["metric"] == "subject_cpu_us_per_request")
    assert cost["pairs"] == 1, cost["reason"]
    assert cost["head"] > 0
