"""Those who come to the daemon's port beside the page that is looked at."""

import json
import random
import socket
from collections import deque
from contextlib import ExitStack

from lab import protocol
from lab.paths import PORT
from lab.protocol import ControlConnection


class Crowd:
    """Control connections of many sites that come and go, and some who misbehave."""

    def __init__(self, size, seed):
        self.size = size
        self.dice = random.Random(seed)
        self.pages = deque()
        self.loiterers = deque(maxlen=4)

    def turn(self):
        """Some leave, as many come, and everybody says something."""
        for _ in range(min(len(self.pages), self.dice.randint(1, self.size // 3))):
            self.leave(self.pages.popleft())
        while len(self.pages) < self.size:
            stack = ExitStack()
            page = stack.enter_context(ControlConnection(f"https://site{self.dice.randrange(self.size)}.example"))
            self.pages.append((stack, page))
        for _, page in self.pages:
            assert page.ask("session.list")["sessions"] == []
        self.misbehave()

    def misbehave(self):
        # Half a head, for the daemon to wait for.
        loiterer = socket.create_connection(("127.0.0.1", PORT), 5)
        loiterer.sendall(b"GET /info HTTP/1.1\r\nHost: ")
        if len(self.loiterers) == self.loiterers.maxlen:
            self.loiterers.popleft().close()
        self.loiterers.append(loiterer)
        # A ticket that nobody gave out.
        with protocol.socket("/display", "lodger.display.v1") as stranger:
            stranger.send("0" * 32)
            stranger.close()
        # An origin that is none.
        with socket.create_connection(("127.0.0.1", PORT), 5) as forger:
            forger.sendall(f"GET /v1 HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\nOrigin: null\r\n\r\n".encode())
            assert forger.recv(4096).startswith(b"HTTP/1.1 4")
        # A page that leaves with a request on its way.
        with ControlConnection("https://hasty.example") as hasty:
            hasty.socket.send(json.dumps({"id": 99, "request": "session.list"}))

    def leave(self, member):
        stack, page = member
        # Not all say goodbye.
        if self.dice.random() < 0.5:
            page.socket.socket.shutdown(socket.SHUT_RDWR)
        stack.close()

    def close(self):
        while self.pages:
            self.pages.popleft()[0].close()
        for loiterer in self.loiterers:
            loiterer.close()
        self.loiterers.clear()
