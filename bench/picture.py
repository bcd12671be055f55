#!/usr/bin/env python3
"""What whole pictures of a real QEMU cost on each way to a page, in turns in one run: bench/picture.py RELAYBENCH. Prints Markdown.

QEMU's own WebSocket is the peer that needs no bridge at all; Lodger never opens it, because it admits every page.
"""

import os
import statistics
import struct
import subprocess
import sys
import tempfile
import time

from relay import Bridge, Viewer, free_port

ROUNDS = 5
SECONDS = 4


class Screen:
    """A viewer that asks for whole pictures, one after the other, and throws them away."""

    def __init__(self, viewer):
        self.viewer = viewer
        self.left = b""
        assert self.take(12) == b"RFB 003.008\n"
        viewer.send(b"RFB 003.008\n")
        self.take(self.take(1)[0])
        viewer.send(b"\x01")  # no password
        assert self.take(4) == bytes(4)
        viewer.send(b"\x01")  # shared
        self.width, self.height, pixel = struct.unpack("!HHB", self.take(5))
        rest = self.take(19)
        self.take(struct.unpack("!I", rest[15:])[0])
        self.pixel = pixel // 8
        viewer.send(struct.pack("!BxHi", 2, 1, 0))  # raw only

    def take(self, count):
        while len(self.left) < count:
            self.left += self.viewer.receive()
        taken, self.left = self.left[:count], self.left[count:]
        return taken

    def skip(self, count):
        if count <= len(self.left):
            self.left = self.left[count:]
            return
        count -= len(self.left)
        self.left = b""
        while count > 0:
            piece = self.viewer.receive()
            self.left = piece[count:]
            count -= len(piece)

    def picture(self):
        """Asks for a whole picture and returns its bytes of pixels."""
        self.viewer.send(struct.pack("!BBHHHH", 3, 0, 0, 0, self.width, self.height))
        kind, rectangles = struct.unpack("!BxH", self.take(4))
        assert kind == 0, kind
        total = 0
        for _ in range(rectangles):
            _, _, width, height, encoding = struct.unpack("!HHHHi", self.take(12))
            assert encoding == 0, encoding
            total += width * height * self.pixel
            self.skip(width * height * self.pixel)
        return total


def measure(bridge, qemu):
    """Pictures a second, and processor seconds of QEMU and the bridge for a GB of pixels."""
    viewer = bridge.view()
    screen = Screen(viewer)
    screen.picture()
    ways = {bridge, qemu}
    before, begin = sum(way.processor() for way in ways), time.perf_counter()
    pictures = pixels = 0
    while time.perf_counter() < begin + SECONDS:
        pixels += screen.picture()
        pictures += 1
    took, used = time.perf_counter() - begin, sum(way.processor() for way in ways) - before
    viewer.close()
    time.sleep(0.3)
    return pictures / took, used / (pixels / 1e9)


def main():
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        path = f"{folder}/vnc"
        port, theirs, plain = free_port(), free_port(), free_port()
        # Without a guest: the card's memory is what is shown, which is all the same to who carries it.
        qemu = subprocess.Popen(
            ["qemu-system-x86_64", "-nodefaults", "-S", "-display", "none", "-accel", "tcg", "-machine", "q35",
             "-device", "VGA,xres=1920,yres=1080", "-vnc", f"unix:{path}",
             "-vnc", f"127.0.0.1:{plain - 5900},websocket={port}"], **quiet)
        while not os.path.exists(path):
            time.sleep(0.05)
        relay = subprocess.Popen([sys.argv[1], path], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        websockify = subprocess.Popen(["websockify", "--unix-target", path, f"127.0.0.1:{theirs}"], **quiet)
        own = Bridge("QEMU's own", qemu, port, "/", "binary", False)
        bridges = [Bridge("lodger", relay, int(relay.stdout.readline()), "/display", "lodger.display.v1", True),
                   Bridge("websockify", websockify, theirs, "/", "binary", False), own]
        time.sleep(2)
        try:
            rows(bridges, own)
        finally:
            for process in (relay, websockify, qemu):
                process.kill()
                process.wait()


def rows(bridges, qemu):
    results = {bridge.name: [] for bridge in bridges}
    for _ in range(ROUNDS):
        for bridge in bridges:
            results[bridge.name].append(measure(bridge, qemu))
    columns = list(results)
    print(f"| | {' | '.join(columns)} | ratio to QEMU's own |\n|---{'|---' * (len(columns) + 1)}|")
    for name, index, digits in (("pictures a second", 0, 1), ("QEMU and bridge, CPU s a GB", 1, 2)):
        middle = [statistics.median(value[index] for value in results[column]) for column in columns]
        print(f"| {name} | {' | '.join(f'{value:.{digits}f}' for value in middle)} | {middle[0] / middle[-1]:.2f} |")


if __name__ == "__main__":
    main()
