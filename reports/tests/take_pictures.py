"""Takes the pictures of the README again, from made-up figures: take_pictures.py."""

import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE / "fixtures")]

PICTURES = (("report", {"width": 1200, "height": 1150}), ("phone", {"width": 375, "height": 812, "dark": True}))


def main():
    import make_fixtures
    import make_runs
    from browser import Browser
    from gauntlet_report.load import load_summary
    from gauntlet_report.load_runs import load_runs
    from gauntlet_report.render import render_report
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        make_runs.write(folder, make_fixtures.many())
        page = render_report(load_summary(folder), load_runs(folder))
        browser = Browser(folder)
        try:
            for name, view in PICTURES:
                tab = browser.open(page, **view)
                tab.run("location.hash = 'recommendation'")
                tab.picture(HERE.parent / "pictures" / f"{name}.png", whole=False)
                tab.close()
        finally:
            browser.close()


if __name__ == "__main__":
    main()
