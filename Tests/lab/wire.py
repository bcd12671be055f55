"""A WebSocket's far end, with as little work of its own as can be."""

import base64
import os
import socket
import struct

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class Gone(Exception):
    """The other side has ended the connection."""


class Wire:
    def __init__(self, port, path, protocol, origin, ticket=False):
        self.socket = socket.create_connection(("127.0.0.1", port), 30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: {origin}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Protocol: {protocol}\r\n\r\n").encode())
        head = b""
        while b"\r\n\r\n" not in head:
            head += self.exactly(1)
        assert b" 101 " in head, head
        if ticket:
            self.send(b"ticket", TEXT)
            assert b"ready" in self.receive()

    @staticmethod
    def frame(payload, opcode=BINARY):
        size = len(payload)
        length = bytes([0x80 | size]) if size < 126 else struct.pack("!BH", 0xFE, size) if size < 65536 else \
            struct.pack("!BQ", 0xFF, size)
        # A mask of zeros leaves the payload as it is, and costs the other side the same.
        return bytes([0x80 | opcode]) + length + bytes(4) + payload

    def send(self, payload, opcode=BINARY):
        self.socket.sendall(self.frame(payload, opcode))

    def exactly(self, count):
        data = b""
        while len(data) < count:
            piece = self.socket.recv(count - len(data))
            if not piece:
                raise Gone
            data += piece
        return data

    def receive_any(self):
        """The next frame's payload; a ping is answered and gives nothing."""
        first, size = self.exactly(2)
        size &= 127
        if size == 126:
            size = struct.unpack("!H", self.exactly(2))[0]
        elif size == 127:
            size = struct.unpack("!Q", self.exactly(8))[0]
        payload, opcode = self.exactly(size), first & 15
        if opcode == CLOSE:
            raise Gone
        if opcode == PING:
            self.send(payload, PONG)
        return payload if opcode in (TEXT, BINARY) else b""

    def receive(self):
        while True:
            payload = self.receive_any()
            if payload:
                return payload

    def close(self):
        self.socket.close()
