"""Makes a report of results directories: make_report.py RESULTS_DIR... [--base DIR] [--format FORMAT] [--out PATH]."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from gauntlet_report.load import BadSummary, load_summary
from gauntlet_report.load_comparison import load_comparison
from gauntlet_report.load_runs import load_runs

EXIT_USAGE = 2
TEXTS = ("html", "md", "json")
DRAWINGS = ("svg", "png")


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(
        prog="make_report.py",
        description="Write a self-contained report of DIR/summary.json; of several directories, one page side by side.",
        epilog="example: make_report.py results/2026-01-31 --out /tmp/report.html",
    )
    parser.add_argument("results", metavar="RESULTS_DIR", type=Path, nargs="+", help="directory that holds summary.json")
    parser.add_argument("--base", metavar="DIR", type=Path,
                        help="directory that RESULTS_DIR/comparison.json holds it against (gauntlet report --base)")
    parser.add_argument("--format", choices=(*TEXTS, *DRAWINGS), default="html",
                        help="svg and png: a folder with each chart (default: %(default)s)")
    parser.add_argument("--out", metavar="PATH", type=Path, help="where to write (default: the last RESULTS_DIR)")
    return parser.parse_args(arguments)


def write_whole(path, content):
    """Replaces `path` in one step, so that a reader never meets half a report."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content if isinstance(content, bytes) else content.encode("utf-8"))
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
    together = len(options.results) > 1 or options.base
    if options.base and len(options.results) > 1:
        return fail("--base is held against one results directory, not several")
    if together and options.format in DRAWINGS:
        return fail(f"charts as {options.format} are made of one results directory; leave out the others")
    try:
        made = made_of_several(options) if together else made_of_one(options)
    except BadSummary as error:
        return fail(error)
    except ModuleNotFoundError as error:
        return fail(f"the Python module {error.name} is missing; install it with scripts/setup")
    name, content = made
    out = options.out or options.results[-1] / name
    try:
        written = write_folder(out, content) if isinstance(content, dict) else write_whole(out, content)
    except OSError as error:
        return fail(f"cannot write {out}: {error.strerror}; choose another place with --out")
    if written:
        return fail(written)
    print(out)
    return 0


def made_of_one(options):
    """(name of the file, its content); of drawings (name of the folder, name -> SVG)."""
    directory, form = options.results[0], options.format
    summary, runs = load_summary(directory), load_runs(directory)
    from gauntlet_report import as_json, chart_files, markdown, render
    from gauntlet_report.view import build_view
    if form in DRAWINGS:
        return "charts", {f"{name}.{form}": svg for name, svg in chart_files.chart_files(summary, runs)}
    if form == "html":
        return "report.html", render.render_report(summary, runs)
    return f"report.{form}", {"md": markdown, "json": as_json}[form].report(build_view(summary, runs))


def made_of_several(options):
    directories = [options.base, *options.results] if options.base else options.results
    comparison = load_comparison(options.results[0], options.base) if options.base else None
    summaries, names = [load_summary(directory) for directory in directories], [str(path) for path in directories]
    from gauntlet_report import as_json, markdown, render
    from gauntlet_report.changes_view import changes_view
    from gauntlet_report.side_view import sides_view
    form = options.format
    if comparison:
        return f"changes.{form}", {
            "html": lambda: render.render_changes(comparison, names, summaries, [load_runs(path) for path in directories]),
            "md": lambda: markdown.changes(changes_view(comparison, names, summaries)),
            "json": lambda: as_json.changes(changes_view(comparison, names, summaries))}[form]()
    return f"side_by_side.{form}", {
        "html": lambda: render.render_sides(names, summaries),
        "md": lambda: markdown.sides(sides_view(names, summaries)),
        "json": lambda: as_json.sides(sides_view(names, summaries))}[form]()


def write_folder(folder, drawings):
    """Why a drawing could not be made; empty when all were."""
    from gauntlet_report.chart_files import CannotConvert, png_of
    folder.mkdir(exist_ok=True)
    for name, svg in drawings.items():
        try:
            write_whole(folder / name, png_of(svg) if name.endswith(".png") else svg)
        except CannotConvert as error:
            return str(error)
    return ""


if __name__ == "__main__":
    sys.exit(main())
