"""The parts that tests ask for by name."""

import os
from pathlib import Path

import pytest

from lab.authority import Authority
from lab.daemon import Daemon
from lab.site import example_site


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def site(tmp_path_factory, authority):
    with example_site(tmp_path_factory.mktemp("site"), authority) as site:
        yield site


@pytest.fixture
def make_daemon(tmp_path, authority):
    """Makes a daemon that has not been started, in a folder of its own below `parent`."""
    made = []

    def make(parent="/tmp"):
        daemon = Daemon(tmp_path, authority, dict(os.environ), "--consent", "command-line", parent=parent)
        made.append(daemon)
        return daemon

    yield make
    for daemon in made:
        daemon.stop()
        daemon.clear()


@pytest.fixture
def daemon(make_daemon):
    return make_daemon()


@pytest.fixture
def small_disk():
    return Path(os.environ["LODGER_SMALL_DISK"])
