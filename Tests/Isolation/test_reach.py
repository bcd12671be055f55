"""What a guest reaches, for each network that a configuration can ask for, told by the guest and by whoever listens."""

import socket

import pytest

import frames
from guest import Guest
from lab.daemon import listeners, processes
from lab.process import wait_until
from lab.protocol import ControlConnection

PORT, OTHER = 8443, 18777
SITE, SITE6 = "203.0.113.20", "2001:db8:20::20"

HOSTS = [{"name": name, "ports": [PORT]} for name in (
    "data.example", "*.wild.example", "rebind.example", "lan.example", "home.example", "metadata.example",
    "mixed.example")]
NETWORKS = {
    "none": {},
    "ports": {"ports": [80]},
    "hosts": {"ports": [80], "hosts": HOSTS},
    "internet": {"ports": [80], "internet": True},
}

# Places that no guest may reach: what they are, and where. All but the first group can be reached from this computer.
CLOSED = {
    "the gateway": ["10.0.2.2", "fec0::2"],
    "another guest": ["10.0.2.16", "fec0::16"],
    "this computer": ["203.0.113.10", "10.77.0.1", "192.168.77.1", "2001:db8:77::1"],
    "its network": ["192.168.77.2", "2001:db8:77::2", "10.9.8.7", "172.16.0.1", "100.64.0.1", "fd00::1"],
    "cloud metadata": ["169.254.169.254"],
    "translated": ["::ffff:127.0.0.1", "64:ff9b::c0a8:4d02", "2002:c0a8:4d02::1"],
    "multicast": ["224.0.0.251", "239.255.255.250", "ff02::1", "ff05::2"],
}
# A guest's own programs cannot send these, so they are made by hand alone.
LOOPBACK = ["127.0.0.1", "127.0.0.53", "0.0.0.0", "255.255.255.255", "10.0.2.255", "::1", "::"]
OPEN = {"an allowed host": [SITE, SITE6], "another host": ["203.0.113.21", "2001:db8:20::21"],
        "a host below an allowed name": ["203.0.113.22"]}


@pytest.fixture(scope="module")
def page(site, daemon):
    with ControlConnection() as page:
        yield page


def test_whoever_listens_hears_this_computer(heard):
    """Otherwise silence would tell nothing."""
    heard.now()
    expected = []
    places = CLOSED["this computer"] + CLOSED["its network"] + CLOSED["cloud metadata"] + [SITE, SITE6, "127.0.0.1", "::1"]
    for place in places:
        family = socket.AF_INET6 if ":" in place else socket.AF_INET
        socket.create_connection((place, PORT), 5).close()
        with socket.socket(family, socket.SOCK_DGRAM) as line:
            line.sendto(b"?", (place, OTHER))
        mine = place in CLOSED["this computer"] + ["127.0.0.1", "::1"]
        expected += [("here " if mine else "") + text for text in (f"tcp {place} {PORT}", f"udp {place} {OTHER}")]
    assert sorted(heard.now()) == sorted(expected)


def test_without_a_network_there_is_no_card(page, daemon, site, heard, matrix):
    guest = Guest(page, daemon, site, "none", NETWORKS["none"])
    [machine] = processes("qemu-system-x86_64")
    command = open(f"/proc/{machine}/cmdline").read()
    assert "netdev" not in command and "virtio-net" not in command
    assert processes("lodger-net") == []
    page.ask("session.stop", session=guest.session)
    matrix["none"] = {"a network card": "no"}


@pytest.mark.parametrize("network", ["ports", "hosts", "internet"])
def test_a_guest_reaches_what_it_may_and_nothing_else(network, page, daemon, site, heard, matrix):
    before = listeners()
    guest = Guest(page, daemon, site, network, NETWORKS[network])
    guest.wait()
    assert listeners() == before
    heard.now()
    trial = Trial(guest, network, heard, matrix.setdefault(network, {"a network card": "yes"}))
    if network == "hosts":
        trial.before_its_name()
    if network != "ports":
        trial.names()
    trial.programs()
    trial.hand_made()
    page.ask("session.stop", session=guest.session)
    assert trial.faults == []


class Trial:
    """All that one guest tries; what is not as it should be is kept, so that the matrix is whole."""

    def __init__(self, guest, network, heard, cells):
        self.guest, self.network, self.heard, self.cells = guest, network, heard, cells
        self.faults = []

    def expect(self, row, reached, may):
        """Notes a cell: everything under one row must be as it may."""
        if reached != may:
            self.faults.append(f"{self.network}, {row}: reached is {reached}")
        word = "yes" if reached else "no"
        if self.cells.setdefault(row, word) != word:
            self.cells[row] = "PARTLY"

    def may(self, service, place, port):
        if self.network == "internet":
            return any(place in places for places in OPEN.values())
        allowed = OPEN["an allowed host"] + OPEN["a host below an allowed name"]
        return self.network == "hosts" and service == "tcp" and port == PORT and place in allowed

    def attempt(self, rows):
        """Tries (row, service, place, port) from a program of the guest."""
        outcomes = self.guest.reach([row[1:] for row in rows])
        told = self.heard.now()
        for row, *attempt in rows:
            reached = outcomes[tuple(attempt)] == "reached"
            self.expect(row, reached, self.may(*attempt))
        self.agree(told, [" ".join(map(str, row[1:])) for row in rows if self.may(*row[1:])])

    def agree(self, told, expected):
        if sorted(told) != sorted(expected):
            strange = sorted(set(told) ^ set(expected)) or sorted(told)
            self.faults.append(f"{self.network}: whoever listens heard otherwise: {strange}")

    def before_its_name(self):
        outcomes = self.guest.reach([("tcp", SITE, PORT)])
        self.expect("an allowed host before its name", "reached" in outcomes.values(), False)
        self.agree(self.heard.now(), [])

    def names(self):
        """Each name is asked for in both kinds; what nobody may know never gets as far as a name server."""
        everything = self.network == "internet"
        good = {"data.example": [SITE, SITE6], "deep.wild.example": ["203.0.113.22"], "mixed.example": [SITE]}
        if everything:
            good["other.example"] = ["203.0.113.21", "2001:db8:20::21"]
        asked = []
        for name in ["data.example", "deep.wild.example", "mixed.example", "other.example", "wild.example",
                     "rebind.example", "lan.example", "home.example", "metadata.example"]:
            may = everything or name not in ("other.example", "wild.example")
            asked += [f"name {name}"] * 2 if may else []
            for kind in (1, 28):
                found = self.guest.ask(name, kind)
                right = [place for place in good.get(name, []) if (":" in place) == (kind == 28)]
                row = f"the name {name}"
                if right or name in good:
                    self.expect(row, found == right, True)
                else:
                    self.expect(row, found != 3, False)
        self.agree(self.heard.now(), asked)
        # The guest makes up its address of IPv6 a moment after it has booted.
        by_version6 = wait_until(lambda: self.guest.ask("data.example", 1, "fec0::3"), 40, "an answer by IPv6")
        self.expect("the name data.example by IPv6", by_version6 == [SITE], True)
        self.agree(self.heard.now(), ["name data.example"])

    def programs(self):
        rows = [(f"{row}, {service.upper()}", service, place, port) for row, places in CLOSED.items() for place in places
                for service, port in (("tcp", PORT), ("udp", OTHER))]
        self.attempt(rows)
        rows = []
        for row, places in OPEN.items():
            for place in places:
                rows += [(row, "tcp", place, PORT), (f"{row}, another port", "tcp", place, OTHER),
                         (f"{row}, UDP", "udp", place, PORT)]
        self.attempt(rows)

    def hand_made(self):
        """Frames that no honest system sends; by the answer after them all have been handled, in their order."""
        everywhere = [place for places in CLOSED.values() for place in places] + LOOPBACK
        self.frames("hand-made frames to closed places", [
            frame for place in everywhere for frame in (
                frames.opening(place, PORT), frames.opening(place, PORT, source=SITE6 if ":" in place else SITE),
                frames.version6(place, frames.attempt(place, PORT, 80)) if ":" in place
                else frames.version4(place, frames.attempt(place, PORT, 80)), frames.datagram(place, OTHER))])
        self.frames("fragments", [frames.opening(SITE, PORT, fragment=0x2000), frames.opening(SITE, PORT, fragment=1)])
        self.frames("IP options, headers of extension", [
            frames.opening(SITE, PORT, options=b"\x83\x07\x04\xcb\x00\x71\x15\x00"),
            frames.opening(SITE, PORT, options=b"\x01\x01\x01\x00"),
            *(frames.version6(SITE6, bytes([6, 0, 1, 4, 0, 0, 0, 0]) + frames.attempt(SITE6, PORT), service=service)
              for service in (0, 43, 44, 60))])
        may = self.network != "ports"
        opening = [frames.opening(SITE, PORT), frames.opening(SITE6, PORT)]
        self.frames("the same frame without these", opening, [f"tcp {SITE} {PORT}", f"tcp {SITE6} {PORT}"] if may else [])

    def frames(self, row, made, expected=()):
        for frame in made:
            self.guest.send(frame)
        self.guest.wait()
        told = self.heard.now()
        self.expect(row, bool(told), bool(expected))
        self.agree(told, expected)
