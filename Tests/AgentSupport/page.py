#!/usr/bin/python3
"""A page, as far as the daemon can tell: a WebSocket client with an Origin, of Python's standard library alone.

  page.py PORT ORIGIN

Sends each line of its input as a message to /v1 and prints every message that comes, until it has had as many replies.
"""

import base64
import json
import os
import socket
import struct
import sys


def frame(text):
    payload, mask = text.encode(), os.urandom(4)
    length = (bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + struct.pack(">H", len(payload)))
    return b"\x81" + length + mask + bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))


def messages(stream):
    while head := stream.read(2):
        length = head[1] & 0x7F
        if length == 126:
            length = struct.unpack(">H", stream.read(2))[0]
        elif length == 127:
            length = struct.unpack(">Q", stream.read(8))[0]
        payload = stream.read(length)
        if head[0] & 0x0F == 1:
            yield payload.decode()
        elif head[0] & 0x0F == 8:
            return


def main():
    port, origin = int(sys.argv[1]), sys.argv[2]
    requests = sys.stdin.read().splitlines()
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    key = base64.b64encode(os.urandom(16)).decode()
    connection.sendall(
        f"GET /v1 HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: {origin}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Protocol: lodger.v1\r\n\r\n".encode())
    stream = connection.makefile("rb")
    status = stream.readline().decode().strip()
    while stream.readline().strip():
        pass
    if " 101 " not in status:
        sys.exit(status)
    waiting = len(requests)
    for request in requests:
        connection.sendall(frame(request))
    for message in messages(stream):
        print(message, flush=True)
        waiting -= "id" in json.loads(message)
        if waiting == 0:
            return
    sys.exit("the daemon hung up")


main()
