#!/usr/bin/env python3
"""A crowd at the door: Tests/lab/run Tests/Load/load.py [--strict] [--seconds N]. Prints Markdown.

A thousand idle pages, 200 live displays of which 20 read nothing, 10,000 half heads and 10,000 connections that close at once,
while one page works. That nobody starves, what a connection weighs and that all descriptors come back is always judged;
times are judged with --strict, for a computer that does nothing else.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

from crew import HELLO, allow_descriptors, crew, display, flood, half_heads, idle_pages, viewers
from lab.paths import PRODUCTS
from lab.process import end, wait_until
from lab.wire import TEXT, Gone, Wire
from sampling import held

PAGES, READING, SLEEPING, HEADS, FLOOD, PASSING = 1000, 180, 20, 10_000, 10_000, 600
# KiB of anonymous memory a connection, and of every display with its relay; and of one that has gone.
WEIGHT, TRACE = 60, 0.3
# Seconds that nobody may wait, however busy the computer is.
STARVED = 10.0
# Seconds, on a computer that does nothing else: the 99th percentile of a reply, and the longest wait for a frame.
REPLY, FRAME_WAIT = 0.020, 0.5


class Page:
    """The page that works while others crowd."""

    def __init__(self, port):
        self.port = port
        self.wire = Wire(port, "/v1", "lodger.v1", "https://worker.example")
        self.ask(b'{"id":1,"request":"hello","version":1,"client":"load"}')

    def ask(self, request=b'{"id":2,"request":"session.list"}'):
        begin = time.perf_counter()
        self.wire.send(request, TEXT)
        assert b'"reply"' in self.wire.receive()
        return time.perf_counter() - begin

    def work(self, seconds=0.0, until=None):
        """The times of replies and of a new connection now and then, and how many newcomers were turned away."""
        replies, arrivals, refused, stop = [], [], 0, time.monotonic() + seconds
        while time.monotonic() < stop or (until and not until.poll()):
            replies.append(self.ask())
            if len(replies) % 50 == 1:
                begin = time.perf_counter()
                try:
                    Wire(self.port, "/v1", "lodger.v1", "https://newcomer.example").close()
                    arrivals.append(time.perf_counter() - begin)
                except (Gone, OSError):
                    refused += 1
            time.sleep(0.002)
        if until:
            until.recv()
        return replies, arrivals, refused


class Load:
    def __init__(self, stand, port):
        self.stand = stand
        self.page = Page(port)
        self.rows = []
        self.faults = []
        self.slow = []

    def judge(self, what, value, bound, unit, strict=False):
        """Notes a measure; one over its bound is a fault, or, where it is a matter of time, one with --strict."""
        self.rows.append(f"| {what} | {value:.{2 if bound < 1 else 1}f} {unit} | {bound:g} {unit}{', quiet' if strict else ''} |")
        if value > bound:
            (self.slow if strict else self.faults).append(f"{what}: {value:.1f} {unit}, over {bound:g}")

    def work(self, what, **options):
        replies, arrivals, refused = self.page.work(**options)
        p99 = statistics.quantiles(replies, n=100)[98] if len(replies) > 1 else replies[0]
        self.judge(f"{what}: reply, p99 of {len(replies)}", p99 * 1000, REPLY * 1000, "ms", strict=True)
        self.judge(f"{what}: longest wait for a reply", max(replies), STARVED, "s")
        self.judge(f"{what}: longest wait of {len(arrivals)} newcomers", max(arrivals, default=0), STARVED, "s")
        self.judge(f"{what}: newcomers turned away", refused, 0, "pages")

    def look(self, what, watching):
        watching.send("report")
        delays, waits = watching.recv()
        self.judge(f"{what}: frame, p99 of {len(delays)}", statistics.quantiles(delays, n=100)[98] * 1000,
                   FRAME_WAIT * 1000, "ms", strict=True)
        self.judge(f"{what}: longest wait of a viewer for a frame", max(waits), STARVED, "s")

    def weigh(self, what, before, count, bound=WEIGHT):
        time.sleep(0.5)
        grown = (held(self.stand.pid)["anonymous"] - before["anonymous"]) / count
        self.judge(f"memory of {what}", grown, bound, "KiB")


def run(load, port, seconds):
    stand = load.stand.pid
    load.page.work(seconds=0.5)
    pass_by(port)
    passed = held(stand)
    pass_by(port)
    load.weigh("a page that has gone", passed, PASSING, TRACE)
    start = held(stand)
    with crew(idle_pages, port, PAGES) as pages:
        pages.recv()
        load.weigh("an idle page", start, PAGES)
        load.work("1,000 idle pages", seconds=seconds)
        before = held(stand)
        with crew(viewers, port, READING, SLEEPING) as watching:
            watching.recv()
            load.weigh("a display", before, READING + SLEEPING)
            # What came while they were still arriving waited for themselves.
            watching.send("report")
            watching.recv()
            load.work("and 200 displays", seconds=seconds)
            load.look("20 of 200 read nothing", watching)
            with crew(half_heads, port, HEADS) as attack:
                load.work("and 10,000 half heads", until=attack)
                load.look("half heads", watching)
                load.judge("half heads: connections held", held(stand)["descriptors"], 2 * 2048 + 64, "descriptors")
                # They end 10 s after their first bytes; the rest is for those who made them to take note of it.
                load.judge("half heads: until none is left", waited(attack, 60), 60, "s")
            with crew(flood, port, FLOOD) as attack:
                load.work("and 10,000 connections", until=attack)
            load.look("connections", watching)
        pages.send("report")
        load.judge("idle pages that lost their connection", pages.recv(), 0, "pages")
    wait_until(lambda: held(stand)["descriptors"] <= start["descriptors"], 15,
               lambda: f"the {start['descriptors']} descriptors of the start: {held(stand)}")


def pass_by(port):
    """Pages that come, are greeted and go."""
    for number in range(PASSING):
        page = Wire(port, "/v1", "lodger.v1", f"https://passer{number}.example")
        page.send(HELLO, TEXT)
        page.receive()
        page.close()
    time.sleep(0.5)


def waited(pipe, seconds):
    begin = time.monotonic()
    return time.monotonic() - begin if pipe.poll(seconds) and pipe.recv() else float("inf")


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--strict", action="store_true", help="judge times, too")
    options.add_argument("--seconds", type=float, default=2, help="how long each crowd is looked at")
    chosen = options.parse_args()
    if allow_descriptors() < HEADS + 1024:
        sys.exit("too few descriptors for the crowd: raise the hard limit (ulimit -Hn)")
    print(f"Load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; products of `{PRODUCTS.name}`.\n")
    with tempfile.TemporaryDirectory(dir="/tmp") as folder, crew(display, f"{folder}/display") as shown:
        shown.recv()
        stand = subprocess.Popen([PRODUCTS / "RelayBench", f"{folder}/display"], stdout=subprocess.PIPE, text=True)
        try:
            port = int(stand.stdout.readline())
            load = Load(stand, port)
            run(load, port, chosen.seconds)
        finally:
            end(stand)
            stand.stdout.close()
    print("| | measured | bound |\n|---|---|---|")
    print("\n".join(load.rows))
    if load.slow and not chosen.strict:
        print("\nSlow here, which counts with --strict:\n" + "\n".join(load.slow))
    sys.exit("\n".join(load.faults + (load.slow if chosen.strict else [])) or None)


if __name__ == "__main__":
    main()
