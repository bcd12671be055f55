"""The daemon, as its user would run it, and a stand-in that only counts what reaches its port."""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path

from .paths import LODGER, PORT
from .process import end, wait_until


class Daemon:
    """`lodger run` with folders of its own; what it logs is kept over restarts."""

    def __init__(self, folder, authority, environment, *arguments, parent="/tmp"):
        self.folder = folder
        self.log = folder / "daemon.log"
        self.environment = dict(environment)
        # Short, as on a real computer: the path of a socket has 107 bytes.
        self.place = place = Path(tempfile.mkdtemp(prefix="lodger-", dir=parent))
        for variable, name in (("HOME", "home"), ("XDG_RUNTIME_DIR", "run"), ("TMPDIR", "tmp")):
            (place / name).mkdir(mode=0o700)
            self.environment[variable] = str(place / name)
        self.state = place / "home/.local/state/lodger"
        self.settings = folder / "lodger.toml"
        self.settings.write_text(f'certificate-authorities = "{authority.certificate}"\n')
        self.arguments = ["--config", self.settings, "--log-level", "debug", *arguments]
        # A command that becomes the daemon after it has changed its surroundings.
        self.through = []
        self.process = None

    def launch(self):
        """Starts the process and does not wait for anything."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(part) for part in (*self.through, LODGER, "run", *self.arguments)], env=self.environment,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def start(self):
        self.launch()
        wait_until(self.answers, 20, f"the daemon; its log is {self.log}")
        return self

    def answers(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the daemon ended:\n{self.log.read_text()[-2000:]}")
        try:
            with socket.create_connection(("127.0.0.1", PORT), 5) as connection:
                connection.sendall(f"GET /info HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\n\r\n".encode())
                return b'"lodger"' in connection.recv(4096)
        except OSError:
            return False

    def crash(self):
        """Ends it the hard way."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process:
            end(self.process)

    def clear(self):
        """Ends machines and helpers that outlived the daemon, as they are meant to, and removes its folders."""
        for name in ("qemu-system-x86_64", "lodger-net", "lodger-consent", "libvirtd"):
            for process in processes(name):
                os.kill(process, signal.SIGKILL)
        wait_until(lambda: not processes("qemu-system-x86_64"), 10, "the end of QEMU")
        # What ends just now may write once more.
        shutil.rmtree(self.place, ignore_errors=True)

    def owner(self, *command):
        """What an owner's command prints."""
        return subprocess.run([str(part) for part in (LODGER, *command)], env=self.environment, check=True,
                              capture_output=True, text=True).stdout

    def sessions(self):
        return json.loads(self.owner("status", "--json"))["sessions"]


class Ear:
    """Listens where the daemon would, says nothing, and counts what it hears."""

    def __init__(self):
        self.connections = 0
        self.bytes = 0
        self.listener = socket.create_server(("127.0.0.1", PORT))
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.hear, args=[connection], daemon=True).start()

    def hear(self, connection):
        with connection:
            while heard := connection.recv(4096):
                self.bytes += len(heard)


@contextmanager
def ear():
    ear = Ear()
    try:
        yield ear
    finally:
        # Wakes the thread that waits for the next connection.
        ear.listener.shutdown(socket.SHUT_RDWR)
        ear.listener.close()


def processes(name):
    """The running processes whose program has this name; none but ours can be seen here."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/comm") as comm, open(f"/proc/{entry}/stat") as stat:
                    if comm.read().strip().startswith(name[:15]) and stat.read().rsplit(")")[-1].split()[0] != "Z":
                        found.append(int(entry))
            except OSError:
                continue  # ended meanwhile
    return found


def listeners():
    """The TCP ports that are listened at, as `ADDRESS:PORT`."""
    lines = subprocess.run(["ss", "-ltnH"], check=True, capture_output=True, text=True).stdout.splitlines()
    return sorted(line.split()[3] for line in lines)
