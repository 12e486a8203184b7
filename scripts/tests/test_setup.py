"""scripts/setup with a dpkg-query that knows of fewer packages than it should."""

import os
import subprocess

import pytest
from conftest import SCRIPTS


def setup(*arguments, path=None):
    environment = os.environ | ({"PATH": f"{path}:{os.environ['PATH']}"} if path else {})
    command = [SCRIPTS / "setup", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


@pytest.fixture
def without(tmp_path):
    """A PATH entry whose dpkg-query reports every package as installed but the ones named."""

    def make(*absent):
        keep = " ".join(f"'{name}'" for name in absent)
        script = f"""#!/bin/bash
for name in "${{@:3}}"; do
  for absent in {keep}; do [[ $name != "$absent" ]] || continue 2; done
  echo "installed $name"
done
{'exit 1' if absent else ''}
"""
        (tmp_path / "dpkg-query").write_text(script, encoding="utf-8")
        (tmp_path / "dpkg-query").chmod(0o755)
        (tmp_path / "apt-get").write_text("#!/bin/bash\nexit 99\n", encoding="utf-8")
        (tmp_path / "apt-get").chmod(0o755)
        return tmp_path

    return make


def test_nothing_is_said_when_everything_is_there(without):
    result = setup(path=without())
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_the_missing_packages_and_the_command_to_run_are_named(without):
    result = setup("--check", path=without("wrk", "zlib1g-dev"))
    assert result.returncode == 1
    assert "missing: zlib1g-dev wrk" in result.stderr
    assert result.stderr.rstrip().endswith("apt-get install -y --no-install-recommends zlib1g-dev wrk")


def test_a_group_asks_for_its_own_packages_only(without):
    path = without("wrk", "clang-tidy-19")
    assert setup("--check", "build", "report", path=path).returncode == 0
    assert "missing: wrk\n" in setup("--check", "build", "test", path=path).stderr


def test_a_package_of_two_groups_is_named_once(without):
    assert "missing: shellcheck\n" in setup("--check", "test", "lint", path=without("shellcheck")).stderr


@pytest.mark.parametrize("argument", ["everything", "--chek"])
def test_an_unknown_word_is_a_usage_error_that_names_it(argument):
    result = setup(argument)
    assert result.returncode == 2
    assert argument in result.stderr


def test_help_lists_every_group():
    result = setup("--help")
    assert result.returncode == 0
    for group in ("build", "report", "test", "clang", "lint"):
        assert f"\n  {group} " in result.stdout
