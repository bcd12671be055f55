"""Those who load the door, each in a process of its own: a machine's display, viewers, idle pages, attackers."""

import multiprocessing
import resource
import selectors
import socket
import struct
import time
from contextlib import contextmanager

from lab.wire import TEXT, Gone, Wire

FRAME = 8 << 10
FRAMES_A_SECOND = 5
HELLO = b'{"id":1,"request":"hello","version":1,"client":"load"}'


def allow_descriptors():
    """As many as the hard limit gives; a crowd takes a few thousand."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


@contextmanager
def crew(work, *arguments):
    """Runs some work in another process; gives the pipe to it, over which it is asked for its report, and then ends."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.Process(target=work, args=[there, *arguments], daemon=True)
    process.start()
    there.close()
    try:
        yield here
    finally:
        process.kill()
        process.join()
        here.close()


def display(pipe, path):
    """A stand-in for machines' displays: frames that carry their time, a few a second, to whoever connects."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(512)
    listener.setblocking(False)
    pipe.send("ready")
    viewers = {}
    while True:
        due = time.monotonic() + 1 / FRAMES_A_SECOND
        frame = struct.pack("!d", time.monotonic()) + bytes(FRAME - 8)
        for viewer, rest in list(viewers.items()):
            try:
                # One that takes nothing misses frames, and never a part of one.
                rest = rest or frame
                viewers[viewer] = rest[viewer.send(rest):]
            except BlockingIOError:
                continue
            except OSError:
                del viewers[viewer]
                viewer.close()
        while (pause := due - time.monotonic()) > 0:
            try:
                viewer, _ = listener.accept()
                viewer.setblocking(False)
                viewers[viewer] = b""
            except BlockingIOError:
                time.sleep(min(pause, 0.01))


class Watcher:
    """One viewer: how late its frames were, and how long it waited for the next."""

    def __init__(self, wire):
        self.wire = wire
        self.stream = b""
        self.last = time.monotonic()
        self.gap = 0.0
        self.delays = []

    def take(self, now):
        self.stream += self.wire.receive_any()
        while len(self.stream) >= FRAME:
            self.delays.append(now - struct.unpack("!d", self.stream[:8])[0])
            self.stream = self.stream[FRAME:]
            self.gap = max(self.gap, now - self.last)
            self.last = now


def viewers(pipe, port, reading, idle):
    """Displays of which some read nothing; when asked, tells the delays and the longest waits since the last time."""
    allow_descriptors()

    def open_display(number):
        return Wire(port, "/display", "lodger.display.v1", f"https://viewer{number // 10}.example", ticket=True)

    # Held, so that they stay open.
    sleepers = [open_display(number) for number in range(idle)]  # noqa: F841
    watchers = [Watcher(open_display(idle + number)) for number in range(reading)]
    selector = selectors.DefaultSelector()
    for watcher in watchers:
        selector.register(watcher.wire.socket, selectors.EVENT_READ, watcher)
    selector.register(pipe, selectors.EVENT_READ)
    pipe.send("ready")
    while True:
        for key, _ in selector.select():
            if key.data:
                key.data.take(time.monotonic())
                continue
            pipe.recv()
            now = time.monotonic()
            waits = [max(watcher.gap, now - watcher.last) for watcher in watchers]
            pipe.send(([delay for watcher in watchers for delay in watcher.delays], waits))
            for watcher in watchers:
                watcher.delays, watcher.gap = [], 0.0


def idle_pages(pipe, port, count):
    """Control connections that say hello and no more, and answer pings."""
    allow_descriptors()
    selector = selectors.DefaultSelector()
    for number in range(count):
        page = Wire(port, "/v1", "lodger.v1", f"https://idle{number // 10}.example")
        page.send(HELLO, TEXT)
        assert b'"hello"' in page.receive()
        selector.register(page.socket, selectors.EVENT_READ, page)
    selector.register(pipe, selectors.EVENT_READ)
    lost = 0
    pipe.send("ready")
    while True:
        for key, _ in selector.select():
            if key.data:
                try:
                    key.data.receive_any()
                except (Gone, OSError):
                    lost += 1
                    selector.unregister(key.fileobj)
            else:
                pipe.recv()
                pipe.send(lost)


def half_heads(pipe, port, count):
    """Slowloris: connections that begin a head and never end it. Tells when all were made, then when none is left."""
    allow_descriptors()
    selector = selectors.DefaultSelector()
    for _ in range(count):
        connection = socket.create_connection(("127.0.0.1", port), 30)
        try:
            connection.sendall(b"GET /v1 HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ")
            selector.register(connection, selectors.EVENT_READ, connection)
        except OSError:
            connection.close()
    pipe.send("made")
    while selector.get_map():
        for key, _ in selector.select():
            try:
                ended = not key.data.recv(4096)
            except OSError:
                ended = True
            if ended:
                selector.unregister(key.data)
                key.data.close()
    pipe.send("all ended")


def flood(pipe, port, count):
    """Connections that are closed at once."""
    for _ in range(count):
        socket.create_connection(("127.0.0.1", port), 30).close()
    pipe.send("made")
