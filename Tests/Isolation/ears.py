"""Servers that answer whoever reaches them and write down at which address that was."""

import selectors
import socket

PORTS = (8443, 18777)


def listen(kind, family, port):
    ear = socket.socket(family, kind)
    ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        ear.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    if kind == socket.SOCK_DGRAM:
        # So that each datagram tells where it was sent to.
        level, option = ((socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO) if family == socket.AF_INET6
                         else (socket.IPPROTO_IP, 8))  # IP_PKTINFO
        ear.setsockopt(level, option, 1)
    ear.bind(("", port))
    if kind == socket.SOCK_STREAM:
        ear.listen(64)
    ear.setblocking(False)
    return ear


def hear(ear, port):
    """Who was meant, as `tcp 203.0.113.20 8443`."""
    if ear.type == socket.SOCK_STREAM:
        connection, _ = ear.accept()
        with connection:
            return f"tcp {connection.getsockname()[0]} {port}"
    _, extra, _, sender = ear.recvmsg(64, 256)
    place = "?"
    for level, _, data in extra:
        place = (socket.inet_ntop(socket.AF_INET6, data[:16]) if level == socket.IPPROTO_IPV6
                 else socket.inet_ntop(socket.AF_INET, data[8:12]))
    try:
        answer(ear, place, sender)
    except OSError:
        pass  # a broadcast or a stranger's address: heard is what counts
    return f"udp {place} {port}"


def answer(ear, place, sender):
    """From the address that was asked, which may be one of many."""
    if ear.family == socket.AF_INET6:
        data = [(socket.IPPROTO_IPV6, socket.IPV6_PKTINFO, socket.inet_pton(socket.AF_INET6, place) + bytes(4))]
    else:
        data = [(socket.IPPROTO_IP, 8, bytes(4) + socket.inet_pton(socket.AF_INET, place) + bytes(4))]
    ear.sendmsg([b"!"], data, 0, sender)


def serve(write, others=()):
    """Listens on all ports of all addresses; `others` are more sockets, each with what to do when it can be read."""
    selector = selectors.DefaultSelector()
    for port in PORTS:
        for family in (socket.AF_INET, socket.AF_INET6):
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                ear = listen(kind, family, port)
                selector.register(ear, selectors.EVENT_READ, lambda ear=ear, port=port: write(hear(ear, port)))
    for other, act in others:
        selector.register(other, selectors.EVENT_READ, act)
    while True:
        for key, _ in selector.select():
            try:
                key.data()
            except OSError:
                continue  # it went away before it was taken
