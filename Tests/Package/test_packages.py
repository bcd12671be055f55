"""The packages from the first visit of a page to the purge. One computer goes through it all, in the order of this file."""

import json
import shutil

from computer import FOLDER
from lab.daemon import listeners, processes
from lab.paths import PORT, SITE
from lab.process import wait_until

OURS = [f"127.0.0.1:{PORT}", f"[::1]:{PORT}"]
HANDLER = "x-scheme-handler/lodger"
# What users keep until they delete it; the settings were there before the package was.
TOLD = {"/home/ann/.cache/lodger", "/home/ann/.local/state/lodger"}
FROM_OUR_REPOSITORY = ["-o", "Dir::Etc::SourceList=/etc/apt/sources.list.d/lodger.list", "-o", "Dir::Etc::SourceParts=-",
                       "-o", "APT::Get::List-Cleanup=0"]


def update(computer):
    computer.root("apt-get", "--quiet=2", *FROM_OUR_REPOSITORY, "update")


def units(computer, *names):
    return computer.ann("systemctl", "--user", "is-active", *names, check=False).stdout.split()


def daemon_process(computer):
    return computer.ann("systemctl", "--user", "show", "--property=MainPID", "--value", "lodger.service").strip()


def test_a_page_that_waits_goes_on_by_itself_once_the_package_is_installed(computer, visitor):
    named = computer.files("-iname", "*lodger*")
    computer.named_before = {name for name in named if not name.startswith("/var/cache/apt/")}
    computer.listened_before = listeners()
    assert not set(OURS) & set(listeners())
    visitor.go(SITE)
    visitor.evaluate("void (window.notLoadedAgain = true)")
    visitor.click("#start")
    visitor.wait_for(connection="not-installed")

    computer.root("sh", "-c", "echo 'deb [signed-by=/srv/lodger/lodger.gpg] file:/srv/lodger bookworm main' "
                              ">/etc/apt/sources.list.d/lodger.list")
    update(computer)
    computer.root("apt-get", "--quiet=2", "--yes", "install", "lodger-desktop", "lodger-js")
    assert computer.version() == computer.version("lodger-desktop") == "0.0.1"

    visitor.wait_for(word="asking-owner", seconds=60)
    question, = json.loads(computer.owner("requests", "--json"))
    computer.owner("approve", question["consent"])
    visitor.wait_for(session="running", seconds=180)
    visitor.wait_for_card(120)
    assert visitor.evaluate("window.notLoadedAgain")
    assert sorted(set(listeners()) - set(computer.listened_before)) == OURS


def test_the_units_are_sound_and_only_the_socket_is_enabled(computer):
    folder = "/usr/lib/systemd/user"
    verified = computer.ann("systemd-analyze", "--user", "--man=no", "verify", f"{folder}/lodger.socket",
                            f"{folder}/lodger.service")
    assert verified.strip() == ""
    enabled = [computer.ann("systemctl", "--user", "is-enabled", f"lodger.{kind}", check=False).stdout.strip()
               for kind in ("socket", "service")]
    assert enabled == ["enabled", "disabled"]
    autostarted = computer.files("-path", "/etc/xdg/autostart/*", "-iname", "*lodger*")
    assert not autostarted
    policies = computer.files("-path", "*/policies/*", "-iname", "*lodger*")
    assert not policies


def test_a_link_wakes_the_daemon_and_says_nothing_else_to_it(computer):
    assert computer.ann("xdg-mime", "query", "default", HANDLER).strip() == "org.lodger.Lodger.desktop"
    computer.ann("systemctl", "--user", "stop", "lodger.socket", "lodger.service")
    wake = "/usr/libexec/lodger/lodger-wake"
    for hostile in (["lodger:start?site=https://evil.example"], ["lodger:START"], ["lodger:start "], ["lodger://start"],
                    ["lodger:start", "--help"], ["--help"], [""], []):
        assert computer.ann(wake, *hostile, check=False).returncode == 64, hostile
        assert units(computer, "lodger.socket") == ["inactive"]
    computer.ann(wake, "lodger:start")
    assert units(computer, "lodger.socket") == ["active"]
    # Who switched it off has the last word.
    computer.ann("systemctl", "--user", "mask", "--now", "lodger.socket")
    computer.ann("systemctl", "--user", "stop", "lodger.service")
    assert computer.ann(wake, "lodger:start", check=False).returncode == 1
    computer.ann("systemctl", "--user", "unmask", "lodger.socket")
    computer.ann(wake, "lodger:start")


def test_an_upgrade_keeps_the_machine_and_the_newer_daemon_takes_it_over(computer, repository, visitor):
    visitor.wait_for(connection="ready", seconds=60)
    machine, older = processes("qemu-system-x86"), daemon_process(computer)
    assert len(machine) == 1 and older != "0"
    shutil.copytree(FOLDER / "newer/public", repository, dirs_exist_ok=True)
    update(computer)
    computer.root("apt-get", "--quiet=2", "--yes", "install", "lodger-desktop", "lodger-js")
    assert computer.version() != "0.0.1"

    wait_until(lambda: daemon_process(computer) not in (older, "0"), 30, "the newer daemon")
    assert processes("qemu-system-x86") == machine
    session, = wait_until(computer.sessions, 30, "the session")
    assert session["state"] == "running"
    visitor.wait_for(connection="ready", session="running", seconds=60)
    visitor.wait_for_card()
    visitor.wait_for_movement()


def test_removing_ends_the_machine_the_daemon_and_the_handler(computer):
    computer.root("apt-get", "--quiet=2", "--yes", "remove", "lodger", "lodger-js")
    for program in ("qemu-system-x86", "lodger"):
        wait_until(lambda: not processes(program), 10, f"the end of {program}")
    assert listeners() == computer.listened_before
    assert computer.ann("xdg-mime", "query", "default", HANDLER).strip() == ""
    assert not computer.files("-path", "/usr/*", "-iname", "*lodger*")


def test_purging_leaves_nothing_that_it_does_not_tell(computer):
    said = computer.root("apt-get", "--quiet=2", "--yes", "purge", "lodger", "lodger-desktop", "lodger-js")
    left = computer.files("-iname", "*lodger*", "-not", "-path", "/home/ann/*/lodger/*", "-not", "-path", "/srv/*",
                          "-not", "-path", "/var/cache/apt/*", "-not", "-path", "/var/lib/apt/lists/*")
    assert left - computer.named_before == TOLD | {"/etc/apt/sources.list.d/lodger.list"}
    for folder in TOLD:
        assert folder.replace("/home/ann", "~") in said
