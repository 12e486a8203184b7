"""scripts/lint on a small tree of its own: it works on the tree that it stands in."""

import shutil
import subprocess

import pytest
from conftest import SCRIPTS


@pytest.fixture
def lint(tree):
    def run(files, *arguments):
        root = tree(files | {f"{folder}/.keep": "" for folder in ("runtimes", "scenarios", "harness", "fault-injection")})
        (root / "scripts").mkdir(exist_ok=True)
        shutil.copy(SCRIPTS / "lint", root / "scripts" / "lint")
        shutil.copy(SCRIPTS.parent / ".clang-format", root / ".clang-format")
        return subprocess.run([root / "scripts" / "lint", *arguments], capture_output=True, text=True, check=False)

    return run


def test_formatted_sources_pass(lint):
    assert lint({"runtimes/x.cpp": "int f() { return 1; }\n"}, "format").returncode == 0


def test_an_unformatted_source_fails_and_is_named(lint):
    result = lint({"runtimes/x.cpp": "int f(){return 1;}\n"}, "format")
    assert result.returncode == 1
    assert "runtimes/x.cpp" in result.stdout


def test_fix_formats_what_was_not(lint, tmp_path):
    assert lint({"runtimes/x.cpp": "int f(){return 1;}\n"}, "--fix", "format").returncode == 0
    assert (tmp_path / "runtimes/x.cpp").read_text(encoding="utf-8") == "int f() { return 1; }\n"


def test_a_shell_script_that_shellcheck_rejects_fails(lint):
    result = lint({"ci/publish": "#!/bin/bash\nrm $1\n"}, "shell")
    assert result.returncode == 1
    assert "SC2086" in result.stdout


def test_an_unknown_check_is_a_usage_error_that_names_it(lint):
    result = lint({}, "spelling")
    assert result.returncode == 2
    assert "spelling" in result.stderr
