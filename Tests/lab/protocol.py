"""Protocol v1 without a browser: what docs/protocol.md says, from a program that forges an Origin."""

import itertools
import json
from contextlib import contextmanager

from websockets.sync.client import connect

from .paths import PORT, SITE


def socket(path, protocol, origin=SITE):
    return connect(f"ws://127.0.0.1:{PORT}{path}", origin=origin, subprotocols=[protocol], compression=None,
                   max_size=None)


class Problem(Exception):
    def __init__(self, problem):
        super().__init__(f"{problem['code']}: {problem['message']}")
        self.code = problem["code"]
        self.after = problem.get("after")


class ControlConnection:
    """A page's control connection."""

    def __init__(self, origin=SITE):
        self.origin = origin
        self.opening = socket("/v1", "lodger.v1", origin)
        self.numbers = itertools.count(1)
        self.events = []

    def __enter__(self):
        self.socket = self.opening.__enter__()
        self.ask("hello", version=1, client="tests")
        return self

    def __exit__(self, *reason):
        self.opening.__exit__(*reason)

    def send(self, request, **members):
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "request": request, **members}))
        return number

    def receive(self, timeout=120):
        return json.loads(self.socket.recv(timeout=timeout))

    def reply(self, number):
        while True:
            message = self.receive()
            if message.get("id") != number:
                self.events.append(message)
            elif "problem" in message:
                raise Problem(message["problem"])
            else:
                return message

    def ask(self, request, **members):
        return self.reply(self.send(request, **members))

    def open(self, daemon, configuration=f"{SITE}/vm.jws", remember=False, **members):
        """Opens a session, with the owner's yes from the command line."""
        number = self.send("session.open", configuration=configuration, **members)
        while True:
            message = self.receive()
            if message.get("event") == "consent.pending":
                daemon.owner("approve", message["consent"], *(["--remember"] if remember else []))
            elif message.get("id") == number:
                if "problem" in message:
                    raise Problem(message["problem"])
                return message

    def display(self, session):
        """A display's socket, ready for RFB."""
        return self.stream("display", self.ask("display.ticket", session=session)["ticket"])

    def port(self, session, port):
        """The socket of a connection to a port of the guest."""
        return self.stream("port", self.ask("port.ticket", session=session, port=port)["ticket"])

    @contextmanager
    def stream(self, kind, ticket):
        with socket(f"/{kind}", f"lodger.{kind}.v1", self.origin) as stream:
            stream.send(ticket)
            assert json.loads(stream.recv(timeout=30))["event"] == "ready"
            yield stream
