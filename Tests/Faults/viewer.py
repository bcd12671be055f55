"""A viewer of a display in a process of its own, which can be killed: viewer.py ORIGIN, the ticket on standard input."""

import json
import sys

from lab import protocol

with protocol.socket("/display", "lodger.display.v1", sys.argv[1]) as display:
    display.send(sys.stdin.readline().strip())
    assert json.loads(display.recv(timeout=30))["event"] == "ready"
    assert display.recv(timeout=30).startswith(b"RFB")
    print("shown", flush=True)
    for _ in display:
        pass
