"""Servers that take their time, so that something can happen meanwhile."""

import re
import ssl
import threading
import time
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .paths import GUEST

IMAGES = "https://images.example"
# For `example_site`: the same configuration, a while later.
PASS_ON = "/slow.jws=http://127.0.0.1:8082/vm.jws"
THINKING = 1.0
PIECE = 256 << 10
PAUSE = 0.04


class SlowSigner(BaseHTTPRequestHandler):
    """The signing endpoint behind a second of silence."""

    def do_GET(self):
        time.sleep(THINKING)
        with urllib.request.urlopen(f"http://127.0.0.1:8080{self.path}", timeout=10) as reply:
            body = reply.read()
        self.send_response(200)
        self.send_header("Content-Type", reply.headers["Content-Type"])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class SlowImages(BaseHTTPRequestHandler):
    """The guest's image, in pieces with pauses between."""

    def do_GET(self):
        data = (GUEST / "guest.qcow2").read_bytes()
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        first = int(asked[1]) if asked else 0
        self.send_response(206 if asked else 200)
        if asked:
            self.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(data) - first))
        self.end_headers()
        try:
            for start in range(first, len(data), PIECE):
                self.wfile.write(data[start:start + PIECE])
                time.sleep(PAUSE)
        except OSError:
            pass  # whoever fetched it has gone

    def log_message(self, *arguments):
        pass


@contextmanager
def slow_servers(authority):
    """Serves for the time of a `with`."""
    signer = ThreadingHTTPServer(("127.0.0.1", 8082), SlowSigner)
    images = ThreadingHTTPServer(("images.example", 443), SlowImages)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.issue("images.example"))
    images.socket = context.wrap_socket(images.socket, server_side=True, do_handshake_on_connect=False)
    servers = [signer, images]
    for server in servers:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()
