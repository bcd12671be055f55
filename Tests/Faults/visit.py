"""A page on its way through the states of a session, and who can die meanwhile."""

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from websockets.exceptions import ConnectionClosed

from household import emulators
from lab.daemon import processes
from lab.paths import SITE
from lab.process import end, wait_until
from lab.protocol import ControlConnection, Problem
from lab.slow import THINKING

# The states, and how long one of them lasts at the least, in seconds: a victim dies at any moment of it.
STATES = {"opening": THINKING, "asking": 1.0, "downloading": 1.5, "starting": 0.4, "running": 1.0, "viewing": 1.0,
          "paused": 1.0, "stopping": 0.8}


class Visit:
    """One page's try; `reach` brings it into a state, and what was asked for may then still be on its way."""

    def __init__(self, house):
        self.house = house
        self.stack = ExitStack()
        self.page = None
        self.session = None
        self.pending = None
        self.viewer = None

    def __enter__(self):
        self.page = self.stack.enter_context(ControlConnection())
        return self

    def __exit__(self, *reason):
        self.stack.close()

    def come_back(self):
        """The page after it lost the daemon: a new connection, which finds the session if it lives."""
        self.__exit__()
        return self.__enter__()

    def reach(self, state):
        getattr(self, state)()
        time.sleep(self.house.dice.uniform(0, STATES[state]))

    def opening(self):
        self.pending = self.page.send("session.open", configuration=f"{SITE}/slow.jws", resume=self.house.resume)

    def asking(self):
        # Without its token the page is one that the owner does not know.
        self.pending = self.page.send("session.open", configuration=f"{SITE}/vm.jws")
        self.wait_for("consent.pending")
        wait_until(lambda: processes("lodger-consent"), 20, "the window")

    def downloading(self):
        self.house.forget_images()
        self.start()
        self.wait_for("session.progress", lambda event: event["step"] == "downloading" and (event["bytes"] or 0) > 0)

    def starting(self):
        self.start()
        self.wait_for("session.progress", lambda event: event["step"] == "starting")

    def running(self):
        self.start()
        self.answer()

    def viewing(self):
        self.running()
        self.view()

    def paused(self):
        self.viewing()
        self.page.ask("session.pause", session=self.session)

    def stopping(self):
        self.viewing()
        self.pending = self.page.send("session.stop", session=self.session)
        self.wait_for("session.changed", lambda event: event["session"]["state"] == "stopping")

    def start(self):
        self.session = self.house.open(self.page)
        self.pending = self.page.send("session.start", session=self.session)

    def view(self):
        ticket = self.page.ask("display.ticket", session=self.session)["ticket"]
        command = [sys.executable, Path(__file__).with_name("viewer.py"), SITE]
        self.viewer = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL, text=True)
        self.stack.callback(self.viewer.stdout.close)
        self.stack.callback(self.viewer.stdin.close)
        self.stack.callback(end, self.viewer)
        self.viewer.stdin.write(ticket + "\n")
        self.viewer.stdin.flush()
        assert self.viewer.stdout.readline() == "shown\n", "the viewer shows nothing"

    def wait_for(self, word, fits=lambda event: True):
        while True:
            message = self.page.receive(60)
            if message.get("id") == self.pending:
                raise AssertionError(f"{word} was waited for, but there is an answer: {message}")
            self.page.events.append(message)
            if message.get("event") == word and fits(message):
                return

    def answer(self):
        """What becomes of what was asked for: `done`, a problem's word, or `gone` with the daemon."""
        if self.pending is None:
            return "nothing asked"
        number, self.pending = self.pending, None
        try:
            self.page.reply(number)
            return "done"
        except Problem as problem:
            return problem.code
        except ConnectionClosed:
            return "gone"


def victims(house, visit):
    """The processes that can die, by name; some live in some states only."""
    return {
        "daemon": [house.daemon.process.pid],
        "libvirtd": processes("libvirtd"),
        "QEMU": emulators(),
        "window": processes("lodger-consent"),
        "network": processes("lodger-net"),
        "viewer": [visit.viewer.pid] if visit.viewer and visit.viewer.poll() is None else [],
    }


def kill(process):
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        pass  # it ended a moment before
