"""A file server for tests that can misbehave in every way that a test asks for.

usage: server.py FOLDER [plain] [redirect=WHERE]

Serves FOLDER/files over https (or http) on a free loopback port, with a certificate that it makes; prints the port when
it listens and ends when its standard input does. The query of a request says how to misbehave; /log lists the requests.
"""

import json
import os
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

folder = sys.argv[1]
plain = "plain" in sys.argv[2:]
elsewhere = [word.removeprefix("redirect=") for word in sys.argv[2:] if word.startswith("redirect=")]
log = []
counts = {}
lock = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        self.wish = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        if url.path == "/log":
            with lock:
                text = json.dumps(log).encode()
            return self.send(200, text)
        with lock:
            log.append({"target": self.path, "host": self.headers["Host"], "range": self.headers["Range"],
                        "accept": self.headers["Accept"], "ifRange": self.headers["If-Range"], "sent": 0,
                        "cookie": self.headers["Cookie"], "authorization": self.headers["Authorization"]})
            self.entry = log[-1]
            self.nth = counts[url.path] = counts.get(url.path, 0) + 1
        for place in elsewhere:
            if url.path != place:
                return self.send(302, b"", {"Location": place})
        time.sleep(float(self.wish.get("delay", 0)))
        if "status" in self.wish:
            return self.send(int(self.wish["status"]), b"as you wish")
        if "redirect" in self.wish and self.nth <= int(self.wish.get("hops", 1)):
            return self.send(302, b"over there" * 1000, {"Location": self.wish["redirect"].replace("self", self.path)})
        if "head" in self.wish:
            return self.send(200, b"", {f"X-{n}": "x" * 1000 for n in range(int(self.wish["head"]))})
        try:
            with open(os.path.join(folder, "files", os.path.basename(url.path)), "rb") as file:
                self.file(file.read())
        except FileNotFoundError:
            self.send(404, b"no such file")

    def file(self, body):
        tag = self.wish.get("tag", '"one"')
        headers = {"Content-Type": self.wish.get("type", "application/octet-stream"), "ETag": tag}
        if "gzip" in self.wish:
            headers["Content-Encoding"] = "gzip"
        if "cookie" in self.wish:
            headers["Set-Cookie"] = "a=b; Path=/"
        if "garble" in self.wish and self.nth <= int(self.wish["garble"]):
            body = bytes(len(body))
        wanted = self.headers["Range"]
        fresh = self.headers["If-Range"] in (None, tag)
        if not wanted or "norange" in self.wish or not fresh:
            return self.send(200, body, headers)
        first = int(wanted.removeprefix("bytes=").rstrip("-"))
        if first >= len(body):
            return self.send(416, b"", {"Content-Range": f"bytes */{len(body)}"})
        told = first + int(self.wish.get("shift", 0))
        part = body[first:first + int(self.wish.get("most", len(body)))]
        headers["Content-Range"] = f"bytes {told}-{told + len(part) - 1}/{len(body)}"
        self.send(206, part, headers)

    def send(self, status, body, headers={}):
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "unsized" in self.wish:
            self.close_connection = True
        else:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        sent = 0
        cut = int(self.wish.get("cut", -1)) if self.nth_is("times") else -1
        stall = int(self.wish.get("stall", -1)) if self.nth_is("times") else -1
        pace = float(self.wish.get("pace", 0))
        while sent < len(body):
            end = min(sent + 65536, len(body))
            for stop in (cut, stall):
                if sent <= stop < end:
                    end = stop
            self.wfile.write(body[sent:end])
            with lock:
                if hasattr(self, "entry"):
                    self.entry["sent"] += end - sent
            sent = end
            if sent == cut:
                return self.reset()
            if sent == stall:
                time.sleep(60)
            time.sleep(pace)

    def nth_is(self, name):
        return getattr(self, "nth", 0) <= int(self.wish.get(name, 1))

    def reset(self):
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 2))
        self.connection.close()
        self.close_connection = True


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def get_request(self):
        connection, address = super().get_request()
        if not plain:
            # The handshake happens in the handler's thread, at the first read.
            connection = context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, request, address):
        pass


if not plain:
    key, certificate = os.path.join(folder, "key.pem"), os.path.join(folder, "authority.pem")
    names = "DNS:files.example,DNS:other.example,DNS:localhost"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=files.example",
                    "-addext", "subjectAltName=" + names], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
server = Server(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
os._exit(0)
