"""What the report says as JSON: verdicts, recommendations, claims and crashes, in the words of the page."""

import json
from dataclasses import is_dataclass

SCHEMA = "gauntlet.report/1"
# Where a thing stands on a chart or how it looks is of no use to a program.
LEFT_OUT = {"look", "strip", "ident", "curves", "charts", "segments", "logs", "centre", "has_strip", "matrix"}


def report(view):
    return dump("report", lead=view.lead, suite=view.suite, created=view.created, alarms=view.alarms,
                recommendations=view.profiles, formula=view.formula, questions=view.questions,
                crashes=view.faults, claims=view.claims.sources, claimed_of=view.claims.runtimes, gaps=view.gaps,
                failures=view.failures, facts=view.facts, fingerprint=view.fingerprint)


def changes(view):
    return dump("changes", **vars(view))


def sides(view):
    return dump("side_by_side", **vars(view))


def dump(kind, **content):
    return json.dumps({"schema": SCHEMA, "kind": kind, **plain(content)}, indent=1, ensure_ascii=False) + "\n"


def plain(value):
    if is_dataclass(value):
        return plain({name: getattr(value, name) for name in vars(value)})
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items() if name not in LEFT_OUT}
    if isinstance(value, (list, tuple)):
        items = [item for item in value if not is_look(item)]
        # (name, look) is a name.
        return plain(items[0]) if len(items) == 1 and len(value) == 2 else [plain(item) for item in items]
    return value


def is_look(value):
    return is_dataclass(value) and {"colour", "mark"} <= vars(value).keys()
