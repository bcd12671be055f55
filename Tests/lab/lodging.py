"""What tests of a whole lodging share."""

import subprocess

from .daemon import processes
from .owner import answer
from .paths import SITE
from .process import wait_until


def lodge(tab, daemon, screenshot=None):
    """Opens the page, starts the machine and says yes to it; gives what the consent window showed."""
    tab.go(SITE)
    tab.click("#start")
    return answered(tab, daemon, screenshot)


def answered(tab, daemon, screenshot=None):
    """Says yes to the machine that the page asks for, and waits until it runs."""
    tab.wait_for(word="asking-owner")
    shown = answer(daemon, "allow-once", screenshot)
    tab.wait_for(session="running", seconds=120)
    return shown


def typed_text_comes_back(tab, text):
    """Types into the screen, and waits until the guest's own web server tells the page what it got."""
    tab.click("#display")
    tab.type(text)
    wait_until(lambda: tab.text("#typed").endswith(text), 20, lambda: f"{text}, but it is {tab.text('#typed')}")


def assert_nothing_is_left(daemon):
    # The cage ends a moment after what libvirt knows of it.
    wait_until(lambda: processes("qemu-system-x86_64") == [], 10, "the end of every machine")
    assert processes("lodger-net") == []
    domains = subprocess.run(["virsh", "-q", "-c", "qemu:///session", "list", "--all", "--name"], check=True,
                             env=daemon.environment, capture_output=True, text=True).stdout
    assert domains.strip() == ""
    overlays = [path for path in daemon.state.rglob("*") if path.suffix in (".qcow2", ".sock")]
    assert overlays == []
