"""Each part of the lab alone: when one of these fails, the others tell nothing."""

import ssl
import urllib.error
import urllib.request

import pytest

from lab.daemon import listeners
from lab.paths import PORT, SITE
from lab.process import wait_until


def test_the_site_is_on_https_under_its_own_authority(site, authority):
    context = ssl.create_default_context(cafile=str(authority.certificate))
    with urllib.request.urlopen(f"{SITE}/", context=context) as page:
        assert b"<lodger-display" in page.read()
    request = urllib.request.Request(f"{SITE}/images/guest.qcow2", headers={"Range": "bytes=4-7"})
    with urllib.request.urlopen(request, context=context) as part:
        assert part.status == 206 and len(part.read()) == 4
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"{SITE}/")


def test_a_signed_configuration_is_for_one_nonce(site, authority):
    context = ssl.create_default_context(cafile=str(authority.certificate))
    with urllib.request.urlopen(f"{SITE}/vm.jws?nonce=0123456789abcdef", context=context) as answer:
        assert answer.headers["Content-Type"] == "application/lodger+jws"
        assert answer.read().count(b".") == 2
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(f"{SITE}/vm.jws", context=context)


def test_the_browser_takes_the_page_for_public_and_asks_before_this_computer(undecided, ear):
    undecided.go(SITE)
    assert undecided.evaluate("isSecureContext")
    query = "navigator.permissions.query({name: 'loopback-network'}).then(status => status.state)"
    assert undecided.evaluate(query) == "prompt"
    undecided.click("#start")
    undecided.wait_for(connection="asking-permission")
    assert ear.connections > 0 and ear.bytes == 0


def test_a_granted_page_reaches_the_port_of_the_daemon(visitor, ear):
    visitor.go(SITE)
    visitor.click("#start")
    wait_until(lambda: ear.bytes > 0, 10, "the page at the port")


def test_a_refused_page_sends_no_byte_and_says_what_to_do(refuser, ear):
    refuser.go(SITE)
    refuser.click("#start")
    refuser.wait_for(connection="denied")
    assert refuser.text("#detail") != ""
    assert ear.bytes == 0


def test_nothing_is_listened_at_by_chance(site):
    assert not any(address.endswith(f":{PORT}") for address in listeners())
