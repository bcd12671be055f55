"""A daemon with a site, a session that the owner remembers, and everything on this computer that could be left over."""

import json
import os
import re
import stat
import subprocess
import time

from lab.daemon import listeners, processes
from lab.owner import answer
from lab.paths import SITE
from lab.process import wait_until
from lab.protocol import ControlConnection, Problem

MACHINE = re.compile(r"lodger(?:-|/machines/)[0-9a-f]{8}-")
ALIVE = {"running", "paused", "stopping"}


def everybody():
    """Every process here, with its command line; none but ours can be seen."""
    found = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/cmdline") as line, open(f"/proc/{entry}/stat") as status:
                if status.read().rsplit(")", 1)[1].split()[0] != "Z":
                    found[int(entry)] = line.read().replace("\0", " ").strip()
        except OSError:
            continue  # ended meanwhile
    return found


def emulators():
    """The processes of QEMU that are machines of ours; libvirt also starts some to ask them what they can do."""
    here = everybody()
    return [process for process in processes("qemu-system-x86_64") if MACHINE.search(here.get(process, ""))]


class Household:
    def __init__(self, daemon, dice):
        self.daemon = daemon
        self.dice = dice
        self.resume = None
        self.before = None

    def settle_in(self):
        """The owner says yes for a while, and a first machine brings what stays."""
        self.daemon.start()
        with ControlConnection() as page:
            number = page.send("session.open", configuration=f"{SITE}/vm.jws")
            answer(self.daemon, "allow-remember")
            reply = page.reply(number)
            self.resume = reply["resume"]
            self.images = json.loads(self.daemon.owner("images", "--json"))
            page.ask("session.start", session=reply["session"]["id"])
            self.switch_off(page, reply["session"]["id"])
        self.before = self.inventory()

    def open(self, page, configuration=f"{SITE}/vm.jws"):
        """The session's identifier, without a question."""
        while True:
            try:
                return page.ask("session.open", configuration=configuration, resume=self.resume)["session"]["id"]
            except Problem as problem:
                # The budget of fetches is not what is tried here.
                if problem.code != "asked-too-often":
                    raise
                time.sleep(problem.after)

    def switch_off(self, page, session):
        """Ends a machine at once: a paused guest is not asked to do it itself."""
        try:
            page.ask("session.pause", session=session)
        except Problem as problem:
            if problem.code != "session-state":
                raise
        page.ask("session.stop", session=session)

    def forget_images(self):
        for image in json.loads(self.daemon.owner("images", "--json")):
            self.daemon.owner("images", "rm", image["digest"])

    # What is true, and who says so.

    def told(self):
        """The session's state and reason as the owner is told."""
        sessions = self.daemon.sessions()
        assert len(sessions) <= 1, sessions
        return (sessions[0]["state"], sessions[0].get("reason")) if sessions else ("stopped", None)

    def agrees(self, page):
        """Whether the page's list, its last event, the owner's list and the processes say the same; gives the state."""
        listed = page.ask("session.list")["sessions"]
        state, reason = self.told()
        seen = (listed[0]["state"], listed[0]["reason"]) if listed else ("stopped", None)
        events = [event["session"] for event in page.events if event.get("event") == "session.changed"]
        last = (events[-1]["state"], events[-1]["reason"]) if events else seen
        machines = len(emulators())
        same = (state, reason) == seen == last and machines == (state in ALIVE)
        self.disagreement = f"owner {state, reason}, page {seen}, event {last}, {machines} machines"
        return (state, reason) if same and state not in ("preparing", "starting") else None

    def truth(self, page, passing=(), seconds=30):
        """The state that all agree on for a while, and that is none that must pass."""

        def lasting():
            first = self.agrees(page)
            time.sleep(0.5)
            return first[0] if first and first[0] not in passing and self.agrees(page) == first else None

        return wait_until(lasting, seconds, lambda: f"one truth: {self.disagreement}")

    # What is left over.

    def inventory(self):
        """What may not grow: processes, domains, layers, sockets, folders of machines, ports."""
        ours = {os.getpid(), self.daemon.process.pid if self.daemon.process else 0, *processes("libvirtd")}
        domains = subprocess.run(["virsh", "-q", "-c", "qemu:///session", "list", "--all", "--name"], check=True,
                                 timeout=30, env=self.daemon.environment, capture_output=True, text=True).stdout
        paths = [path for path in self.daemon.place.rglob("*")]
        runtime = self.daemon.place / "run/lodger/machines"
        # libvirtd started for that question, or one that was killed and is back.
        ours |= set(processes("libvirtd"))
        return {
            "processes": {line for process, line in everybody().items() if process not in ours},
            "domains": set(domains.split()),
            "layers": {path.name for path in paths if path.suffix == ".qcow2"},
            "sockets": {str(path) for path in paths if is_socket(path)},
            "machine folders": set(os.listdir(runtime)) if runtime.exists() else set(),
            "ports": set(listeners()),
            "damaged records": {path.name for path in paths if ".damaged-" in path.name},
        }

    def leftovers(self):
        now = self.inventory()
        return {name: sorted(found - self.before[name]) for name, found in now.items() if found - self.before[name]}

    def assert_nothing_is_left(self, seconds=120):
        """In the end: a libvirt that died in the middle of a start holds on to the machine for a minute."""
        wait_until(lambda: not self.leftovers(), seconds, lambda: f"nothing left: {self.leftovers()}")
        for record in self.daemon.state.rglob("*.json"):
            json.loads(record.read_text())


def is_socket(path):
    try:
        return stat.S_ISSOCK(path.lstat().st_mode)
    except OSError:
        return False
