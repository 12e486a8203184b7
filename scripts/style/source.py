"""What the rules look at: files, findings, and C++ text with everything that is not code blanked out."""

import re
from pathlib import Path
from typing import NamedTuple


class Finding(NamedTuple):
    path: str
    line: int
    rule: str
    message: str
    warning: bool = False

    def __str__(self):
        word = "warning" if self.warning else "error"
        return f"{self.path}:{self.line}: {word}: {self.message} ({self.rule})"


SKIPPED_FOLDERS = {"build", "node_modules", "results", "__pycache__", ".git", ".cache", ".pytest_cache"}
CODE_SUFFIXES = {".hpp", ".cpp", ".py", ".cmake", ".js", ".mjs", ".css", ".j2", ".html", ".toml", ".yml", ".sh"}
TEXT_SUFFIXES = CODE_SUFFIXES | {".md", ".txt"}
CODE_NAMES = {"CMakeLists.txt", "Makefile"}


class Source:
    """One file of the tree. `path` is relative to the root and uses slashes."""

    def __init__(self, root, file):
        self.path = file.relative_to(root).as_posix()
        self.suffix = file.suffix
        self.text = file.read_bytes().decode("utf-8", errors="replace")
        self.lines = self.text.split("\n")
        if self.lines[-1] == "":
            self.lines.pop()
        self.is_script = self.text.startswith("#!")
        self.is_code = self.suffix in CODE_SUFFIXES or file.name in CODE_NAMES or self.is_script
        self.is_text = self.is_code or self.suffix in TEXT_SUFFIXES
        self.is_cpp = self.suffix in {".hpp", ".cpp"}
        self.is_python = self.suffix == ".py" or (self.is_script and "python" in self.lines[0])
        self.folder = self.path.rpartition("/")[0]


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def read_tree(root):
    """Every text file below root, except what is made by building or measuring."""
    sources = []
    pending = [Path(root)]
    while pending:
        for entry in sorted(pending.pop().iterdir()):
            if entry.is_symlink() or entry.name in SKIPPED_FOLDERS:
                continue
            if entry.is_dir():
                pending.append(entry)
            elif entry.is_file():
                source = Source(root, entry)
                if source.is_text:
                    sources.append(source)
    return sorted(sources, key=lambda source: source.path)


NOT_CODE = re.compile(
    r"""//[^\n]*
      | /\*.*?\*/
      | (?:u8|[uUL])?R"(?P<mark>[^()\s\\]{0,16})\(.*?\)(?P=mark)"
      | "(?:\\.|[^"\\\n])*"
      | (?<![0-9A-Za-z_])(?:u8|[uUL])?'(?:\\.|[^'\\\n])+'
      | ^[ \t]*\#(?:[^\n]*\\\n)*[^\n]*
    """,
    re.DOTALL | re.VERBOSE | re.MULTILINE,
)


def blank_out(text):
    """The same text, same length, same lines; comments, directives and the inside of literals are spaces."""

    def blanked(match):
        found = match.group(0)
        spaces = re.sub(r"[^\n]", " ", found)
        if found.lstrip()[0] in "/#" or len(found) < 2:
            return spaces
        return '"' + spaces[1:-1] + '"'

    return NOT_CODE.sub(blanked, text)


def match_brackets(code):
    """Position of each bracket -> position of its partner. Brackets without a partner are left out."""
    partner = {}
    opened = []
    closes = {")": "(", "]": "[", "}": "{"}
    for position, character in enumerate(code):
        if character in "([{":
            opened.append(position)
        elif character in closes:
            while opened and code[opened[-1]] != closes[character]:
                opened.pop()
            if opened:
                start = opened.pop()
                partner[start] = position
                partner[position] = start
    return partner
