"""The network's process alone, with a test in QEMU's place: the owner's rate, and the count when it ends."""

import json
import os
import socket
import struct
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import frames
from lab.paths import PRODUCTS
from lab.process import end, wait_until

SITE, PORT = "203.0.113.20", 18777
RATE, SIZE, COUNT = 100_000, 1442, 200
# What may go at once after a pause, in bytes.
BURST = 65536


@contextmanager
def card(*arguments):
    """A guest's card that the network has connected to, and the network's process."""
    with tempfile.TemporaryDirectory(prefix="net-") as folder:
        # The folder of QEMU's own in the machine's.
        os.mkdir(f"{folder}/qemu")
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(f"{folder}/qemu/net.sock")
        listener.listen(1)
        process = subprocess.Popen([PRODUCTS / "lodger-net", "--folder", folder, "--internet", *arguments],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            listener.settimeout(20)
            yield listener.accept()[0], process
        finally:
            end(process)


def pour(wire, count):
    """Sends it all at once; gives the time at which it was sent."""
    frame = frames.datagram(SITE, PORT, bytes(SIZE - 42))
    wire.sendall((struct.pack(">I", len(frame)) + frame) * count)
    return time.monotonic()


def test_without_a_rate_nothing_waits(heard):
    heard.now()
    with card() as (wire, _):
        # No more than whoever listens can keep for later.
        pour(wire, 60)
        wait_until(lambda: heard.count(f"udp {SITE} {PORT}") == 60, 20, "all of it")


def test_a_guest_is_held_to_the_owners_rate_and_what_it_sent_is_counted_at_the_end(heard):
    heard.now()
    with tempfile.TemporaryDirectory() as accounts:
        with card("--rate", str(RATE), "--traffic", accounts, "--session", "one") as (wire, process):
            begin = pour(wire, COUNT)
            while (count := heard.count(f"udp {SITE} {PORT}")) < COUNT:
                passed = time.monotonic() - begin
                assert count * SIZE <= BURST + RATE * passed + 2 * SIZE
                assert passed < 60
                time.sleep(0.05)
            end(process)
        [account] = Path(accounts).glob("*.json")
        [month] = json.loads(account.read_text())["months"].values()
        assert month["sent"] == COUNT * SIZE
