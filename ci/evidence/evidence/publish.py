"""From what was recorded to shares, tables and the README."""

import json
import re
import subprocess
from pathlib import Path

from evidence import session, steps

ROUNDS = (6, 12, 18, 24, 36, 60)
BEGIN, END = "<!-- evidence: written by ci/evidence/run --publish -->", "<!-- evidence ends -->"


def power(folder, base, subject, mode):
    """What `gauntlet power` says of one subject; None when nothing was recorded of it."""
    files = sorted((folder / "pool" / mode / subject).glob("*.jsonl"))
    gates = sorted((folder / "gate" / mode / subject).glob("*.json"))
    if not files and not gates:
        return None
    metric = ["--metric", steps.PLANTS[subject][1]] if subject in steps.PLANTS else []
    command = [base / "gauntlet", "power", *files, "--config", folder / "gate.toml", "--rounds", ",".join(map(str, ROUNDS)),
               *metric, *[part for gate in gates for part in ("--gates", gate)], "--json"]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise session.Failed(f"{subject}, {mode}: {done.stderr.strip()}")
    answer = json.loads(done.stdout)
    del answer["command"]
    return answer


def results_of(folder):
    done = session.finished(folder)
    base = folder / "programs" / "base"
    if "build/base" not in done:
        raise session.Failed(f"nothing was built in {folder} yet: run without --summary first")
    results = {
        "schema": "gauntlet.evidence/1",
        "revision": (folder / "revision").read_text(encoding="utf-8").strip(),
        "request_ns": done.get("calibrate", {}).get("request_ns"),
        "modes": {},
    }
    for mode in steps.MODES:
        found = {subject: power(folder, base, subject, mode) for subject in (*steps.PLANTS, *steps.SILENCE)}
        results["modes"][mode] = {subject: answer for subject, answer in found.items() if answer}
    return results


def percent(share):
    return f"{share['share'] * 100:.0f} % [{share['low'] * 100:.0f}, {share['high'] * 100:.0f}]"


def counted(gates, ending="slower"):
    if not gates:
        return "–"
    share = gates[ending]
    return f"{share['count']} of {gates['gates']} [{share['low'] * 100:.0f}, {share['high'] * 100:.0f}]"


def effect_of(answer, metric):
    for effect in (answer["recorded"] or {}).get("effects", []):
        if effect["metric"] != metric:
            continue
        if effect["ratio"] and effect["low"]:
            return f"{(effect['ratio'] - 1) * 100:+.1f} % [{(effect['low'] - 1) * 100:+.1f}, {(effect['high'] - 1) * 100:+.1f}]"
        return f"{effect['opponent']:.3g} → {effect['head']:.3g} {effect['unit']}"
    return "–"


def row(subject, answer):
    recorded = answer["recorded"]
    found = percent(recorded["as_configured"]["slower"]) if recorded else "–"
    if subject in steps.PLANTS:
        _, metric, words = steps.PLANTS[subject]
        return f"| {words} | {metric} | {effect_of(answer, metric)} | {found} | {counted(answer['gates'])} |"
    return f"| {steps.SILENCE[subject][1]} | anything | – | {found} | {counted(answer['gates'])} |"


def table(results):
    """Markdown: one table for each mode."""
    titles = {"quiet": "On a machine that is otherwise idle", "loaded": "With 30 % of every CPU taken by others"}
    lines = []
    for mode, answers in results["modes"].items():
        if not answers:
            continue
        lines += [f"{titles[mode]}:", "",
                  "| planted | seen by | measured effect | called `slower`: resampled | called `slower`: real gates |",
                  "|---|---|---|---|---|"]
        lines += [row(subject, answer) for subject, answer in answers.items()]
        lines.append("")
    lines.append(f"Intervals are 95 %: a bootstrap of the recorded rounds, exact (Clopper and Pearson) for real gates. "
                 f"Revision {results['revision'][:12]}.")
    return "\n".join(lines) + "\n"


def curves(results):
    """Markdown: power at each number of rounds."""
    lines = ["| mode | planted | " + " | ".join(map(str, ROUNDS)) + " | as configured |", "|---" * (len(ROUNDS) + 3) + "|"]
    for mode, answers in results["modes"].items():
        for subject, answer in answers.items():
            if not answer["recorded"]:
                continue
            points = [percent(point["slower"]) for point in answer["recorded"]["curve"]]
            configured = answer["recorded"]["as_configured"]
            points.append(f"{percent(configured['slower'])} in {configured['median_rounds']:.0f} rounds, "
                          f"{configured['median_s']:.0f} s")
            lines.append(f"| {mode} | {subject} | " + " | ".join(points) + " |")
    return "\n".join(lines) + "\n"


def put_into(readme, text):
    """README.md with the table between its marks."""
    if BEGIN not in readme or END not in readme:
        raise session.Failed(f"README.md has no place for the table: put '{BEGIN}' and '{END}' where it belongs")
    return re.sub(re.escape(BEGIN) + ".*?" + re.escape(END), lambda _: f"{BEGIN}\n{text}{END}", readme, flags=re.DOTALL)


def sum_up(arguments, into_sources):
    folder = arguments.folder.resolve()
    results = results_of(folder)
    shown = table(results)
    whole = f"{shown}\nShare of gates that call it `slower`, by their number of paired rounds:\n\n{curves(results)}"
    places = [folder] + ([session.ROOT / "ci" / "evidence"] if into_sources else [])
    for place in places:
        (place / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        (place / "results.md").write_text(f"# What the gate finds\n\n{whole}", encoding="utf-8")
    if into_sources:
        readme = Path(session.ROOT / "README.md")
        readme.write_text(put_into(readme.read_text(encoding="utf-8"), shown), encoding="utf-8")
    return whole
