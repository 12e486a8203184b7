import pytest
from style import layers
from style.source import read_tree


def rules(root, path):
    (source,) = [source for source in read_tree(root) if source.path == path]
    return [finding.rule for finding in layers.check(source, root)]


def include(tree, user, used):
    return rules(tree({used: "#pragma once\n", user: f'#include "{used}"\n'}), user)


@pytest.mark.parametrize(
    "user, used",
    [
        ("scenarios/load/load.cpp", "harness/load/client.hpp"),
        ("runtimes/task/task.hpp", "scenarios/scenario.hpp"),
        ("runtimes/single_loop/loop.cpp", "harness/measure/histogram.hpp"),
        ("fault-injection/proxy.cpp", "harness/store/plan.hpp"),
        ("fault-injection/proxy.cpp", "runtimes/http/server.hpp"),
        ("harness/plan/plan.cpp", "harness/cli/options.hpp"),
        ("harness/store/plan.cpp", "harness/subject/subject.hpp"),
        ("runtimes/contract/op.hpp", "runtimes/task/task.hpp"),
        ("runtimes/http/server.cpp", "runtimes/io_uring/ring.hpp"),
        ("runtimes/io_uring/ring.cpp", "runtimes/single_loop/single_loop.hpp"),
        ("runtimes/io_uring/tests/ring_test.cpp", "runtimes/single_loop/single_loop.hpp"),
        ("scenarios/load/load.cpp", "runtimes/single_loop/single_loop.hpp"),
        ("runtimes/libuv/native/libuv_native.cpp", "runtimes/contract/op.hpp"),
        ("runtimes/libuv/native/libuv_native.cpp", "runtimes/libuv/uv_engine.hpp"),
        ("runtimes/libuv/libuv.cpp", "runtimes/libuv/native/libuv_native.hpp"),
    ],
)
def test_an_include_against_the_order_is_found(tree, user, used):
    assert include(tree, user, used) == ["layering"]


@pytest.mark.parametrize(
    "user, used",
    [
        ("harness/cli/main.cpp", "harness/store/plan.hpp"),
        ("harness/worker/worker.cpp", "scenarios/scenario.hpp"),
        ("harness/load/client.cpp", "scenarios/bench.hpp"),
        ("scenarios/load/load.cpp", "scenarios/scenario.hpp"),
        ("scenarios/load/load.cpp", "runtimes/http/server.hpp"),
        ("scenarios/load/references.cpp", "runtimes/libuv/native/libuv_native.hpp"),
        ("runtimes/libuv/native/libuv_native.cpp", "runtimes/native/plaintext_answers.hpp"),
        ("runtimes/native/plaintext_answers.cpp", "runtimes/http/request_reader.hpp"),
        ("scenarios/faults.cpp", "fault-injection/proxy.hpp"),
        ("fault-injection/storage/loop_disk.cpp", "runtimes/files/scratch_folder.hpp"),
        ("runtimes/http/connection.cpp", "runtimes/failpoint/failpoint.hpp"),
        ("fault-injection/proxy.cpp", "runtimes/contract/op.hpp"),
        ("runtimes/contract/registry.cpp", "runtimes/io_uring/ring.hpp"),
        ("runtimes/conformance/suite.cpp", "runtimes/single_loop/single_loop.hpp"),
        ("runtimes/task/tests/task_test.cpp", "runtimes/single_loop/single_loop.hpp"),
        ("runtimes/single_loop/loop.cpp", "runtimes/loop/timers.hpp"),
        ("runtimes/task/tests/task_test.cpp", "runtimes/task/task.hpp"),
    ],
)
def test_an_include_along_the_order_is_left_alone(tree, user, used):
    assert include(tree, user, used) == []


def test_a_folder_without_a_place_in_the_order_is_found(tree):
    root = tree({"harness/misc/x.cpp": "int x;\n"})
    assert rules(root, "harness/misc/x.cpp") == ["layering"]


@pytest.mark.parametrize("line", ['#include "timers.hpp"', '#include "../loop/timers.hpp"', '#  include "loop/timers.hpp"'])
def test_a_quoted_include_that_is_not_a_path_from_the_root_is_found(tree, line):
    root = tree({"runtimes/loop/timers.hpp": "#pragma once\n", "runtimes/loop/timers.cpp": line + "\n"})
    assert rules(root, "runtimes/loop/timers.cpp") == ["include-root"]


def test_a_header_of_ours_in_angle_brackets_is_found(tree):
    root = tree({"runtimes/loop/x.hpp": "#pragma once\n", "runtimes/loop/x.cpp": "#include <runtimes/loop/x.hpp>\n"})
    assert rules(root, "runtimes/loop/x.cpp") == ["include-root"]


def test_headers_of_the_system_are_left_alone(tree):
    root = tree({"runtimes/loop/x.cpp": "#include <sys/epoll.h>\n#include <vector>\n"})
    assert rules(root, "runtimes/loop/x.cpp") == []
