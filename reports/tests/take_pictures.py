"""Takes the pictures of the READMEs again, of a report's real figures: take_pictures.py RESULTS_DIR (a finished bench)."""

import io
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

# Name, what stands at its upper edge, view.
PICTURES = (
    ("report", "#recommendation", {"width": 1200, "height": 1150}),
    ("charts", "#part-load figure", {"width": 1200, "height": 1150}),
    ("phone", "#recommendation", {"width": 375, "height": 812, "dark": True}),
)
SHOW = """(() => {{
  const one = document.querySelector({place!r});
  const under = document.querySelector('nav').offsetHeight + 12;
  scrollTo(0, one.getBoundingClientRect().top + scrollY - under);
}})()"""


def main(arguments):
    if len(arguments) != 1:
        print("usage: take_pictures.py RESULTS_DIR, of a finished bench", file=sys.stderr)
        return 2
    from browser import Browser
    from gauntlet_report.load import BadSummary, load_summary
    from gauntlet_report.load_runs import load_runs
    from gauntlet_report.render import render_report
    try:
        page = render_report(load_summary(Path(arguments[0])), load_runs(Path(arguments[0])))
    except BadSummary as error:
        print(f"take_pictures: {error}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        browser = Browser(folder)
        try:
            for name, place, view in PICTURES:
                tab = browser.open(page, **view)
                tab.run(SHOW.format(place=place))
                path = HERE.parent / "pictures" / f"{name}.png"
                tab.picture(path, whole=False)
                tab.close()
                shrink(path)
                print(path)
        finally:
            browser.close()
    return 0


def shrink(path):
    """Without loss: few colours would make two runtimes alike."""
    from PIL import Image
    packed = io.BytesIO()
    Image.open(path).convert("RGB").save(packed, "PNG", optimize=True)
    path.write_bytes(packed.getvalue())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
