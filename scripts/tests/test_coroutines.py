import pytest
from style import coroutines


def rules(source, body):
    return [finding.rule for finding in coroutines.check(source("runtimes/task/x.cpp", body))]


@pytest.mark.parametrize(
    "statement",
    [
        "co_await run([x] { return x; });",
        "co_await run([&] { return x; });",
        "co_await run([this]() mutable noexcept -> int { return 1; });",
        "co_await [x]() -> Task<int> { co_return x; }();",
        "auto y = co_await run(1, std::vector<int>{1, 2}, [=](int) { return x; });",
        "both([x] { return x; }, co_await other());",
        "if (co_await run([x] { return x; })) { stop(); }",
        "for (auto y : co_await all([x]<class T>(T t) { return t; })) { use(y); }",
        "co_return co_await run([copy = std::move(x)] { return copy; });",
        "co_yield pick([x] { return x; });",
        "co_await run(\n    1,\n    [x] {\n      return x;\n    });",
    ],
)
def test_a_capturing_lambda_inside_an_await_is_found(source, statement):
    assert rules(source, "Task<int> f(int x) {\n  " + statement + "\n}\n") == ["await-lambda"]


@pytest.mark.parametrize(
    "statement",
    [
        "auto named = [x] { return x; }; co_await run(named);",
        "co_await run([] { return 1; });",
        "co_await run([] { auto inner = [y = 1] { return y; }; return inner(); });",
        "auto task = [x]() -> Task<int> { co_await other(); co_return x; }; spawn(task());",
        "if (co_await ready()) { auto named = [x] { return x; }; use(named); }",
        "while (co_await ready()) { use([x] { return x; }); }",
        "for (int i = 0; i < 3; ++i) { co_await other(); use([x] { return x; }); }",
        "co_await table[x](1);",
        "co_await run(values[x], m[1][2]);",
        "auto [a, b] = co_await other();",
        "[[maybe_unused]] auto a = co_await other();",
        "co_await run(new int[3]{1, 2, 3});",
        "// co_await run([x] { return x; });",
        'log("co_await run([x] { return x; });");',
        'log(R"(co_await run([x] { return x; });)");',
        "co_await wait(1'000'000); use([x] { return '{'; });",
        "co_await other(); try { use([x] { return x; }); } catch (...) { }",
    ],
)
def test_what_is_no_capturing_lambda_inside_an_await_is_left_alone(source, statement):
    assert rules(source, "Task<int> f(int x) {\n  " + statement + "\n}\n") == []


READY = "bool await_ready() const noexcept { return false; } void await_suspend(std::coroutine_handle<>) {} "


@pytest.mark.parametrize(
    "declaration",
    [
        "struct Awaiter { " + READY + "std::string name; };",
        "struct Awaiter { " + READY + "std::function<void(int)> call; };",
        "struct Awaiter { " + READY + "Op op{}; };",
        "struct Awaiter final : Base { std::coroutine_handle<> waiter = {}; " + READY + "};",
        "template <class T> class Awaiter { public: " + READY + "private: T* task_; };",
        "struct Awaiter { struct Inner { Inner(int); }; Inner inner; " + READY + "};",
        "struct { int count; " + READY + "} awaiter;",
        "struct Outer { Outer(int); struct Awaiter { int x; " + READY + "}; };",
        "struct Awaiter { int x; ~Awaiter() {} " + READY + "};",
    ],
)
def test_an_awaiter_with_members_and_no_constructor_is_found(source, declaration):
    assert rules(source, declaration) == ["await-aggregate"]


@pytest.mark.parametrize(
    "declaration",
    [
        "struct Awaiter { explicit Awaiter(int count) : x{count} {} " + READY + "int x; };",
        "struct Awaiter { Awaiter(Awaiter&&) = delete; Awaiter(); " + READY + "int x; };",
        "struct Awaiter : Base<int> { using Base<int>::Base; " + READY + "int x; };",
        "struct FinalAwaiter { " + READY + "};",
        "struct FinalAwaiter { using T = int; static constexpr int limit = 3; friend class Task; " + READY + "};",
        "struct Outer { struct Awaiter { Awaiter(int); int x; " + READY + "}; int y; };",
        "struct Plain { int x; }; void g() { if (a.await_ready()) { h(); } }",
    ],
)
def test_an_awaiter_that_has_a_constructor_or_nothing_to_destroy_is_left_alone(source, declaration):
    assert rules(source, declaration) == []


def test_a_finding_names_the_line_of_the_lambda(source):
    found = list(coroutines.check(source("scenarios/x.cpp", "Task<> f() {\n  co_await run(\n      [this] {});\n}\n")))
    assert [finding.line for finding in found] == [3]
