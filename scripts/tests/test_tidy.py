"""scripts/tidy as it is called: on a tree, with an exit code."""

import subprocess

import pytest
from conftest import SCRIPTS
from style import tree as tree_rules

CLEAN = {f"{folder}/README.md": "# A folder\n" for folder in tree_rules.FOLDERS} | {
    "README.md": "# A project\n\n[runtimes](runtimes/README.md) and [elsewhere](https://example.org)\n",
    "CMakeLists.txt": "project(x)\n",
    "runtimes/task/task.hpp": "#pragma once\n",
    "runtimes/http/server.cpp": '#include "runtimes/task/task.hpp"\n',
}


def tidy(root):
    return subprocess.run([SCRIPTS / "tidy", "--root", root], capture_output=True, text=True, check=False)


def test_a_clean_tree_passes(tree):
    result = tidy(tree(CLEAN))
    assert (result.returncode, result.stdout) == (0, "scripts/tidy: 0 errors, 0 warnings\n")


def test_warnings_alone_pass(tree):
    result = tidy(tree(CLEAN | {"runtimes/task/task.cpp": "int x;\n" * 450}))
    assert result.returncode == 0
    assert "runtimes/task/task.cpp:450: warning:" in result.stdout


@pytest.mark.parametrize(
    "path, content, rule",
    [
        ("tools/x.txt", "x\n", "top-level"),
        ("notes.txt", "x\n", "top-level"),
        ("ci/README.md", "line\n" * 71, "readme"),
        ("ci/README.md", "[gone](gone.md)\n", "link"),
        ("runtimes/task/x.hpp", "int x;\n", "pragma-once"),
        ("runtimes/task/x.cpp", '#include "runtimes/http/x.hpp"\n', "include-root"),
        ("scenarios/x.cpp", "Task<> f() { co_await g([this] {}); }\n", "await-lambda"),
        ("scripts/run", "#!/bin/bash\necho \n", "trailing-space"),
        (".github/workflows/ci.yml", "on: \n", "trailing-space"),
    ],
)
def test_one_breach_fails_the_tree_and_names_file_and_rule(tree, path, content, rule):
    result = tidy(tree(CLEAN | {path: content}))
    assert result.returncode == 1
    assert path.split("/")[0] in result.stdout
    assert f"({rule})" in result.stdout


@pytest.mark.parametrize("folder", tree_rules.FOLDERS)
def test_a_folder_without_a_readme_fails(tree, folder):
    root = tree(CLEAN)
    (root / folder / "README.md").unlink()
    result = tidy(root)
    assert result.returncode == 1
    assert f"{folder}/README.md:1: error" in result.stdout


def test_what_building_and_measuring_leave_behind_is_not_checked(tree):
    assert tidy(tree(CLEAN | {"build/release/x.cpp": "int x; \n", "results/r/x.md": "x \n"})).returncode == 0


def test_a_root_that_does_not_exist_is_a_usage_error(tmp_path):
    assert tidy(tmp_path / "gone").returncode == 2
