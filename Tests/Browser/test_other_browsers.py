"""Firefox ESR and WebKitGTK, as far as they can be driven (docs/browsers.md)."""

from lab.paths import SITE
from lab.process import wait_until


def test_firefox_connects_without_a_question(firefox_tab, ear):
    firefox_tab.go(SITE)
    assert firefox_tab.evaluate("isSecureContext")
    firefox_tab.click("#start")
    wait_until(lambda: ear.bytes > 0, 10, "the page at the port")


def test_webkit_is_led_to_the_helper_window(webkit_tab):
    webkit_tab.go(SITE)
    webkit_tab.click("#start")
    webkit_tab.wait_for(connection="needs-helper")
    assert webkit_tab.evaluate("document.getElementById('helper').hidden") is False
