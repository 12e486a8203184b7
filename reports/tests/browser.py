"""A headless Chromium, spoken to over its debugging pipe: one process for all tests, one tab per page."""

import base64
import json
import os
import select
import signal
import subprocess
import time
from pathlib import Path

PATIENCE_S = 60
SWITCHES = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--remote-debugging-pipe")
WATCHED = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded", "Network.requestWillBeSent")


class Browser:
    def __init__(self, folder):
        self._folder = Path(folder)
        told, self._tell = os.pipe()
        self._hear, said = os.pipe()
        # Chromium reads commands from descriptor 3 and writes answers to descriptor 4. The pipe's own
        # numbers may be 3 and 4, so they are moved out of the way first.
        command = ("exec 3<&%d 4>&%d; exec \"$@\"" % (told, said))
        self._process = subprocess.Popen(
            ["bash", "-c", command, "chromium", "chromium", *SWITCHES, f"--user-data-dir={self._folder / 'profile'}"],
            pass_fds=(told, said), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        os.close(told)
        os.close(said)
        self._rest, self._count, self.events = b"", 0, []

    def close(self):
        os.close(self._tell)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        os.close(self._hear)

    def call(self, method, session=None, **parameters):
        self._count += 1
        message = {"id": self._count, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._tell, data):]
        return self.wait_for(lambda answer: answer.get("id") == self._count)

    def wait_for(self, wanted):
        end = time.monotonic() + PATIENCE_S
        while True:
            *lines, self._rest = self._rest.split(b"\0")
            found = None
            for line in lines:
                answer = json.loads(line)
                if wanted(answer):
                    found = answer
                elif answer.get("method") in WATCHED:
                    self.events.append(answer)
            if found is not None:
                if "error" in found:
                    raise RuntimeError(found["error"]["message"])
                return found.get("result", found.get("params"))
            if not select.select([self._hear], [], [], max(0, end - time.monotonic()))[0]:
                raise TimeoutError("chromium did not answer")
            part = os.read(self._hear, 1 << 20)
            if not part:
                raise RuntimeError("chromium ended")
            self._rest += part

    def open(self, html, **view):
        """A tab with `html`, opened from disk as a reader would."""
        path = self._folder / f"page-{self._count}.html"
        path.write_text(html, encoding="utf-8")
        return Tab(self, path, **view)


class Tab:
    def __init__(self, browser, path, width=1200, height=800, dark=False, script=True):
        self._browser = browser
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._target = target
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.size(width, height)
        self.media(dark)
        if not script:
            self.call("Emulation.setScriptExecutionDisabled", value=True)
        self.call("Page.navigate", url=path.as_uri())
        browser.wait_for(lambda answer: answer.get("method") == "Page.loadEventFired")

    def call(self, method, **parameters):
        return self._browser.call(method, self._session, **parameters)

    def size(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def media(self, dark=False, kind=""):
        self.call("Emulation.setEmulatedMedia", media=kind,
                  features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def run(self, script):
        """The value of a JavaScript expression; an exception in it is an error."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["exception"]["description"])
        return answer["result"].get("value")

    def picture(self, path, whole=True):
        data = self.call("Page.captureScreenshot", captureBeyondViewport=whole, **({"clip": {
            "x": 0, "y": 0, "scale": 1, "width": self.run("innerWidth"),
            "height": self.run("document.documentElement.scrollHeight")}} if whole else {}))["data"]
        Path(path).write_bytes(base64.b64decode(data))

    def troubles(self):
        """What stood on the console, and what was asked of anything but the page's own file."""
        mine = [event for event in self._browser.events if event.get("sessionId") == self._session]
        asked = [event["params"]["request"]["url"] for event in mine if event["method"] == WATCHED[-1]]
        return ([event for event in mine if event["method"] != WATCHED[-1]]
                + [url for url in asked[1:] if not url.startswith("data:")])

    def close(self):
        self._browser.call("Target.closeTarget", targetId=self._target)
