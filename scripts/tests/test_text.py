import pytest
from style import text


def rules(source, path, content):
    return [finding.rule for finding in text.check(source(path, content), "/nowhere/checkout")]


@pytest.mark.parametrize(
    "content, rule",
    [
        ("int x; \n", "trailing-space"),
        ("\tint x;\n", "tab"),
        ("int x;\r\n", "line-ending"),
        ("int x;", "final-newline"),
        ('auto p = "/home' + '/someone/x";\n', "home-path"),
        ('auto p = "/root' + '/x";\n', "home-path"),
        ('auto p = "/nowhere/checkout/x";\n', "home-path"),
        ("// TO" + "DO: later\n", "unfinished"),
        ("// FIX" + "ME\n", "unfinished"),
        ("int x;\n" * 501, "file-length"),
    ],
)
def test_a_broken_text_rule_is_found(source, content, rule):
    assert rules(source, "runtimes/x.cpp", content) == [rule]


@pytest.mark.parametrize(
    "path, content",
    [
        ("runtimes/x.cpp", "int x;\n" * 400),
        ("runtimes/x.cpp", 'route("/plaintext/root");  // a mastodon, fixed\n'),
        ("Makefile", "all:\n\techo\n"),
        ("README.md", "word\n" * 600),
    ],
)
def test_text_within_the_rules_is_left_alone(source, path, content):
    assert rules(source, path, content) == []


def test_a_tab_inside_a_recipe_line_is_found(source):
    assert rules(source, "Makefile", "all:\n\techo\tx\n") == ["tab"]


def test_a_header_without_pragma_once_is_found(source):
    assert rules(source, "runtimes/x.hpp", "// why\n#ifndef X\n#define X\n#endif\n") == ["pragma-once"]


def test_a_header_may_open_with_comments_before_pragma_once(source):
    assert rules(source, "runtimes/x.hpp", "/* what\n   it is */\n// why\n\n#pragma once\n") == []


def function(lines, head="int f(int a = 1) {"):
    return head + "\n" + "  g();\n" * (lines - 2) + "}\n"


@pytest.mark.parametrize(
    "head",
    ["int f(int a = 1) {", "TEST(Loop, Wakes) {", "Task<int> Loop::run() const noexcept {", "bool operator==(X) {"],
)
def test_a_long_function_is_a_warning(source, head):
    (finding,) = text.check(source("runtimes/x.cpp", "namespace a {\n" + function(71, head) + "}\n"), "/nowhere")
    assert (finding.rule, finding.line, finding.warning) == ("function-length", 2, True)


@pytest.mark.parametrize(
    "content",
    [
        function(70),
        "class A {\n" + function(40) * 3 + "};\n",
        "constexpr int table[] = {\n" + "  f(1),\n" * 90 + "};\n",
        'auto help = R"(\n' + "f() {\n" * 90 + ')";\n',
    ],
)
def test_what_is_no_long_function_is_left_alone(source, content):
    assert list(text.check(source("runtimes/x.cpp", content), "/nowhere")) == []


def test_a_long_python_function_is_a_warning(source):
    content = "def f():\n" + "    g()\n" * 70
    (finding,) = text.check(source("reports/x.py", content), "/nowhere")
    assert (finding.rule, finding.warning) == ("function-length", True)


def test_a_file_over_the_advised_length_is_a_warning(source):
    (finding,) = text.check(source("runtimes/x.cpp", "int x;\n" * 401), "/nowhere")
    assert (finding.rule, finding.warning) == ("file-length", True)
