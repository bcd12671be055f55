#!/usr/bin/env python3
"""Measures the daemon's relay against Debian's websockify, in turns in one run: bench/relay.py RELAYBENCH. Prints Markdown."""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Tests"))
from lab.wire import Wire  # noqa: E402

ROUNDS = 7
BULK = 512 << 20
PIECE = 64 << 10
PINGS = 3000
TICK = os.sysconf("SC_CLK_TCK")


class Backend:
    """A stand-in for a display: the first byte that comes says what it does."""

    def __init__(self, path):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(128)
        self.received = 0
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=[connection], daemon=True).start()

    def serve(self, connection):
        with connection:
            order = connection.recv(1)
            if order == b"d":
                piece, left = memoryview(bytes(PIECE)), BULK
                while left:
                    left -= connection.send(piece[:left])
                connection.recv(1)
            elif order == b"u":
                buffer, self.received = bytearray(1 << 20), 0
                while self.received < BULK:
                    self.received += connection.recv_into(buffer)
                connection.sendall(b"done")
                connection.recv(1)
            else:
                while len(connection.recv(10)) == 10:
                    connection.sendall(bytes(16))


class Viewer(Wire):
    count = 0

    def __init__(self, port, path, protocol, ticket):
        # Of another site each: one site may have 16 sockets only.
        Viewer.count += 1
        super().__init__(port, path, protocol, f"https://site{Viewer.count}.example", ticket)


class Bridge:
    def __init__(self, name, process, port, path, protocol, ticket):
        self.name, self.process, self.port = name, process, port
        self.door = (path, protocol, ticket)

    def view(self):
        return Viewer(self.port, *self.door)

    def processes(self):
        """The process and its children: websockify forks for each connection."""
        found = [self.process.pid]
        for process in found:
            try:
                for task in os.listdir(f"/proc/{process}/task"):
                    with open(f"/proc/{process}/task/{task}/children") as children:
                        found += [int(child) for child in children.read().split()]
            except FileNotFoundError:
                continue
        return found

    def processor(self):
        used = 0
        for process in self.processes():
            try:
                with open(f"/proc/{process}/stat") as stat:
                    fields = stat.read().rsplit(")", 1)[1].split()
            except FileNotFoundError:
                continue  # a child that has ended since; its parent counts it
            # Its own, and that of children which have ended.
            used += sum(int(field) for field in fields[11:15])
        return used / TICK

    def memory(self):
        """Proportional set, in KiB."""
        total = 0
        for process in self.processes():
            with open(f"/proc/{process}/smaps_rollup") as rollup:
                total += int(next(line for line in rollup if line.startswith("Pss:")).split()[1])
        return total


def bulk(bridge, order):
    viewer = bridge.view()
    before, begin = bridge.processor(), time.perf_counter()
    viewer.send(order)
    if order == b"d":
        buffer, got = bytearray(1 << 20), 0
        while got < BULK:
            got += viewer.socket.recv_into(buffer)
    else:
        piece = viewer.frame(bytes(PIECE - 1))
        whole, left = piece * 16, BULK // (PIECE - 1) + 1
        for _ in range(left // 16 + 1):
            viewer.socket.sendall(whole)
        viewer.receive()
    took, used = time.perf_counter() - begin, bridge.processor() - before
    viewer.close()
    time.sleep(0.3)  # what a bridge still does for this viewer is not the next one's
    return BULK / took / 1e6, used / (BULK / 1e9)


def ping(bridge):
    viewer, times = bridge.view(), []
    request = viewer.frame(b"p" * 10)
    viewer.send(b"p")
    for _ in range(PINGS):
        begin = time.perf_counter()
        viewer.socket.sendall(request)
        viewer.exactly(18)
        times.append((time.perf_counter() - begin) * 1e6)
    viewer.close()
    return statistics.median(times), statistics.quantiles(times, n=100)[98]


def weight(bridge):
    """Memory in KiB: with one viewer, and of each further one up to 60."""
    viewers = [bridge.view()]
    viewers[0].send(b"p")
    time.sleep(0.5)
    one = bridge.memory()
    for _ in range(59):
        viewers.append(bridge.view())
        viewers[-1].send(b"p")
    time.sleep(1)
    many = bridge.memory()
    for viewer in viewers:
        viewer.close()
    return one, (many - one) / 59


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def main():
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        path = f"{folder}/backend"
        Backend(path)
        ours = subprocess.Popen([sys.argv[1], path], stdout=subprocess.PIPE, text=True)
        port = free_port()
        theirs = subprocess.Popen(["websockify", "--unix-target", path, f"127.0.0.1:{port}"],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        bridges = [Bridge("lodger", ours, int(ours.stdout.readline()), "/display", "lodger.display.v1", True),
                   Bridge("websockify", theirs, port, "/", "binary", False)]
        time.sleep(2)
        try:
            rows(bridges)
        finally:
            ours.kill()
            theirs.terminate()
            ours.wait()
            theirs.wait()


def rows(bridges):
    # Websockify's child gives its processor time to its parent only when it has ended, so each is watched while it runs.
    down, up, pings = ({bridge.name: [] for bridge in bridges} for _ in range(3))
    for _ in range(ROUNDS):
        for bridge in bridges:
            down[bridge.name].append(bulk(bridge, b"d"))
            up[bridge.name].append(bulk(bridge, b"u"))
            pings[bridge.name].append(ping(bridge))
    weights = {bridge.name: weight(bridge) for bridge in bridges}

    def middle(values, index):
        return statistics.median(value[index] for value in values)

    print("| | lodger | websockify | ratio |\n|---|---|---|---|")
    for name, values, index, digits in (
            ("down, MB/s", down, 0, 0), ("down, CPU s a GB", down, 1, 2), ("up, MB/s", up, 0, 0),
            ("up, CPU s a GB", up, 1, 2), ("round trip p50, µs", pings, 0, 0), ("round trip p99, µs", pings, 1, 0)):
        ours, theirs = middle(values["lodger"], index), middle(values["websockify"], index)
        print(f"| {name} | {ours:.{digits}f} | {theirs:.{digits}f} | {ours / theirs:.2f} |")
    for name, index in (("memory with one viewer, KiB", 0), ("memory of each further viewer, KiB", 1)):
        ours, theirs = weights["lodger"][index], weights["websockify"][index]
        print(f"| {name} | {ours:.1f} | {theirs:.1f} | {ours / theirs:.3f} |")


if __name__ == "__main__":
    main()
