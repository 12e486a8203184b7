"""Rules on the tree as a whole: what stands at the top, and what each folder says of itself."""

import re

from style.source import SKIPPED_FOLDERS, Finding

FOLDERS = ("runtimes", "scenarios", "harness", "fault-injection", "reports", "scripts", "ci")
# Beside the folders only what tools look for at the root.
FILES = {"CMakeLists.txt", "CMakePresets.json", "README.md", "LICENSE", "Makefile"}
README_LINES_MAX = 70
LINK = re.compile(r"\]\(([^()\s]+)\)")


def check_top_level(root):
    for entry in sorted(root.iterdir()):
        known = entry.name in FOLDERS or entry.name in FILES or entry.name.startswith(".")
        if not known and entry.name not in SKIPPED_FOLDERS:
            message = "no place at the top level; see FOLDERS and FILES of scripts/style/tree.py"
            yield Finding(entry.name, 1, "top-level", message)
    for name in FOLDERS:
        if not (root / name).is_dir():
            yield Finding(name, 1, "top-level", "this folder is missing")


def check_readmes(root):
    for folder in ("", *FOLDERS):
        path = f"{folder}/README.md".lstrip("/")
        file = root / path
        if not file.is_file():
            yield Finding(path, 1, "readme", "missing; it tells what lives here, what it may use, how to add one more")
            continue
        lines = len(file.read_text(encoding="utf-8").splitlines())
        if folder and lines > README_LINES_MAX:
            yield Finding(path, lines, "readme", f"{lines} lines; a page is {README_LINES_MAX}")


def check_links(source, root):
    if source.suffix != ".md":
        return
    for number, line in enumerate(source.lines, 1):
        for target in LINK.findall(line):
            if re.match(r"[a-z]+:|#", target):
                continue
            if not ((root / source.path).parent / target.split("#")[0]).exists():
                yield Finding(source.path, number, "link", f"{target} does not exist")


def check(sources, root):
    yield from check_top_level(root)
    yield from check_readmes(root)
    for source in sources:
        yield from check_links(source, root)
