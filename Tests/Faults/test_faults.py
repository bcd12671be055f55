"""A computer that lacks something: each time a clear word, and nothing lost."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from lab.daemon import processes
from lab.lodging import assert_nothing_is_left
from lab.paths import PORT, SITE
from lab.process import wait_until
from lab.protocol import ControlConnection, Problem
from surroundings import filled, mounted

DAY = 86400


def refusal(ask, *arguments, **members):
    """The problem's word."""
    with pytest.raises(Problem) as raised:
        ask(*arguments, **members)
    return raised.value.code


def states(daemon):
    return [session["state"] for session in daemon.sessions()]


# A disk that is full


def test_a_download_that_finds_the_disk_full_is_told_and_goes_on_later(make_daemon, site, small_disk):
    daemon = make_daemon(small_disk).start()
    with ControlConnection() as page:
        session = page.open(daemon)["session"]["id"]
        with filled(small_disk, leave=4 << 20):
            assert refusal(page.ask, "session.start", session=session) == "disk-full"
            assert states(daemon) == ["stopped"]
        page.ask("session.start", session=session)
        page.ask("session.forget", session=session)
    assert_nothing_is_left(daemon)


def test_a_yes_that_no_disk_takes_is_none(make_daemon, site, small_disk):
    daemon = make_daemon(small_disk).start()
    with ControlConnection() as page:
        # Brings libvirt up, which could not start on a full disk either.
        page.ask("session.forget", session=page.open(daemon)["session"]["id"])
        with filled(small_disk):
            assert refusal(page.open, daemon, remember=True) == "disk-full"
            assert states(daemon) == []
            assert list(daemon.state.rglob("*.new")) == []
        page.open(daemon, remember=True)
    assert states(daemon) == ["stopped"]


def test_a_machine_without_room_for_its_layer_does_not_start(make_daemon, site, small_disk):
    daemon = make_daemon(small_disk).start()
    with ControlConnection() as page:
        session = page.open(daemon, remember=True)["session"]["id"]
        page.ask("session.start", session=session)
        off(page, session)
        with filled(small_disk):
            assert refusal(page.ask, "session.start", session=session) == "disk-full"
            assert states(daemon) == ["stopped"]
            assert processes("qemu-system-x86_64") == []
        page.ask("session.start", session=session)
        page.ask("session.forget", session=session)
    assert_nothing_is_left(daemon)


def test_a_machine_ends_on_a_full_disk_and_what_was_kept_can_be_read_after(make_daemon, site, small_disk):
    daemon = make_daemon(small_disk).start()
    with ControlConnection() as page:
        session = page.open(daemon, remember=True)["session"]["id"]
        page.ask("session.start", session=session)
        with filled(small_disk):
            off(page, session)
            assert states(daemon) == ["stopped"]
            daemon.crash()
    daemon.start()
    with ControlConnection() as page:
        assert [kept["state"] for kept in page.ask("session.list")["sessions"]] == ["stopped"]
    assert_nothing_is_left(daemon)
    assert list(daemon.state.rglob("*.damaged")) == []


def test_a_runtime_folder_that_is_full_lets_no_machine_start(make_daemon, site, small_disk):
    daemon = make_daemon()
    runtime = small_disk / "run"
    runtime.mkdir(mode=0o700)
    daemon.environment["XDG_RUNTIME_DIR"] = str(runtime)
    daemon.start()
    with ControlConnection() as page:
        session = page.open(daemon, remember=True)["session"]["id"]
        with filled(small_disk):
            assert refusal(page.ask, "session.start", session=session) in ("machine-failed", "disk-full")
            assert states(daemon) == ["stopped"]
        page.ask("session.start", session=session)
        page.ask("session.forget", session=session)
    assert_nothing_is_left(daemon)


# Memory


def test_a_machine_larger_than_the_memory_is_refused(daemon, site):
    with open("/proc/meminfo") as meminfo:
        total = int(meminfo.readline().split()[1]) >> 10
    configuration = json.loads(site.configuration.read_text())
    larger = json.loads(site.configuration.read_text())
    larger["vm"]["memory"] = 4 * total
    site.configuration.write_text(json.dumps(larger))
    try:
        daemon.start()
        with ControlConnection() as page:
            assert refusal(page.open, daemon) == "over-limit"
        daemon.stop()
        # An owner who gives away more than there is.
        with daemon.settings.open("a") as settings:
            settings.write(f'limits.memory = "{8 * total}MiB"\n')
        daemon.start()
        with ControlConnection() as page:
            session = page.open(daemon)["session"]["id"]
            assert refusal(page.ask, "session.start", session=session) == "machine-failed"
            assert states(daemon) == ["stopped"]
        assert_nothing_is_left(daemon)
    finally:
        site.configuration.write_text(json.dumps(configuration))


# The clock


@pytest.fixture
def clock(daemon, tmp_path):
    """Sets the daemon's clock, by seconds, and its alone: libvirt runs before it."""
    shift, library = tmp_path / "shift", tmp_path / "wall_clock.so"
    source = Path(__file__).with_name("wall_clock.c")
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, source], check=True)

    def set_clock(seconds):
        shift.write_text(f"{seconds}")

    set_clock(0)
    subprocess.run(["virsh", "-q", "-c", "qemu:///session", "list"], check=True, env=daemon.environment,
                   capture_output=True)
    daemon.environment |= {"LD_PRELOAD": str(library), "WALL_CLOCK": str(shift)}
    return set_clock


@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_a_clock_that_jumps_ends_no_machine_and_costs_no_right(daemon, site, clock, jump):
    daemon.start()
    with ControlConnection() as page:
        opened = page.open(daemon, remember=True)
        session = opened["session"]["id"]
        page.ask("session.start", session=session)
        ticket = page.ask("display.ticket", session=session)["ticket"]
        clock(jump)
        # What makes the daemon look at its clock.
        with ControlConnection():
            pass
        with pytest.raises(AssertionError):
            wait_until(lambda: states(daemon) != ["running"], 3, "the end of the machine")
        # A ticket is good for 30 seconds, whatever the clock says.
        with page.stream("display", ticket) as display:
            assert display.recv(timeout=30).startswith(b"RFB")
        off(page, session)
        # The yes stands, and so does what was verified a moment ago.
        page.ask("session.start", session=session)
        page.ask("session.forget", session=session)
        # What the site signed by the right time is not valid by this one.
        assert refusal(page.open, daemon) in ("configuration-expired", "configuration-unreachable")
    assert not right_date(daemon)
    assert_nothing_is_left(daemon)


def right_date(daemon):
    """Whether the daemon's log is of today."""
    today = subprocess.run(["date", "-u", "+%F"], check=True, capture_output=True, text=True).stdout.strip()
    return daemon.log.read_text().splitlines()[-1].startswith(today)


def test_a_clock_that_is_set_back_makes_no_penalty_longer(daemon, site, clock):
    daemon.start()
    with ControlConnection() as page:
        number = page.send("session.open", configuration=f"{SITE}/vm.jws")
        while (message := page.receive()).get("event") != "consent.pending":
            pass
        daemon.owner("deny", message["consent"])
        assert refusal(page.reply, number) == "consent-denied"
        clock(-DAY)
        with pytest.raises(Problem) as raised:
            page.open(daemon)
        assert raised.value.code == "asked-too-often" and raised.value.after <= 10


# What a computer may lack


def test_without_ipv6_it_serves_the_other_address_and_says_so(daemon):
    daemon.through = mounted("ip link set lo up; echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6", network=True)
    # Only inside can it be reached: the check goes along.
    daemon.launch()
    try:
        wait_until(lambda: " ready " in daemon.log.read_text(), 20, "the daemon")
    finally:
        daemon.stop()
    log = daemon.log.read_text()
    assert "no IPv6 loopback address: listening on 127.0.0.1 alone" in log
    assert f"port={PORT}" in log


def test_with_a_home_that_cannot_be_written_it_does_not_start_and_says_why(daemon):
    home = daemon.environment["HOME"]
    daemon.through = mounted(f"mount --bind {home} {home}; mount -o remount,bind,ro,nosuid,nodev {home}")
    daemon.launch()
    assert daemon.process.wait(20) == 1
    last = daemon.log.read_text().splitlines()[-1]
    assert home in last and "Read-only file system" in last


def test_without_libvirt_a_page_is_told_so(daemon, site):
    hide = "for daemon in /usr/sbin/libvirtd /usr/sbin/virtqemud; do " \
        "[ ! -e $daemon ] || mount --bind /dev/null $daemon; done"
    daemon.through = mounted(hide)
    daemon.start()
    with ControlConnection() as page:
        assert refusal(page.open, daemon) == "hypervisor-missing"
    assert states(daemon) == []


@pytest.mark.parametrize("runtime", [None, "/nonexistent"])
def test_without_a_runtime_folder_it_does_not_start_and_says_why(daemon, runtime):
    daemon.environment.pop("XDG_RUNTIME_DIR")
    if runtime:
        daemon.environment["XDG_RUNTIME_DIR"] = runtime
    assert runtime or not os.path.exists(f"/run/user/{os.getuid()}")
    daemon.launch()
    assert daemon.process.wait(20) == 1
    assert "set XDG_RUNTIME_DIR to a folder of yours" in daemon.log.read_text()


def off(page, session):
    """Switches a machine off at once: a paused guest is not asked to do it itself."""
    page.ask("session.pause", session=session)
    page.ask("session.stop", session=session)
