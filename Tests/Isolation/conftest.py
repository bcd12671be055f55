"""A site, a daemon, and whoever listens on this computer and on the internet."""

import os
import threading
import time
from pathlib import Path

import pytest

import ears
from lab.authority import Authority
from lab.daemon import Daemon
from lab.site import example_site

MATRIX = pytest.StashKey()
LIMITS = """
[limits]
cpus = 1
memory = "256MiB"
machines = 4
machines-per-site = 4
"""


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def site(tmp_path_factory, authority):
    with example_site(tmp_path_factory.mktemp("site"), authority) as site:
        yield site


@pytest.fixture(scope="session")
def daemon(tmp_path_factory, authority):
    daemon = Daemon(tmp_path_factory.mktemp("daemon"), authority, dict(os.environ), "--consent", "command-line",
                    "--accelerator", "tcg")
    daemon.settings.write_text(daemon.settings.read_text() + LIMITS)
    try:
        yield daemon.start()
    finally:
        daemon.stop()
        daemon.clear()


@pytest.fixture(scope="session")
def matrix(request):
    """What was reached, by network and place; printed at the end."""
    return request.config.stash.setdefault(MATRIX, {})


def pytest_terminal_summary(terminalreporter, config):
    matrix = config.stash.get(MATRIX, {})
    rows = list(dict.fromkeys(row for column in matrix.values() for row in column))
    lines = [["", *matrix], *([row, *(column.get(row, "") for column in matrix.values())] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines)]
    for line in lines:
        terminalreporter.write_line("  ".join(map(str.ljust, line, widths)).rstrip())


class Heard:
    """What anybody has heard, here or on the internet, since one asked last."""

    def __init__(self):
        self.here = []
        self.log = Path(os.environ["HOME"]).parent / "internet.log"
        self.seen = (0, 0)
        threading.Thread(target=ears.serve, args=[self.here.append], daemon=True).start()

    def count(self, line):
        """How often it was heard on the internet, since one asked for all."""
        return self.log.read_text().splitlines()[self.seen[1]:].count(line)

    def now(self):
        """Waits a moment for what is on its way."""
        time.sleep(0.5)
        outside = self.log.read_text().splitlines()
        new = [f"here {line}" for line in self.here[self.seen[0]:]] + outside[self.seen[1]:]
        self.seen = (len(self.here), len(outside))
        return new


@pytest.fixture(scope="session")
def heard():
    return Heard()
