"""A machine of the page's, and what its guest does when it is told to."""

import hashlib
import json
import struct
import time
from pathlib import Path

import frames
from lab.paths import GUEST, SITE


def image(name):
    path = Path(GUEST) / name
    return {"url": f"{SITE}/images/{name}", "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "size": path.stat().st_size}


def configuration(name, network):
    return {"name": name, "vm": {"cpus": 1, "memory": 256, "display": False}, "network": network,
            "boot": {"from": "kernel", "kernel": image("vmlinuz"), "initrd": image("initrd.img"),
                     "arguments": "quiet panic=5 tsc=unstable no_timer_check"}}


class Guest:
    """Started over protocol v1 with the owner's yes; told what to do over its port 80."""

    def __init__(self, page, daemon, site, name, network, remember=False):
        self.page = page
        site.configuration.write_text(json.dumps(configuration(name, network)))
        opened = page.open(daemon, remember=remember)
        self.session, self.resume = opened["session"]["id"], opened["resume"]
        page.ask("session.start", session=self.session)

    def tell(self, request, body=b"", seconds=15):
        """The body of the guest's answer."""
        with self.page.port(self.session, 80) as stream:
            stream.send(f"{request} HTTP/1.1\r\nHost: guest\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
            answer = b""
            for message in iter(lambda: stream.recv(timeout=seconds), ""):
                if isinstance(message, str):
                    break
                answer += message
                head, found, content = answer.partition(b"\r\n\r\n")
                if found and len(content) >= int(head.lower().split(b"content-length:")[1].split()[0]):
                    break
        assert answer.startswith(b"HTTP/1.1 200 "), answer[:200]
        return answer.partition(b"\r\n\r\n")[2]

    def wait(self, seconds=90):
        end = time.monotonic() + seconds
        while True:
            try:
                return self.tell("GET /api/status", seconds=2)
            except Exception:  # whatever goes wrong while it boots
                if time.monotonic() > end:
                    raise
                time.sleep(0.3)

    def reach(self, attempts):
        """What becomes of (service, address, port), each tried by a program in the guest."""
        lines = "".join(f"{service} {address} {port}\n" for service, address, port in attempts)
        answer = self.tell("POST /api/reach", lines.encode()).decode().splitlines()
        outcomes = [line.split(" ", 3)[3] for line in answer]
        assert len(outcomes) == len(attempts)
        return dict(zip(attempts, outcomes))

    def send(self, frame):
        assert self.tell("POST /api/frame", frame) == b"sent"

    def ask(self, name, kind=1, server="10.0.2.3"):
        """What a name server says: a list of addresses, or its code, or nothing."""
        answer = self.tell(f"POST /api/ask?of={server}", frames.question(name, kind))
        if not answer:
            return None
        code, count = answer[3] & 15, struct.unpack(">H", answer[6:8])[0]
        size = 16 if kind == 28 else 4
        records = answer[len(answer) - count * (12 + size):]
        return code or [frames.text(records[i * (12 + size) + 12:(i + 1) * (12 + size)]) for i in range(count)]
