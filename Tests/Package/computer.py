"""A Debian of its own, with systemd and a user who is logged in."""

import json
import subprocess
from contextlib import contextmanager
from pathlib import Path

from lab.paths import TOP
from lab.process import running, wait_until

FOLDER = TOP / "build/package-test"
ANN = "1000"


class Computer:
    """What root and the user Ann do on it."""

    def __init__(self, first, folder):
        self.first = first
        self.folder = folder

    def root(self, *command, check=True, **options):
        """What a command of root prints; it fails with what it printed."""
        entered = ["nsenter", f"--target={self.first}", "--mount", "--pid", "--uts", "--ipc", "--cgroup", "--root", "--wd",
                   "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive"]
        done = subprocess.run([*entered, *map(str, command)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=600, **options)
        assert not check or done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout + done.stderr if check else done

    def ann(self, *command, **options):
        """The same as a user."""
        return self.root("setpriv", f"--reuid={ANN}", f"--regid={ANN}", "--init-groups", "env", "HOME=/home/ann",
                         f"XDG_RUNTIME_DIR=/run/user/{ANN}", *command, **options)

    # As the lab's own daemon, for what opens sessions and looks at them.
    def owner(self, *command):
        return self.ann("lodger", *command)

    def sessions(self):
        return json.loads(self.owner("status", "--json"))["sessions"]

    def write(self, path, text):
        """A file of Ann's."""
        self.ann("sh", "-c", 'mkdir -p "$(dirname "$1")" && printf %s "$2" >"$1"', "-", path, text)

    def files(self, *conditions):
        """What of its disk, and of nothing mounted there, meets conditions of find."""
        return set(self.root("find", "/", "-xdev", *conditions).splitlines())

    def version(self, package="lodger"):
        return self.root("dpkg-query", "-W", "-f", "${Version}", package)


@contextmanager
def a_computer(folder, repository):
    """Starts one, with Ann logged in."""
    boot = [TOP / "Tests/Package/boot", FOLDER / "base", folder, repository]
    with running(boot, folder / "computer.log") as booting:
        # boot becomes unshare, whose one child is systemd.
        children = Path(f"/proc/{booting.pid}/task/{booting.pid}/children")
        first = wait_until(lambda: systemd(children), 20, "systemd")
        computer = Computer(first, folder)
        wait_until(lambda: computer.root("systemctl", "is-system-running", check=False).stdout.strip() in ("running", "degraded"),
                   60, "that computer's start")
        computer.root("loginctl", "enable-linger", "ann")
        wait_until(lambda: computer.ann("systemctl", "--user", "is-system-running", check=False).stdout.strip() == "running",
                   60, "Ann's login")
        try:
            yield computer
        finally:
            (folder / "journal.log").write_text(computer.root("journalctl", "--no-pager"))


def systemd(children):
    """The process of which the file tells, once it is what it shall become."""
    try:
        child = children.read_text().split()[0]
        return child if Path(f"/proc/{child}/comm").read_text() == "systemd\n" else None
    except (OSError, IndexError):
        return None
