"""Sites as the daemon meets them, without a browser: who signs how, and who may come back."""

import subprocess

import pytest

from lab.daemon import processes
from lab.paths import LODGER, SITE
from lab.process import wait_until
from lab.protocol import ControlConnection, Problem


def pending(daemon):
    """Whether a question waits for the owner."""
    return "no questions" not in daemon.owner("requests")


@pytest.mark.parametrize("path", ["vm.jws", "node.jws"])
def test_a_configuration_of_the_example_endpoints_is_taken(windowless, site, path):
    with ControlConnection() as page:
        session = page.open(windowless, f"{SITE}/{path}")["session"]
    assert session["name"] == "A small Linux" and session["ports"] == [80]


def test_a_configuration_signed_for_a_web_server_is_taken_and_never_an_older_one(windowless, site):
    def publish(version):
        subprocess.run([LODGER, "sign", site.configuration, "--key", site.key, "--site", SITE, "--version", str(version),
                        "--out", site.signed / "vm.jws"], check=True)

    publish(2)
    with ControlConnection() as page:
        page.open(windowless, f"{SITE}/signed/vm.jws")
        publish(1)
        with pytest.raises(Problem, match="configuration-replayed"):
            page.open(windowless, f"{SITE}/signed/vm.jws")


def test_without_the_token_the_owner_is_asked_again_and_with_it_nobody(windowless, site):
    with ControlConnection() as page:
        opened = page.open(windowless)
    # A reload: the page kept the token.
    with ControlConnection() as page:
        again = page.ask("session.open", configuration=f"{SITE}/vm.jws", resume=opened["resume"])
        assert again["session"]["id"] == opened["session"]["id"]
    # A program that knows the origin and nothing else.
    with ControlConnection() as forger:
        number = forger.send("session.open", configuration=f"{SITE}/vm.jws", resume="A" * 43)
        assert forger.receive()["event"] == "consent.pending"
        assert pending(windowless)
        request = windowless.owner("requests").split()[0]
        windowless.owner("deny", request)
        with pytest.raises(Problem, match="consent-denied"):
            forger.reply(number)
    # The cage ends a moment after what libvirt knows of it.
    wait_until(lambda: processes("qemu-system-x86_64") == [], 10, "the end of every machine")


def test_another_site_sees_and_touches_nothing(windowless, site):
    with ControlConnection() as page:
        session = page.open(windowless)["session"]["id"]
        with ControlConnection("https://other.example") as stranger:
            assert stranger.ask("session.list")["sessions"] == []
            for request in ("session.start", "session.stop", "session.forget", "display.ticket"):
                with pytest.raises(Problem, match="session-unknown"):
                    stranger.ask(request, session=session)
            # A configuration that another site signed for itself.
            with pytest.raises(Problem, match="configuration-"):
                stranger.open(windowless, f"{SITE}/vm.jws")


def test_a_question_that_its_page_leaves_behind_goes_away(windowless, site):
    with ControlConnection() as page:
        page.send("session.open", configuration=f"{SITE}/vm.jws")
        assert page.receive()["event"] == "consent.pending"
        assert pending(windowless)
    wait_until(lambda: not pending(windowless), 10, "the question's end")
