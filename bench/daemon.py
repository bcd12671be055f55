#!/usr/bin/env python3
"""What the daemon costs, and how much it adds to libvirt's own start of a machine. Prints Markdown."""

import ctypes
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from xml.etree import ElementTree

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Tests"))
from lab.authority import Authority  # noqa: E402
from lab.daemon import Daemon  # noqa: E402
from lab.paths import LODGER, PRODUCTS  # noqa: E402
from lab.protocol import ControlConnection  # noqa: E402
from lab.site import example_site  # noqa: E402

ROUNDS = 9
TICK = os.sysconf("SC_CLK_TCK")


def times(rounds, body):
    return [body() for _ in range(rounds)]


def milliseconds(values):
    return f"{statistics.median(values) * 1000:.0f} ({min(values) * 1000:.0f}–{max(values) * 1000:.0f})"


def start_and_exit():
    begin = time.perf_counter()
    subprocess.run([LODGER, "--version"], check=True, capture_output=True)
    return time.perf_counter() - begin


def serve(daemon):
    begin = time.perf_counter()
    daemon.start()
    took = time.perf_counter() - begin
    daemon.stop()
    return took


def memory(process):
    """Resident and anonymous memory, in KiB."""
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
    return [int(lines[name].split()[0]) for name in ("VmRSS", "RssAnon")] + [int(lines["Threads"])]


def processor_time(process):
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def idle(daemon, seconds=30):
    daemon.start()
    time.sleep(5)
    before = processor_time(daemon.process.pid)
    time.sleep(seconds)
    used = processor_time(daemon.process.pid) - before
    resident, anonymous, threads = memory(daemon.process.pid)
    return resident / 1024, anonymous / 1024, threads, used / seconds


class Libvirt:
    """The few calls of libvirt that a start takes, without anything between."""

    def __init__(self):
        self.library = ctypes.CDLL("libvirt.so.0")
        for name in ("virConnectOpen", "virDomainCreateXML"):
            getattr(self.library, name).restype = ctypes.c_void_p
        self.connection = ctypes.c_void_p(self.library.virConnectOpen(b"qemu:///session"))
        assert self.connection, "libvirt's session"

    def start(self, xml):
        """Seconds from the call to the first bytes of RFB."""
        begin = time.perf_counter()
        domain = ctypes.c_void_p(self.library.virDomainCreateXML(self.connection, xml.encode(), 0))
        assert domain, "the machine"
        descriptor = self.library.virDomainOpenGraphicsFD(domain, 0, 1)
        with socket.socket(fileno=descriptor) as display:
            display.setblocking(True)
            assert display.recv(12).startswith(b"RFB")
            took = time.perf_counter() - begin
        self.library.virDomainDestroy(domain)
        self.library.virDomainFree(domain)
        return took


def own_copy(xml, folder):
    """The machine of an XML under another name, on copies of its disks."""
    root = ElementTree.fromstring(xml)
    name = uuid.uuid4()
    root.find("uuid").text = str(name)
    root.find("name").text = f"bare-{name}"
    root.attrib.pop("id", None)
    # Without the cage, whose policy names the files of the first machine.
    root.find("./devices/emulator").text = "/usr/bin/qemu-system-x86_64"
    for disk in root.iterfind("./devices/disk/source[@file]"):
        copy = folder / f"{name}.qcow2"
        subprocess.run(["cp", disk.attrib["file"], copy], check=True)
        disk.attrib["file"] = str(copy)
    return ElementTree.tostring(root, encoding="unicode")


def started_by_lodger(page, session):
    """Seconds from `session.start` to the first bytes of RFB."""
    begin = time.perf_counter()
    page.ask("session.start", session=session)
    with page.display(session) as display:
        assert display.recv(timeout=30).startswith(b"RFB")
        return time.perf_counter() - begin


def starts(daemon, folder):
    """Starts by the daemon and by libvirt alone, in turns."""
    with ControlConnection() as page:
        session = page.open(daemon, remember=True)["session"]["id"]
        ours, bare = [], []
        # Both are warm: images are there, and libvirt has looked at QEMU.
        started_by_lodger(page, session)
        xml = subprocess.run(["virsh", "-q", "-c", "qemu:///session", "dumpxml", domain(daemon)], check=True,
                             env=daemon.environment, capture_output=True, text=True).stdout
        copies = [own_copy(xml, folder) for _ in range(ROUNDS)]
        page.ask("session.stop", session=session)
        os.environ.update(daemon.environment)
        libvirt = Libvirt()
        for copy in copies:
            bare.append(libvirt.start(copy))
            ours.append(started_by_lodger(page, session))
            page.ask("session.stop", session=session)
        return ours, bare


def domain(daemon):
    return subprocess.run(["virsh", "-q", "-c", "qemu:///session", "list", "--name"], check=True,
                          env=daemon.environment, capture_output=True, text=True).stdout.split()[0]


def main():
    folder = Path(tempfile.mkdtemp())
    authority = Authority(folder)
    stripped = folder / "lodger"
    subprocess.run(["strip", "-o", stripped, LODGER], check=True)
    place = folder / "daemon"
    place.mkdir()
    daemon = Daemon(place, authority, dict(os.environ), "--consent", "command-line", "--log-level", "notice")
    print(f"Load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; products of `{PRODUCTS.name}`.\n")
    rows = [("binary, stripped", f"{stripped.stat().st_size / 1e6:.1f} MB"),
            ("`lodger --version`, start to exit", f"{milliseconds(times(ROUNDS, start_and_exit))} ms"),
            ("`lodger run`, start to an answer on its port",
             f"{milliseconds(times(5, lambda: serve(daemon)))} ms")]
    resident, anonymous, threads, share = idle(daemon)
    rows += [("idle, resident memory", f"{resident:.1f} MiB, of it {anonymous:.1f} anonymous; {threads} threads"),
             ("idle, processor", f"{share * 100:.2f} % of a core")]
    with example_site(folder, authority) as site:
        configuration = json.loads(site.configuration.read_text())
        # The same machine for both: without the process that carries guest ports, which libvirt alone lacks.
        del configuration["network"]
        site.configuration.write_text(json.dumps(configuration))
        ours, bare = starts(daemon, folder)
    daemon.stop()
    daemon.clear()
    added = statistics.median(a - b for a, b in zip(ours, bare))
    rows += [("`session.start` to the first byte of RFB", f"{milliseconds(ours)} ms"),
             ("the same machine by libvirt alone", f"{milliseconds(bare)} ms"),
             ("added, median of pairs", f"{added * 1000:.0f} ms")]
    print("| what | median (range) |\n|---|---|")
    for what, value in rows:
        print(f"| {what} | {value} |")


if __name__ == "__main__":
    main()
