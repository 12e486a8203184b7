"""Which folder may include which. The order is that of the way through the house: data moves forward only."""

import re

from style.source import Finding

# A folder may include itself and whatever stands further down. A subfolder that is not named here belongs to the
# nearest one that is.
ORDER = (
    "harness/cli",
    "harness/doctor",
    "harness/export",
    "harness/import",
    "harness/history",
    "harness/gate",
    "harness/plan",
    "harness/subject",
    "harness/worker",
    "harness/load",
    "harness/measure",
    "harness/stats",
    "harness/store",
    "scenarios",
    "fault-injection",
    "runtimes/conformance",
    "runtimes",
    "runtimes/libuv/native",
    "runtimes/asio/native",
    "runtimes/native",
    "runtimes/configuration",
    "runtimes/recovery",
    "runtimes/shutdown",
    "runtimes/stream",
    "runtimes/resilience",
    "runtimes/http",
    "runtimes/sync",
    "runtimes/channel",
    "runtimes/single_loop",
    "runtimes/multi_loop",
    "runtimes/io_uring",
    "runtimes/work_stealing",
    "runtimes/libuv",
    "runtimes/asio",
    "runtimes/fallback",
    "runtimes/fallback/core",
    "runtimes/busy_wait",
    "runtimes/loop",
    "runtimes/recovery/storage",
    "runtimes/task",
    "runtimes/failpoint",
    "runtimes/contract",
    "runtimes/files",
)

# Files that stand elsewhere than their folder does: the table of all runtimes stands above those that it names.
OWN_STOP = {"runtimes/contract/registry.cpp": "runtimes"}

# The runtimes themselves: they know nothing of one another. Only what lists them, and tests that need one to run on,
# may name one; all else reaches it through the registry.
BACKENDS = {
    "runtimes/single_loop",
    "runtimes/multi_loop",
    "runtimes/io_uring",
    "runtimes/work_stealing",
    "runtimes/libuv",
    "runtimes/asio",
    "runtimes/fallback",
    "runtimes/busy_wait",
}
KNOWS_BACKENDS = {"runtimes/conformance", "runtimes"}

# Folders that may include less than their place in the order allows.
ONLY = {
    # The journal is what the faults of storage are for, and what their tests hurt.
    "fault-injection": {
        "runtimes/recovery",
        "runtimes/recovery/storage",
        "runtimes/task",
        "runtimes/failpoint",
        "runtimes/contract",
        "runtimes/files",
    },
    # It has to do without everything.
    "runtimes/fallback/core": {"runtimes/contract"},
    # The same servers without our seam; the parser is no part of it.
    "runtimes/libuv/native": {"runtimes/native"},
    "runtimes/asio/native": {"runtimes/native"},
    "runtimes/native": {"runtimes/http"},
}

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]*)"|<([^>]*)>)')


def stop_of(path):
    """The entry of ORDER that a file belongs to; None when there is none."""
    if path in OWN_STOP:
        return OWN_STOP[path]
    folder = path.rpartition("/")[0]
    while folder:
        if folder in ORDER:
            return folder
        folder = folder.rpartition("/")[0]
    return None


def refusal(user, used, in_tests):
    """Why `user` may not include `used`; None when it may."""
    if user == used or (in_tests and used in BACKENDS and user not in BACKENDS):
        return None
    if user in ONLY and used not in ONLY[user]:
        return f"{user}/ may include only {', '.join(sorted(ONLY[user]))}"
    if ORDER.index(used) < ORDER.index(user):
        return f"{user}/ stands after {used}/ and may not include it"
    if used in BACKENDS and user not in KNOWS_BACKENDS:
        return f"{used}/ is one runtime among others; reach it through the registry"
    return None


def check(source, root):
    if not source.is_cpp:
        return
    user = stop_of(source.path)
    if user is None:
        message = f"{source.folder or 'the root'}/ has no place in ORDER of scripts/style/layers.py"
        yield Finding(source.path, 1, "layering", message)
        return
    for number, line in enumerate(source.lines, 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        quoted, bracketed = match.groups()
        if bracketed is not None:
            if (root / bracketed).is_file():
                yield Finding(source.path, number, "include-root", f'ours, so write "{bracketed}"')
            continue
        if ".." in quoted.split("/") or not (root / quoted).is_file():
            message = f'"{quoted}" is no file below the root; a path in quotes starts there'
            yield Finding(source.path, number, "include-root", message)
            continue
        used = stop_of(quoted)
        reason = refusal(user, used, "/tests/" in source.path) if used else f"{quoted} has no place in ORDER of scripts/style/layers.py"
        if reason:
            yield Finding(source.path, number, "layering", reason)
