"""WebKitGTK's own small browser, driven by Debian's WebKitWebDriver."""

import json
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from .process import running, wait_until
from .tab import Tab

DRIVER = "http://127.0.0.1:4444"
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


def minibrowser():
    return str(next(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser")))


@contextmanager
def webkit(folder, environment):
    """A tab of a new MiniBrowser that takes the tests' certificate authority."""
    log = folder / "webkit.log"
    with running(["WebKitWebDriver", "--port=4444"], log, env={**environment, "HOME": str(folder)}):
        wait_until(driver_answers, 20, "WebKitWebDriver")
        tab = WebKitTab()
        try:
            yield tab
        finally:
            tab.quit()


def driver_answers():
    try:
        return call("GET", "/status")["ready"]
    except OSError:
        return False


def call(method, path, body=None):
    data = None if method == "GET" else json.dumps(body or {}).encode()
    request = urllib.request.Request(DRIVER + path, data, {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{method} {path}: {error.read().decode()}") from None


class WebKitTab(Tab):
    def __init__(self):
        options = {"binary": minibrowser(), "args": ["--automation"]}
        wanted = {"alwaysMatch": {"acceptInsecureCerts": True, "webkitgtk:browserOptions": options}}
        self.path = "/session/" + call("POST", "/session", {"capabilities": wanted})["sessionId"]

    def quit(self):
        call("DELETE", self.path)

    def go(self, url):
        call("POST", f"{self.path}/url", {"url": url})
        # The driver comes back before the page's modules have run.
        wait_until(lambda: self.evaluate("document.readyState === 'complete'"), 30, f"all of {url}")

    def evaluate(self, expression):
        script = f"""const done = arguments[0]
            Promise.resolve({expression}).then((value) => done({{ value }}), (error) => done({{ error: `${{error}}` }}))"""
        result = call("POST", f"{self.path}/execute/async", {"script": script, "args": []})
        assert "error" not in result, result["error"]
        return result.get("value")

    def click(self, selector):
        self.centre(selector)
        element = call("POST", f"{self.path}/element", {"using": "css selector", "value": selector})
        call("POST", f"{self.path}/element/{element[ELEMENT]}/click")

    def type(self, text):
        actions = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        call("POST", f"{self.path}/actions", {"actions": [{"type": "key", "id": "key", "actions": actions}]})

    def windows(self):
        return call("GET", f"{self.path}/window/handles")
