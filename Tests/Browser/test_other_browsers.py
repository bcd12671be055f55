"""Firefox ESR and WebKitGTK, as far as they can be driven (docs/browsers.md)."""

from lab.lodging import answered, assert_nothing_is_left, typed_text_comes_back
from lab.paths import ARTIFACTS, SITE
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


def test_firefox_runs_a_machine(firefox_tab, daemon):
    daemon.start()
    firefox_tab.go(SITE)
    firefox_tab.click("#start")
    answered(firefox_tab, daemon)
    runs_and_stops(firefox_tab, daemon)


def test_webkit_runs_a_machine_through_the_helper_window(webkit_tab, daemon):
    daemon.start()
    webkit_tab.go(SITE)
    webkit_tab.click("#start")
    webkit_tab.wait_for(connection="needs-helper")
    webkit_tab.click("#helper")
    wait_until(lambda: len(webkit_tab.windows()) == 2, 10, "the helper window")
    answered(webkit_tab, daemon, ARTIFACTS / "webkit.png")
    runs_and_stops(webkit_tab, daemon)


def runs_and_stops(tab, daemon):
    tab.wait_for_card()
    tab.wait_for_movement()
    typed_text_comes_back(tab, "hello lodger")
    tab.click("#pause")
    tab.wait_for(session="paused")
    tab.click("#resume")
    tab.wait_for(session="running")
    tab.click("#stop")
    tab.wait_for(session="stopped")
    assert_nothing_is_left(daemon)
