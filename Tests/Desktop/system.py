"""A system of a test's own, in namespaces of this process: stand-ins for Debian's tools, a system bus, a mocked polkitd.

Everything is mounted over the real paths, so that programs which trust no environment (pkexec, the root helper) meet it too.
"""

import contextlib
import os
import pathlib
import subprocess
import sys
import time
import xml.etree.ElementTree

import dbus
import dbusmock

TOP = pathlib.Path(__file__).resolve().parents[2]
HELPER = pathlib.Path("/usr/libexec/lodger/lodger-setup-helper")
LODGER = pathlib.Path("/usr/games/lodger")
POLICY = TOP / "packaging/polkit/org.lodger.Lodger.policy"
AUTHORITY = ("org.freedesktop.PolicyKit1", "/org/freedesktop/PolicyKit1/Authority", "org.freedesktop.PolicyKit1.Authority")

#: Notes how it was called, and by whom.
STAND_IN = """#!/bin/sh
echo "{name} $* uid=$(id -u) frontend=${{DEBIAN_FRONTEND-}}" >> {log}
{lines}
"""


def enter(flags):
    """Runs this program again as root of namespaces of its own; returns only there."""
    if "--inside" in sys.argv:
        sys.argv.remove("--inside")
        return
    command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", *flags]
    sys.exit(subprocess.run([*command, sys.executable, *sys.argv, "--inside"], stdin=subprocess.DEVNULL).returncode)


class System:
    """The mounts; `folder` is readable by everybody."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.chmod(0o755)
        self.log = self.folder / "calls"
        self.forget()

    def forget(self):
        self.log.write_text("")
        self.log.chmod(0o666)

    def calls(self, name):
        return [line for line in self.log.read_text().splitlines() if line.startswith(name + " ")]

    def empty(self, path):
        """An empty folder in a folder's place."""
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=0755", "test", path], check=True)

    def stand_in(self, path, lines=""):
        """A program of a few lines of a shell in a program's place."""
        name = os.path.basename(path)
        script = self.folder / name
        script.write_text(STAND_IN.format(name=name, log=self.log, lines=lines))
        script.chmod(0o755)
        self.put(script, path)

    @staticmethod
    def put(source, path):
        subprocess.run(["mount", "--bind", source, path], check=True)

    def group(self, name):
        """A group that the system has, as every desktop's does."""
        groups = pathlib.Path("/etc/group").read_text()
        if f"\n{name}:" not in groups:
            file = self.folder / "group"
            file.write_text(f"{groups}{name}:x:993:\n")
            self.put(file, "/etc/group")

    def install(self):
        """What the Debian package brings, at its places."""
        self.empty("/usr/libexec")
        HELPER.parent.mkdir()
        HELPER.write_bytes((TOP / "packaging/polkit/lodger-setup-helper").read_bytes())
        HELPER.chmod(0o755)
        # Beside /usr/libexec, and as good as /usr/bin.
        self.empty(LODGER.parent)
        built = TOP / ".build/debug"
        for name in ["lodger", "lodger-net", "lodger-consent"]:
            (LODGER.parent / name).touch(0o755)
            self.put((built / name).resolve(), LODGER.parent / name)


@contextlib.contextmanager
def system_bus(folder):
    """A system bus at its usual place."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=0755", "test", "/run/dbus"], check=True)
    configuration = pathlib.Path(folder) / "bus.conf"
    configuration.write_text("""<busconfig><type>system</type>
        <listen>unix:path=/run/dbus/system_bus_socket</listen><auth>EXTERNAL</auth>
        <policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*"/><allow eavesdrop="true"/>
        </policy></busconfig>""")
    with server(["dbus-daemon", f"--config-file={configuration}", "--nofork", "--nopidfile"]):
        wait_for(lambda: os.path.exists("/run/dbus/system_bus_socket"))
        yield


@contextlib.contextmanager
def server(command):
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(10)


def wait_for(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("not in time")
        time.sleep(0.05)


class Polkit:
    """A polkitd that knows our policy file and answers as it is told."""

    ALLOWED, DENIED, NO_AGENT, DISMISSED = (
        "(True, False, {})", "(False, False, {})", "(False, True, {})", "(False, False, {'polkit.dismissed': 'true'})")

    def __init__(self, bus):
        wait_for(lambda: bus.name_has_owner(AUTHORITY[0]))
        name, path, interface = AUTHORITY
        self.mock = dbus.Interface(bus.get_object(name, path), dbusmock.MOCK_IFACE)
        self.mock.AddProperties(interface, dbus.Dictionary({
            "BackendName": "mock", "BackendVersion": "1", "BackendFeatures": dbus.UInt32(1)}, signature="sv"))
        self.mock.AddMethod(interface, "EnumerateActions", "s", "a(ssssssuuua{ss})", f"ret = {actions()!r}")

    def answer(self, result):
        self.mock.AddMethod(
            AUTHORITY[2], "CheckAuthorization", "(sa{sv})sa{ss}us", "(bba{ss})",
            f"ret = (lambda allowed, challenge, details: "
            f"(allowed, challenge, dbus.Dictionary(details, signature='ss')))(*{result})")
        self.mock.ClearCalls()

    def asked(self):
        """The actions that somebody was asked to allow."""
        return [str(arguments[1]) for _, method, arguments in self.mock.GetCalls() if method == "CheckAuthorization"]


def actions():
    """Our policy file, as polkitd tells it."""
    found = []
    for action in xml.etree.ElementTree.parse(POLICY).getroot().iter("action"):
        notes = {note.get("key"): note.text for note in action.iter("annotate")}
        found.append((action.get("id"), action.findtext("description"), action.findtext("message"), "", "", "", 3, 3, 3, notes))
    return found


def mocked_polkit():
    return server([sys.executable, "-m", "dbusmock", "--system", *AUTHORITY])
