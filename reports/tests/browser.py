"""A headless Chromium, driven by playwright-core (browser.mjs): one process for all tests, one tab per page."""

import json
import select
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
PATIENCE_S = 60


class Browser:
    def __init__(self, folder):
        self._folder, self._count = Path(folder), 0
        self._process = subprocess.Popen(
            ["node", HERE / "browser.mjs", shutil.which("chromium")], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def close(self):
        self._process.stdin.close()
        try:
            self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def call(self, command, **what):
        self._process.stdin.write(json.dumps({"command": command, **what}).encode() + b"\n")
        self._process.stdin.flush()
        # An answer is one line and nothing follows it, so what select() sees is what readline() gets.
        if not select.select([self._process.stdout], [], [], PATIENCE_S)[0]:
            raise TimeoutError(f"chromium did not answer to {command}")
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the browser ended; `scripts/setup test` installs what it needs")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer.get("value")

    def open(self, html, **view):
        """A tab with `html`, opened from disk as a reader would."""
        self._count += 1
        path = self._folder / f"page-{self._count}.html"
        path.write_text(html, encoding="utf-8")
        return Tab(self, path, **view)


class Tab:
    def __init__(self, browser, path, width=1200, height=800, dark=False, script=True):
        self._browser = browser
        self._tab = browser.call("open", url=path.as_uri(), width=width, height=height, dark=dark, script=script)

    def _call(self, command, **what):
        return self._browser.call(command, tab=self._tab, **what)

    def run(self, script):
        """The value of a JavaScript expression; an exception in it is an error."""
        return self._call("run", script=script)

    def click(self, selector):
        """As a hand does: it fails where the thing cannot be seen, or another covers it."""
        self._call("click", selector=selector)

    def hover(self, selector):
        self._call("hover", selector=selector)

    def fill(self, selector, text):
        self._call("fill", selector=selector, text=text)

    def size(self, width, height):
        self._call("size", width=width, height=height)

    def media(self, kind):
        self._call("media", kind=kind)

    def picture(self, path, whole=True):
        self._call("picture", path=str(path), whole=whole)

    def print(self, path):
        """As a PDF, the way a reader's printer gets it."""
        self._call("print", path=str(path))

    def troubles(self):
        """What stood on the console, and what was asked of anything but the page's own file."""
        return self._call("troubles")

    def close(self):
        self._call("close")
