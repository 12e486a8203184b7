"""Reads summary.json. What is absent gets an empty value; what has a wrong shape is refused by name."""

import json
import math
import re
import shlex

from . import model

SCHEMA = "gauntlet.summary"
MAJOR = 1


class BadSummary(Exception):
    """One line: what is wrong with which file, and what to do."""


class Node:
    """A JSON object that remembers where it stands, so that an error can say so."""

    def __init__(self, value, where):
        if not isinstance(value, dict):
            raise BadSummary(f"{where or 'the file'} is not an object")
        self.value = value
        self.where = where

    def _path(self, key):
        return f"{self.where}.{key}" if self.where else key

    def _take(self, key, types, what, default):
        found = self.value.get(key)
        if found is None:
            return default
        if not isinstance(found, types) or (isinstance(found, bool) and bool not in types):
            raise BadSummary(f"{self._path(key)} is not {what}")
        return found

    def text(self, key, default=""):
        return self._take(key, (str,), "a text", default)

    def flag(self, key, default):
        return self._take(key, (bool,), "true or false", default)

    def count(self, key):
        return int(self.number(key) or 0)

    def number(self, key):
        found = self._take(key, (int, float), "a number", None)
        return found if found is None or math.isfinite(found) else None

    def list(self, key):
        return self._take(key, (list,), "a list", [])

    def nodes(self, key):
        return [Node(item, f"{self._path(key)}[{index}]") for index, item in enumerate(self.list(key))]

    def node(self, key):
        return Node(self._take(key, (dict,), "an object", {}), self._path(key))

    def node_map(self, key):
        inner = self.node(key)
        return {name: Node(value, inner._path(name)) for name, value in inner.value.items()}

    def texts(self, key):
        """A map of settings; a value of any plain type is shown as text."""
        return {name: value if isinstance(value, str) else json.dumps(value)
                for name, value in self.node(key).value.items()}

    def numbers(self, key):
        return [item for item in self.list(key)
                if isinstance(item, (int, float)) and not isinstance(item, bool) and math.isfinite(item)]


def read_json(path, remedy):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadSummary(f"{path} is missing; {remedy}") from None
    except OSError as error:
        raise BadSummary(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise BadSummary(f"{path} is not valid JSON ({one_line(error)}); {remedy}") from None


def load_summary(directory):
    path = directory / "summary.json"
    remedy = f"make it again with `gauntlet report {directory}`"
    value = read_json(path, remedy)
    try:
        root = Node(value, "")
        check_schema(root)
        return read_summary(root, directory)
    except NewerSchema as error:
        raise BadSummary(f"{path} {error}") from None
    except BadSummary as error:
        raise BadSummary(f"{path}: {error}; {remedy}") from None


class NewerSchema(BadSummary):
    pass


def one_line(error):
    return " ".join(str(error).split())


def check_schema(root, expected=SCHEMA, major=MAJOR):
    schema = root.text("schema")
    found = re.fullmatch(re.escape(expected) + r"/(\d+)(\.\d+)*", schema)
    if not found:
        raise BadSummary(f"schema is {one_line(schema) or 'missing'!r}, not {expected}/{major}")
    if int(found[1]) > major:
        raise NewerSchema(f"has schema {schema}, but this report reads up to {expected}/{major}; "
                          "use the Gauntlet that wrote it, or a newer one")


def read_summary(root, directory):
    for key in ("runtimes", "cells"):
        if key not in root.value:
            raise BadSummary(f"{key} is missing")
    environment = root.node("environment")
    return model.Summary(
        directory=shlex.quote(str(directory)),
        suite=root.text("suite"), created=root.text("created"), command=root.text("command"),
        reproduce=tuple(str(line) for line in root.list("reproduce")),
        complete=root.flag("complete", False),
        runs_planned=root.count("runs_planned"), runs_finished=root.count("runs_finished"),
        fingerprint=environment.text("fingerprint"),
        facts=tuple(read_fact(fact) for fact in environment.nodes("facts")),
        runtimes=tuple(model.Runtime(node.text("name"), node.text("role", "contender"), node.flag("available", True),
                                     node.text("reason")) for node in root.nodes("runtimes")),
        cells=tuple(read_cell(node) for node in root.nodes("cells")),
        failures=tuple(read_failure(node) for node in root.nodes("failures")),
    )


def read_fact(node):
    value = node.value.get("value")
    return model.Fact(node.text("name"), value if isinstance(value, str) else json.dumps(value), node.text("warning"))


def read_failure(node):
    return model.Failure(node.count("index"), node.text("cell"), node.text("runtime"), node.text("arm", model.MAIN_ARM),
                         node.count("round"), node.text("status", "failed"), node.text("reason"),
                         node.text("stderr_tail"))


def read_cell(node):
    ranking = []
    for group in node.list("ranking"):
        if not isinstance(group, list):
            raise BadSummary(f"{node.where}.ranking is not a list of lists")
        ranking.append(tuple(str(name) for name in group))
    return model.Cell(
        cell=node.text("cell"), scenario=node.text("scenario"), title=node.text("title") or node.text("cell"),
        question=node.text("question"), params=node.texts("params"), primary=node.text("primary"),
        reference=node.text("reference"),
        metrics=tuple(model.Metric(item.text("name"), item.text("unit"), item.text("better", "lower"),
                                   item.text("description")) for item in node.nodes("metrics")),
        columns=tuple(read_column(item) for item in node.nodes("columns")),
        comparisons=tuple(read_comparison(item) for item in node.nodes("comparisons")),
        ranking=tuple(group for group in ranking if group),
    )


def read_column(node):
    return model.Column(
        runtime=node.text("runtime"), arm=node.text("arm", model.MAIN_ARM), role=node.text("role", "contender"),
        status=node.text("status", "ok"), reason=node.text("reason"), rounds=node.count("rounds"),
        metrics={name: model.Estimate(item.number("median"), item.number("low"), item.number("high"),
                                      tuple(item.numbers("values")))
                 for name, item in node.node_map("metrics").items()},
        to_reference={name: model.Ratio(item.number("ratio"), item.number("low"), item.number("high"),
                                        item.count("pairs")) for name, item in node.node_map("to_reference").items()},
        verdicts=tuple(read_verdict(item) for item in node.nodes("verdicts")),
        percentiles=read_percentiles(node.node("percentiles")),
        warnings=tuple(model.Warning(item.text("code"), item.text("text"), item.count("runs"))
                       for item in node.nodes("warnings")),
        effective_config=node.texts("effective_config"),
    )


def read_verdict(node):
    return model.Verdict(node.text("claim"), node.text("kind", "must"), node.flag("met", False), node.text("metric"),
                         node.number("worst"), node.number("limit"), node.text("text"), node.flag("expected", True))


def read_comparison(node):
    return model.Comparison(
        metric=node.text("metric"), a=node.text("a"), b=node.text("b"),
        ratio=node.number("ratio"), low=node.number("low"), high=node.number("high"), pairs=node.count("pairs"),
        noise_low=node.number("noise_low"), noise_high=node.number("noise_high"),
        verdict=node.text("verdict", "unstable"), reason=node.text("reason"))


def read_percentiles(node):
    curves = {}
    for name in node.value:
        points = []
        for point in node.list(name):
            if not (isinstance(point, list) and len(point) == 2 and all(isinstance(x, (int, float)) for x in point)):
                raise BadSummary(f"{node.where}.{name} holds something that is not [fraction, microseconds]")
            points.append((float(point[0]), float(point[1])))
        curves[name] = tuple(points)
    return curves
