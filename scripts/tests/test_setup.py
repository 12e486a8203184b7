"""scripts/setup with a dpkg-query that knows of fewer packages than it should."""

import os
import shutil
import subprocess

import pytest
from conftest import SCRIPTS


def setup(*arguments, path=None, tree=SCRIPTS.parent):
    environment = os.environ | ({"PATH": f"{path}:{os.environ['PATH']}"} if path else {})
    command = [tree / "scripts" / "setup", *arguments]
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


@pytest.fixture
def tree(tmp_path):
    """A checkout in which npm has not been yet."""
    for name in ("scripts/setup", "reports/tests/package.json", "reports/tests/package-lock.json"):
        place = tmp_path / "tree" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SCRIPTS.parent / name, place)
    return tmp_path / "tree"


@pytest.fixture
def npm(without):
    """A PATH entry with every Debian package, and an npm that does what it is told to, or fails."""

    def make(exit_code=0):
        path = without()
        log = path / "npm.log"
        (path / "npm").write_text(f"""#!/bin/bash
echo "$*" >>{log}
mkdir -p reports/tests/node_modules
exit {exit_code}
""", encoding="utf-8")
        (path / "npm").chmod(0o755)
        return path

    return make


def test_what_npm_is_to_bring_is_fetched_once_for_each_lock_file(tree, npm):
    path = npm()
    for _ in range(2):
        assert setup("test", path=path, tree=tree).returncode == 0
    calls = (path / "npm.log").read_text(encoding="utf-8").splitlines()
    assert len(calls) == 1 and calls[0].startswith("ci --prefix reports/tests --ignore-scripts")
    assert setup("--check", "test", path=path, tree=tree).stderr == ""
    with (tree / "reports/tests/package-lock.json").open("a", encoding="utf-8") as lock:
        lock.write("\n")
    result = setup("--check", "test", path=path, tree=tree)
    assert result.returncode == 1 and "missing: the npm packages of reports/tests" in result.stderr


def test_other_groups_do_without_npm(tree, npm):
    path = npm(1)
    assert setup("build", "report", path=path, tree=tree).returncode == 0
    assert not (path / "npm.log").exists()


def test_a_failing_npm_is_not_taken_for_done(tree, npm):
    for _ in range(2):
        result = setup("test", path=npm(1), tree=tree)
        assert result.returncode == 1 and "npm could not install" in result.stderr


def test_what_an_installed_package_stands_in_for_is_not_missing(tree, npm):
    path = npm()
    (path / "dpkg-query").write_text("""#!/bin/bash
for name in "${@:3}"; do
  [[ $name == npm ]] || echo "installed $name, $([[ $name == nodejs ]] && echo 'nodejs-dev (= 20), npm')"
done
exit 1
""", encoding="utf-8")
    assert setup("--check", "build", path=path, tree=tree).stderr == ""
    assert "missing: the npm packages" in setup("--check", "test", path=path, tree=tree).stderr
