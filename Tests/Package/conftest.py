"""The parts that tests ask for by name: one computer, one site and one visitor for all of them."""

import shutil

import pytest
from playwright.sync_api import sync_playwright

from computer import FOLDER, a_computer
from lab.authority import Authority
from lab.chromium import chromium
from lab.desktop import desktop
from lab.paths import TOP
from lab.site import example_site

# How Ann's daemon is set up: it knows the tests' authority, and she answers on the command line.
SETTINGS = """certificate-authorities = "/home/ann/authority.pem"
consent = "command-line"
accelerator = "tcg"
"""


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def site(tmp_path_factory, authority):
    with example_site(tmp_path_factory.mktemp("site"), authority) as site:
        yield site


@pytest.fixture(scope="session")
def repository(tmp_path_factory):
    """Has the older release until a test publishes the newer one."""
    folder = tmp_path_factory.mktemp("repository") / "public"
    shutil.copytree(FOLDER / "older/public", folder)
    return folder


@pytest.fixture(scope="session")
def computer(tmp_path_factory, authority, repository):
    with a_computer(tmp_path_factory.mktemp("computer"), repository) as computer:
        computer.write("/home/ann/authority.pem", authority.certificate.read_text())
        computer.write("/home/ann/.config/lodger/lodger.toml", SETTINGS)
        yield computer


@pytest.fixture(scope="session")
def visitor(tmp_path_factory, site):
    """Chromium, whose visitor lets the site talk to this computer."""
    with desktop(tmp_path_factory.mktemp("desktop")) as environment, sync_playwright() as playwright:
        with chromium(playwright, environment, granted=True, program=TOP / "Tests/Package/browser") as tab:
            yield tab
