#!/usr/bin/env python3
"""A daemon at work for a long time: Tests/lab/run Tests/Load/soak.py MINUTES [SEED]. Prints Markdown.

Machines come and go with their displays, ports and downloads, while pages of other sites connect, ask and misbehave. It
fails where what the daemon holds has grown after the warm-up, or where anything is left at the end.
"""

import json
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

from websockets.exceptions import ConnectionClosed

from crowd import Crowd
from lab.authority import Authority
from lab.daemon import Daemon, processes
from lab.lodging import assert_nothing_is_left
from lab.process import wait_until
from lab.protocol import ControlConnection, Problem
from lab.site import example_site
from sampling import Sampler, held

# A machine each; gentle, because the computer is rarely ours alone.
CYCLE = 20
# Seconds for caches, pools and the allocator to find their size, or half of a run that is too short for that.
SETTLING = 1800
# What the least-squares line of a measure may rise from the end of the warm-up to the end, whatever the time.
BOUNDS = {"resident": 3072, "anonymous": 1024, "descriptors": 2, "threads": 1}
ENDINGS = ("page", "page", "owner", "crash", "forget")


class Soak:
    def __init__(self, daemon, seed):
        self.daemon = daemon
        self.dice = random.Random(seed)
        self.crowd = Crowd(24, seed)
        self.resume = None
        self.done = {"machines": 0, "viewers": 0, "answers of guests": 0, "downloads": 0, "questions": 0}
        self.failures = []

    def turn(self):
        """A cycle, whose failure is kept for the end and does not end the others."""
        try:
            self.cycle()
        except Exception as failure:
            self.failures.append(f"{type(failure).__name__} in the cycle after machine {self.done['machines']}: {failure}")
            print(self.failures[-1], file=sys.stderr)
            self.daemon.owner("stop", "--all")

    def cycle(self):
        """A machine from its page's arrival to its end."""
        if self.dice.random() < 0.2:
            self.forget_images()
        self.crowd.turn()
        with ControlConnection() as page:
            session = self.opened(page)
            page.ask("session.start", session=session)
            self.done["machines"] += 1
            for _ in range(self.dice.randint(1, 3)):
                self.view(page, session)
            self.visit(page, session)
            if self.dice.random() < 0.5:
                page.ask("session.pause", session=session)
                page.ask("session.resume", session=session)
            self.end(page, session)

    def opened(self, page):
        before = self.resume
        reply = page.open(self.daemon, remember=True, **({"resume": before} if before else {}))
        self.resume = reply.get("resume") or before
        self.done["questions"] += self.resume != before
        return reply["session"]["id"]

    def view(self, page, session):
        with page.display(session) as display:
            assert display.recv(timeout=30).startswith(b"RFB")
            display.send(b"RFB 003.008\n")
            display.recv(timeout=30)
            self.done["viewers"] += 1

    def visit(self, page, session, seconds=12):
        """Asks the guest's web server, for as long as a guest may need to start one."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                with page.port(session, 80) as guest:
                    guest.send(b"GET / HTTP/1.0\r\n\r\n")
                    assert guest.recv(timeout=10).startswith(b"HTTP/1")
                    self.done["answers of guests"] += 1
                    return
            except (AssertionError, ConnectionClosed, Problem, TimeoutError):
                time.sleep(1)

    def end(self, page, session):
        how = self.dice.choice(ENDINGS)
        if how == "page":
            page.ask("session.stop", session=session)
        elif how == "owner":
            self.daemon.owner("stop", "--all")
        elif how == "crash":
            for process in processes("qemu-system-x86_64"):
                os.kill(process, signal.SIGKILL)
        else:
            page.ask("session.forget", session=session)
            self.resume = None
        wait_until(lambda: all(kept["state"] == "stopped" for kept in self.daemon.sessions()), 60, f"the end by {how}")

    def forget_images(self):
        for image in json.loads(self.daemon.owner("images", "--json")):
            self.daemon.owner("images", "rm", image["digest"])
            self.done["downloads"] += 1


def soak(daemon, minutes, seed):
    """Works for the time and gives the samples, what was held before and after, and the work."""
    work = Soak(daemon, seed)
    # The first machine brings what stays: the connection to libvirt, threads, a record.
    work.cycle()
    work.crowd.close()
    time.sleep(12)
    before = held(daemon.process.pid)
    end = time.monotonic() + minutes * 60
    finders = {"daemon": lambda: daemon.process.pid, "libvirtd": lambda: processes("libvirtd")[0]}
    with Sampler(**finders) as sampler:
        while time.monotonic() < end:
            begin = time.monotonic()
            work.turn()
            time.sleep(max(0.0, CYCLE - (time.monotonic() - begin)))
    work.crowd.close()
    time.sleep(12)
    return sampler, before, held(daemon.process.pid), work


def judge(sampler, before, after, warm_up):
    """Prints what has grown, and gives the faults; in a short run growth is not told from the swing of each machine."""
    faults = []
    judged = warm_up >= SETTLING
    print("\n| daemon | rise | bound | idle before | idle after |\n|---|---|---|---|---|")
    for measure, rise in sampler.growth("daemon", warm_up).items():
        print(f"| {measure} | {rise:+.1f} | {BOUNDS[measure]} | {before[measure]} | {after[measure]} |")
        if judged and rise > BOUNDS[measure]:
            faults.append(f"{measure} rose by {rise:.1f} after the warm-up")
    if after["descriptors"] > before["descriptors"]:
        faults.append(f"{after['descriptors'] - before['descriptors']} descriptors are left")
    print("\n| libvirtd | rise |\n|---|---|")
    for measure, rise in sampler.growth("libvirtd", warm_up).items():
        print(f"| {measure} | {rise:+.1f} |")
    return faults


def main(minutes, seed):
    folder = Path(tempfile.mkdtemp())
    authority = Authority(folder)
    place = folder / "daemon"
    place.mkdir()
    print(f"{minutes:g} minutes, seed {seed}, load before {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    daemon = Daemon(place, authority, dict(os.environ), "--consent", "command-line", "--log-level", "notice")
    try:
        with example_site(folder, authority):
            daemon.start()
            sampler, before, after, work = soak(daemon, minutes, seed)
            assert_nothing_is_left(daemon)
            daemon.stop()
    finally:
        print(daemon.log.read_text()[-4000:], file=sys.stderr)
        daemon.clear()
    print("Done: " + ", ".join(f"{count} {what}" for what, count in work.done.items()) + ".\n")
    for name in ("daemon", "libvirtd"):
        print("\n".join(sampler.table(name)), end="\n\n")
    faults = judge(sampler, before, after, warm_up=min(minutes * 30, SETTLING))
    sys.exit("\n".join(work.failures + faults) or None)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) == 3 else random.randrange(1 << 32))
