#!/usr/bin/python3
"""The other end of a home's line: its router, a neighbour on its network, and all of the internet.

What reaches it stands on standard output, as `tcp 203.0.113.20 8443`; questions for names as `name data.example`.
"""

import socket
import struct
import subprocess
import time
from pathlib import Path

import ears

# The neighbour on the home's own network, sites on the internet, and places that no guest may reach, though routed here.
ADDRESSES = [
    "192.168.77.2/24", "2001:db8:77::2/64", "203.0.113.20/32", "203.0.113.21/32", "203.0.113.22/32", "2001:db8:20::20/128",
    "2001:db8:20::21/128", "169.254.169.254/32", "100.64.0.1/32", "10.9.8.7/32", "172.16.0.1/32", "fd00::1/128",
]
NAMES = {
    "data.example": ["203.0.113.20", "2001:db8:20::20"],
    "other.example": ["203.0.113.21", "2001:db8:20::21"],
    "deep.wild.example": ["203.0.113.22"],
    # Names whose owner wants to get behind the wall.
    "rebind.example": ["127.0.0.1", "::1"], "lan.example": ["192.168.77.2", "2001:db8:77::2"],
    "home.example": ["203.0.113.10", "2001:db8:77::1"], "metadata.example": ["169.254.169.254", "fd00::1"],
    "mixed.example": ["10.9.8.7", "203.0.113.20"],
}


def lay():
    while not Path("/sys/class/net/line").exists() and "line:" not in Path("/proc/net/dev").read_text():
        time.sleep(0.02)
    for device in ("lo", "line"):
        subprocess.run(["ip", "link", "set", device, "up"], check=True)
    for address in ADDRESSES:
        device = "line" if "/24" in address or "/64" in address else "lo"
        nodad = ["nodad"] if ":" in address and device == "line" else []
        subprocess.run(["ip", "address", "add", address, "dev", device, *nodad], check=True)
    # The home's public addresses lie behind its line.
    subprocess.run(["ip", "route", "add", "203.0.113.10/32", "via", "192.168.77.1"], check=True)


def write(line):
    print(line, flush=True)


def answer(server):
    message, sender = server.recvfrom(2048)
    labels, place = [], 12
    while message[place]:
        labels.append(message[place + 1:place + 1 + message[place]].decode())
        place += 1 + message[place]
    name, kind = ".".join(labels).lower(), struct.unpack(">H", message[place + 1:place + 3])[0]
    write(f"name {name}")
    family = {1: socket.AF_INET, 28: socket.AF_INET6}.get(kind)
    values = [socket.inet_pton(family, text) for text in NAMES.get(name, []) if (":" in text) == (kind == 28)]
    records = b"".join(b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 5, len(value)) + value for value in values)
    code = 0x8180 if name in NAMES else 0x8183
    head = message[:2] + struct.pack(">HHHHH", code, 1, len(values), 0, 0)
    server.sendto(head + message[12:place + 5] + records, sender)


if __name__ == "__main__":
    lay()
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("192.168.77.2", 53))
    ears.serve(write, [(server, lambda: answer(server))])
