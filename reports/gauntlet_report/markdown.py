"""The report in Markdown, short enough for a pull request."""

import re

from . import wording

SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")


def text(value):
    """Nothing in it is taken for markup, nor does it end a line of a table."""
    return SPECIAL.sub(r"\\\1", " ".join(str(value).split()))


def code(value):
    """A command: backticks of its own would end it."""
    return "`" + " ".join(str(value).replace("`", "'").replace("|", "\\|").split()) + "`"


def table(heads, lines):
    return ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads),
            *("| " + " | ".join(line) + " |" for line in lines), ""]


def names(pairs):
    return wording.join_words(f"**{text(pair[0])}**" for pair in pairs)


def report(view):
    out = [f"# {text(view.lead)}", "", f"Suite {text(view.suite)}, {text(view.created)}. "
           + ". ".join(f"{text(tile.label)}: {text(tile.value)}" for tile in view.tiles) + ".", ""]
    out += [f"> {text(alarm)}" for alarm in view.alarms] + ([""] if view.alarms else [])
    out += ["## Which one?", ""]
    lines = []
    for profile in view.profiles:
        answer = names(profile.leaders) if profile.places else "no recommendation"
        why = text(profile.reason) + ("" if profile.places else " " + ", ".join(map(code, profile.supplies)))
        lines.append([text(profile.title), answer, why])
    out += table(["Workload", "Runtime", "Why"], lines)
    out += ["## Verdict", ""]
    out += table(["Question", "Cell", "Answer", "By how much", "Interval", "Noise floor"], answers(view))
    if view.gaps:
        out += ["## Not run", ""]
        out += [f"* **{text(gap.what)}** {text(gap.where)}: {text(gap.reason)}" for gap in view.gaps] + [""]
    if view.failures:
        out += ["## Failures", ""] + [f"* {text(item.runtime)} in {text(item.cell)}, round {item.round}: "
                                      f"{text(item.status)}, {text(item.reason)}" for item in view.failures] + [""]
    return "\n".join(out).rstrip() + "\n"


def answers(view):
    lines = []
    for question in view.questions:
        if question.missing:
            lines.append([text(question.title), "", "not measured", code(question.supply), "", ""])
        for answer in question.answers:
            verdict, margin = answer.verdict, answer.verdict.margin
            said = (names(verdict.leaders[:1]) if verdict.kind == "win" else
                    "tie: " + names(verdict.leaders) if verdict.kind == "tie" else text(verdict.kind))
            amount = f"{text(margin.amount)} {text(margin.leader)} against {text(margin.other)}".replace("  ", " ") if margin.amount else text(answer.kept or answer.next_step)
            lines.append([text(question.title), text(answer.cell_name), said, amount, text(margin.interval),
                          text(margin.noise)])
    for fault in view.faults:
        kept = f"{len(fault.survivors)} of {len(fault.runtimes)} kept every promise"
        lines.append(["Survives crashes", text(fault.cell), kept,
                      wording.join_words(f"{text(name)} lost" for name, _, _ in fault.losers), "", ""])
    if not view.faults:
        lines.append(["Survives crashes", "", "not measured", code(view.fault_supply), "", ""])
    return lines


def changes(view):
    out = [f"# {text(view.lead)}", "", text(view.action), ""]
    for word, heading, found in view.groups:
        lines = [[text(item.runtime), text(item.metric), text(item.cell), f"{text(item.base)} → {text(item.head)}",
                  text(item.change), text(item.interval), text(item.noise)] for item in found]
        body = table(["Runtime", "Figure", "Cell", "Base → head", "Change", "Interval", "Noise floor"], lines)
        # Blank lines around it, or it is not read as a table.
        folded = ["<details><summary>Unchanged</summary>", "", *body, "</details>", ""]
        out += folded if word == "same" else [f"## {heading}", "", *body]
    out += [f"* {text(note)}" for note in view.notes] + ([""] if view.notes else [])
    return "\n".join([*out, *between(view)]).rstrip() + "\n"


def sides(view):
    out = [f"# {text(view.lead)}", "", *between(view)]
    for cell in view.cells:
        out += [f"## {text(cell.name)}", "", f"{text(cell.metric)}, {cell.better} is better.", ""]
        out += table(["Runtime", *(side.letter for side in view.sides)],
                     [[text(row.runtime), *(f"{text(median)} ({text(beside)})" for median, beside, _ in row.figures)]
                      for row in cell.rows])
    return "\n".join(out).rstrip() + "\n"


def between(view):
    out = table(["", "Results", "Revision", "When"], [
        [side.letter, code(side.name), code(side.revision), text(side.created)] for side in view.sides])
    if view.differences:
        out += table(["Fact", *(side.letter for side in view.sides)],
                     [[text(row.fact), *map(text, row.values)] for row in view.differences])
    return out
