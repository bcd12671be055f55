"""What nobody may see, planted in a whole session and looked for wherever it could have got to."""

import json
import os
import re
import secrets
import signal

import pytest

from conftest import a_daemon
from lab.daemon import processes
from lab.paths import SITE
from lab.process import wait_until
from lab.protocol import ControlConnection

# Where a planted text must be kept, by what it is; everywhere else it is a leak.
KEPT = {
    "pseudonym": ("trust/publishers/",),  # the site's own name for this computer
    "query": ("sessions/",),  # the address to fetch the configuration from again
}


@pytest.fixture
def talkative(tmp_path, authority):
    """A daemon that logs all that it can, on a computer without a desktop."""
    arguments = ("--consent", "command-line", "--log-level", "trace", "--log-format", "json")
    with a_daemon(tmp_path / "daemon", authority, dict(os.environ), *arguments) as daemon:
        yield daemon.start()


@pytest.fixture
def planted(site):
    """A member of the configuration that nobody reads, and a key in its address."""
    original = site.configuration.read_text()
    marks = {"member": f"planted{secrets.token_hex(12)}", "query": f"planted{secrets.token_hex(12)}"}
    site.configuration.write_text(json.dumps({**json.loads(original), "x-planted": marks["member"]}))
    yield marks
    site.configuration.write_text(original)


def seen_of_processes():
    """The command lines and environments of all processes but this one."""
    texts = []
    for entry in os.listdir("/proc"):
        if entry.isdigit() and int(entry) != os.getpid():
            for name in ("cmdline", "environ"):
                try:
                    with open(f"/proc/{entry}/{name}", "rb") as file:
                        texts.append(file.read())
                except OSError:
                    pass  # ended meanwhile, or forbids to be looked at
    return b"\n".join(texts).decode(errors="replace")


def files(folder):
    return [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size < 1 << 20]


def assert_absent(marks, text, where):
    for name, mark in marks.items():
        assert mark not in text, f"{name} in {where}"


def test_no_secret_of_a_session_is_seen_anywhere(talkative, site, planted):
    daemon = talkative
    marks = dict(planted)
    key = "".join(line for line in site.key.read_text().splitlines() if "-----" not in line)
    marks["signing key"] = key[40:80]
    with ControlConnection() as page:
        opened = page.open(daemon, f"{SITE}/vm.jws?key={planted['query']}", remember=True)
        session = opened["session"]["id"]
        marks["resume"] = opened["resume"]
        page.ask("session.start", session=session)
        marks["unused ticket"] = page.ask("display.ticket", session=session)["ticket"]
        marks["used ticket"] = page.ask("display.ticket", session=session)["ticket"]
        with page.stream("display", marks["used ticket"]) as display:
            assert display.recv(timeout=30).startswith(b"RFB ")
            running = seen_of_processes()
        page.ask("session.pause", session=session)
        page.ask("session.resume", session=session)
        told = daemon.owner("trace", session[:8])
        told += daemon.owner("trace") + daemon.owner("trace", session, "--json") + daemon.owner("metrics")
        page.ask("session.stop", session=session)
    with ControlConnection() as page:
        with pytest.raises(Exception, match="session-unknown"):
            page.ask("session.start", session=marks["resume"])
    # The endpoint beside the site's server tells what it is asked; the server itself does not.
    asked = re.findall(r"GET /vm\.jws\?\S*nonce=([\w-]+)&host=([\w-]+)", (site.folder / "signing.log").read_text())
    marks["nonce"], marks["pseudonym"] = asked[-1]

    with open(f"/proc/{daemon.process.pid}/limits") as limits:
        assert re.search(r"Max core file size\s+0\s+0\s", limits.read())
    daemon.process.send_signal(signal.SIGSEGV)
    assert daemon.process.wait(60) == -signal.SIGSEGV
    assert not [path for path in [*files(daemon.place), *files(daemon.folder)] if path.name.startswith("core")]

    log = daemon.log.read_text()
    assert "machine started" in log and session in log and "first-byte" in told
    assert "lodger run" in running.replace("\0", " ") and "qemu-system" in running
    assert_absent(marks, log, "the log")
    assert_absent(marks, running, "what processes show")
    assert_absent(marks, told, "the story or the counts")
    # To its own site a session's pseudonym and nonce go by design, and the key in the address is the site's own.
    for name in ("resume", "unused ticket", "used ticket", "member", "signing key"):
        assert marks[name] not in site.log.read_text(), f"{name} in the site's log"
    for path in files(daemon.place):
        text = path.read_text(errors="replace")
        for name, mark in marks.items():
            if not any(part in str(path) for part in KEPT.get(name, ())):
                assert mark not in text, f"{name} in {path}"
    # The cage ends a moment after what libvirt knows of it.
    wait_until(lambda: processes("qemu-system-x86_64") == [], 10, "the end of every machine")


def test_every_line_of_a_session_has_its_name(talkative, site):
    with ControlConnection() as page:
        session = page.open(talkative)["session"]["id"]
        page.ask("session.start", session=session)
        page.ask("session.stop", session=session)
    lines = [json.loads(line) for line in talkative.log.read_text().splitlines() if line.startswith("{")]
    ours = [line for line in lines if line["fields"].get("session")]
    assert {"sessions", "consent"} <= {line["part"] for line in ours}
    connections = {line["fields"]["connection"] for line in ours if "connection" in line["fields"]}
    assert len(connections) == 1
    assert {line["fields"]["session"] for line in ours if line["fields"].get("step") == "machine-started"} == {session}
