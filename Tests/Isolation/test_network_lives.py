"""What happens to a machine's network when the process that carries it, or the daemon, dies; and what is counted."""

import os
import signal

import pytest

from guest import Guest
from lab.daemon import processes
from lab.process import wait_until
from lab.protocol import ControlConnection

NETWORK = {"ports": [80], "hosts": [{"name": "data.example", "ports": [8443]}]}
SITE = "203.0.113.20"


@pytest.fixture(scope="module")
def guest(site, daemon):
    with ControlConnection() as page:
        guest = Guest(page, daemon, site, "lives", NETWORK, remember=True)
        guest.wait()
        yield guest


def reaches_its_host_and_no_other(guest):
    assert guest.ask("data.example") == [SITE]
    assert guest.ask("other.example") == 3
    assert guest.reach([("tcp", SITE, 8443)]) == {("tcp", SITE, 8443): "reached"}
    assert guest.reach([("tcp", "203.0.113.21", 8443)]) != {("tcp", "203.0.113.21", 8443): "reached"}


def kill_network():
    [network] = processes("lodger-net")
    os.kill(network, signal.SIGKILL)
    return network


def traffic(daemon, guest):
    [session] = [session for session in daemon.sessions() if session["session"] == guest.session]
    return session.get("traffic", {"sent": 0, "received": 0})


def test_a_network_that_dies_is_back_with_its_hosts_though_nobody_asks(guest):
    reaches_its_host_and_no_other(guest)
    network = kill_network()
    wait_until(lambda: processes("lodger-net") not in ([], [network]), 10, "another network")
    guest.wait()
    reaches_its_host_and_no_other(guest)


def test_hosts_outlive_the_daemon_and_a_network_that_dies_meanwhile(guest, daemon):
    daemon.crash()
    kill_network()
    daemon.start()
    with ControlConnection() as page:
        page.open(daemon, resume=guest.resume)
        guest.page = page
        guest.wait()
        reaches_its_host_and_no_other(guest)


def test_what_is_exchanged_is_counted_over_restarts_of_the_machine(guest, daemon):
    with ControlConnection() as page:
        page.open(daemon, resume=guest.resume)
        guest.page = page
        for _ in range(2):
            before = traffic(daemon, guest)
            reaches_its_host_and_no_other(guest)
            page.ask("session.stop", session=guest.session)
            wait_until(lambda: not processes("lodger-net"), 20, "the end of the network")
            after = traffic(daemon, guest)
            # At the least a SYN and its answer.
            assert after["sent"] >= before["sent"] + 54 and after["received"] >= before["received"] + 54
            page.ask("session.start", session=guest.session)
            guest.wait()
        page.ask("session.stop", session=guest.session)
        wait_until(lambda: not processes("qemu-system-x86_64"), 20, "the end of the machine")
