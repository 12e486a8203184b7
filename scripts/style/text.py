"""Rules on any text file: white space, sizes, words, paths, and what opens a header."""

import ast
import re

from style.source import Finding, blank_out, line_of, match_brackets

FILE_LINES_MAX = 500
FILE_LINES_ADVISED = 400
FUNCTION_LINES_ADVISED = 70

# Spelled so that this file does not break its own rules.
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME)\b")
HOME_PATH = re.compile(r"(?<![\w.])/(?:(?:home|Users)/\w|roo[t]/)")
CONTROL = re.compile(r"^\s*(?:if|for|while|switch|catch|else|do|try|return)\b")
NOT_A_FUNCTION = re.compile(r"\b(?:namespace|class|struct|union|enum|extern|concept|requires)\b")


def check_lines(source, root):
    for number, line in enumerate(source.lines, 1):
        if "\r" in line:
            yield Finding(source.path, number, "line-ending", "carriage return; lines end with a line feed alone")
        elif line != line.rstrip():
            yield Finding(source.path, number, "trailing-space", "trailing white space")
        recipe = source.path.rpartition("/")[2] == "Makefile"
        if "\t" in (line[1:] if recipe else line):
            yield Finding(source.path, number, "tab", "tab; indent with spaces")
        if HOME_PATH.search(line) or str(root) in line:
            yield Finding(source.path, number, "home-path", "absolute path of one machine; say it relative to the root")
        if UNFINISHED.search(line):
            yield Finding(source.path, number, "unfinished", "a mark of unfinished work; finish it or file an issue")
    if source.text and not source.text.endswith("\n"):
        yield Finding(source.path, len(source.lines), "final-newline", "no line feed at the end of the file")


def check_size(source):
    lines = len(source.lines)
    if not source.is_code or lines <= FILE_LINES_ADVISED:
        return
    if lines > FILE_LINES_MAX:
        yield Finding(source.path, lines, "file-length", f"{lines} lines; split it, {FILE_LINES_MAX} is the limit")
    else:
        yield Finding(source.path, lines, "file-length", f"{lines} lines; {FILE_LINES_ADVISED} reads well", warning=True)


def check_header(source):
    if source.suffix != ".hpp":
        return
    bare = re.sub(r"/\*.*?\*/|//[^\n]*", "", source.text, flags=re.DOTALL).lstrip()
    if not bare.startswith("#pragma once"):
        yield Finding(source.path, 1, "pragma-once", "a header begins with #pragma once")


def cpp_functions(code):
    """(first line, line count) of each function defined at namespace or class level."""
    partner = match_brackets(code)
    boundary = 0
    position = 0
    while position < len(code):
        character = code[position]
        if character == "{":
            head = code[boundary:position]
            signature = head
            while (reduced := re.sub(r"\([^()]*\)", "", signature)) != signature:
                signature = reduced
            assigned = re.search(r"(?<![=!<>])=(?!=)", signature) and "operator" not in signature
            named = "(" in head and not CONTROL.match(head) and not NOT_A_FUNCTION.search(signature)
            if named and not assigned and position in partner:
                start = line_of(code, boundary + len(head) - len(head.lstrip()))
                yield start, line_of(code, partner[position]) - start + 1
                position = partner[position]
        if character in ";{}":
            boundary = position + 1
        position += 1


def check_functions(source):
    sizes = []
    if source.is_cpp:
        sizes = cpp_functions(blank_out(source.text))
    elif source.is_python:
        functions = (ast.FunctionDef, ast.AsyncFunctionDef)
        nodes = [node for node in ast.walk(ast.parse(source.text)) if isinstance(node, functions)]
        sizes = [(node.lineno, node.end_lineno - node.lineno + 1) for node in nodes]
    for line, count in sizes:
        if count > FUNCTION_LINES_ADVISED:
            message = f"a function of {count} lines; {FUNCTION_LINES_ADVISED} reads well"
            yield Finding(source.path, line, "function-length", message, warning=True)


def check(source, root):
    yield from check_lines(source, root)
    yield from check_size(source)
    yield from check_header(source)
    yield from check_functions(source)
