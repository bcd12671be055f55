"""Debian's Firefox ESR, driven by WebDriver BiDi, which it speaks itself."""

import itertools
import json
import re
from contextlib import contextmanager

from websockets.sync.client import connect

from .process import running, wait_until
from .tab import Tab

PREFERENCES = {
    # The first start would otherwise look for updates, settings and what is new, in a network that has none.
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
}


@contextmanager
def firefox(folder, environment):
    """A tab of a new Firefox that takes the tests' certificate authority."""
    profile = folder / "firefox"
    profile.mkdir()
    lines = [f'user_pref("{name}", {json.dumps(value)});' for name, value in PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines))
    log = folder / "firefox.log"
    command = ["firefox-esr", "--profile", profile, "--new-instance", "--remote-debugging-port", "0", "about:blank"]
    with running(command, log, env={**environment, "HOME": str(folder), "MOZ_CRASHREPORTER_DISABLE": "1"}):
        address = wait_until(
            lambda: re.search(r"WebDriver BiDi listening on (ws://\S+)", log.read_text()), 60, f"Firefox; see {log}")
        with connect(f"{address[1]}/session", max_size=None) as socket:
            yield FirefoxTab(socket)


class FirefoxTab(Tab):
    def __init__(self, socket):
        self.socket = socket
        self.numbers = itertools.count(1)
        self.call("session.new", capabilities={"alwaysMatch": {"acceptInsecureCerts": True}})
        self.context = self.call("browsingContext.getTree")["contexts"][0]["context"]

    def call(self, method, **parameters):
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.recv(timeout=60))
            if message.get("id") == number:
                if message["type"] == "error":
                    raise AssertionError(f"{method}: {message['error']}: {message['message']}")
                return message["result"]

    def go(self, url):
        self.call("browsingContext.navigate", context=self.context, url=url, wait="complete")

    def evaluate(self, expression):
        """The value of an expression, by way of JSON; a promise is waited for."""
        result = self.call("script.evaluate", target={"context": self.context}, awaitPromise=True, userActivation=True,
                           expression=f"Promise.resolve({expression}).then(value => JSON.stringify(value) ?? 'null')")
        if result["type"] == "exception":
            raise AssertionError(result["exceptionDetails"]["text"])
        return json.loads(result["result"]["value"])

    def click(self, selector):
        x, y = self.centre(selector)
        self.perform("pointer", [{"type": "pointerMove", "x": round(x), "y": round(y)},
                                 {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}])

    def type(self, text):
        self.perform("key", [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")])

    def perform(self, kind, actions):
        source = {"type": kind, "id": kind, "actions": actions}
        self.call("input.performActions", context=self.context, actions=[source])
