"""The parts that tests ask for by name."""

import os
from contextlib import contextmanager

import pytest
from playwright.sync_api import sync_playwright

from lab.authority import Authority
from lab.chromium import chromium
from lab.daemon import Daemon, ear as an_ear
from lab.desktop import desktop as a_desktop
from lab.firefox import firefox
from lab.site import example_site
from lab.webkit import webkit


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def site(tmp_path_factory, authority):
    with example_site(tmp_path_factory.mktemp("site"), authority) as site:
        yield site


@pytest.fixture(scope="session")
def desktop(tmp_path_factory):
    """The environment of programs on a screen."""
    with a_desktop(tmp_path_factory.mktemp("desktop")) as environment:
        yield environment


@contextmanager
def a_daemon(folder, *arguments):
    folder.mkdir()
    daemon = Daemon(folder, *arguments)
    try:
        yield daemon
    finally:
        daemon.stop()
        daemon.clear()


@pytest.fixture
def daemon(tmp_path, authority, desktop):
    """A daemon that has not been started; whatever of it and of its machines is left ends with the test."""
    with a_daemon(tmp_path / "daemon", authority, desktop) as daemon:
        yield daemon


@pytest.fixture
def windowless(tmp_path, authority):
    """A running daemon on a computer without a desktop, where the owner answers on the command line."""
    with a_daemon(tmp_path / "daemon", authority, dict(os.environ), "--consent", "command-line") as daemon:
        yield daemon.start()


@pytest.fixture
def ear():
    with an_ear() as ear:
        yield ear


@pytest.fixture(scope="session")
def playwright():
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture
def visitor(playwright, desktop, site):
    """Chromium, whose visitor lets the site talk to this computer."""
    with chromium(playwright, desktop, granted=True) as tab:
        yield tab


@pytest.fixture
def undecided(playwright, desktop, site):
    """Chromium, whose visitor has not answered the browser yet."""
    with chromium(playwright, desktop) as tab:
        yield tab


@pytest.fixture
def refuser(playwright, desktop, site):
    """Chromium, whose visitor does not let the site talk to this computer."""
    with chromium(playwright, desktop, headless=True) as tab:
        yield tab


@pytest.fixture
def firefox_tab(tmp_path, desktop, site):
    with firefox(tmp_path, desktop) as tab:
        yield tab


@pytest.fixture
def webkit_tab(tmp_path, desktop, site):
    with webkit(tmp_path, desktop) as tab:
        yield tab
