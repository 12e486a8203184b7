"""Makes report.html from a results directory: make_report.py RESULTS_DIR [--out FILE]."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from gauntlet_report.load import BadSummary, load_summary
from gauntlet_report.load_runs import load_runs

EXIT_USAGE = 2


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(
        prog="make_report.py",
        description="Write one self-contained HTML report from DIR/summary.json.",
        epilog="example: make_report.py results/2026-01-31 --out /tmp/report.html",
    )
    parser.add_argument("results", metavar="RESULTS_DIR", type=Path, help="directory that holds summary.json")
    parser.add_argument("--out", metavar="FILE", type=Path, help="where to write (default: RESULTS_DIR/report.html)")
    return parser.parse_args(arguments)


def write_whole(path, text):
    """Replaces `path` in one step, so that a reader never meets half a report."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def fail(message):
    print(f"report: {message}", file=sys.stderr)
    return EXIT_USAGE


def main(arguments=None):
    options = parse_arguments(arguments)
    out = options.out or options.results / "report.html"
    try:
        summary, runs = load_summary(options.results), load_runs(options.results)
    except BadSummary as error:
        return fail(error)
    try:
        from gauntlet_report.render import render_report
    except ModuleNotFoundError as error:
        return fail(f"the Python module {error.name} is missing; install it with scripts/setup")
    try:
        write_whole(out, render_report(summary, runs))
    except OSError as error:
        return fail(f"cannot write {out}: {error.strerror}; choose another file with --out FILE")
    print(out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
