#!/usr/bin/env python3
"""The web server of the example site: files, with Range, and what the signing endpoint answers.

serve.py [--address 127.0.0.1] [--port 8000] [--certificate FILE --tls-key FILE]
    --files /=examples/page --files /lodger/=js/dist --files /images/=build/guest/cloud
    --pass-on /vm.jws=http://127.0.0.1:8080/vm.jws
    --pass-on /.well-known/lodger.json=http://127.0.0.1:8080/.well-known/lodger.json
"""
import argparse, mimetypes, re, shutil, ssl, urllib.error, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

# All that a page with Lodger needs: its own files, and this computer's daemon.
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " \
    "connect-src 'self' ws://127.0.0.1:5624; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def pair(text):
    prefix, separator, target = text.partition("=")
    if not separator or not prefix.startswith("/"):
        raise argparse.ArgumentTypeError("must be /PREFIX=TARGET")
    return prefix, target


class Site(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    files, passed_on = [], {}

    def do_GET(self):
        url = urlsplit(self.path)
        path = unquote(url.path)
        if path in self.passed_on:
            return self.pass_on(f"{self.passed_on[path]}?{url.query}")
        for prefix, folder in self.files:
            if path.startswith(prefix):
                wanted = (folder / (path[len(prefix):] or "index.html")).resolve()
                if wanted.is_file() and wanted.is_relative_to(folder):
                    return self.send_file(wanted)
        self.answer(404, "text/plain", b"not here\n")

    def pass_on(self, url):
        try:
            with urllib.request.urlopen(url, timeout=10) as reply:
                self.answer(reply.status, reply.headers["Content-Type"], reply.read())
        except urllib.error.HTTPError as error:
            self.answer(error.code, "text/plain", error.read())
        except OSError:
            self.answer(502, "text/plain", b"the signing endpoint does not answer\n")

    def send_file(self, path):
        size = path.stat().st_size
        first, last, status = 0, size - 1, 200
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if asked:
            first, last, status = int(asked[1]), min(int(asked[2] or last), last), 206
            if first > last:
                return self.answer(416, "text/plain", b"", [("Content-Range", f"bytes */{size}")])
        kind = {".mjs": "text/javascript"}.get(path.suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
        headers = [("Accept-Ranges", "bytes")]
        if status == 206:
            headers.append(("Content-Range", f"bytes {first}-{last}/{size}"))
        self.head(status, kind, last + 1 - first, headers)
        with path.open("rb") as file:
            file.seek(first)
            while first <= last:
                piece = file.read(min(1 << 16, last + 1 - first))
                self.wfile.write(piece)
                first += len(piece)

    def answer(self, status, kind, body, headers=()):
        self.head(status, kind, len(body), headers)
        self.wfile.write(body)

    def head(self, status, kind, length, headers):
        self.send_response(status)
        standing = [("Content-Type", kind), ("Content-Length", str(length)), ("Cache-Control", "no-cache"),
                    ("Content-Security-Policy", POLICY), ("X-Content-Type-Options", "nosniff")]
        for name, value in [*standing, *headers]:
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format, *values):
        # The query holds the visitor's nonce, which is no concern of a log.
        print(f"{self.command} {self.path.split('?')[0]} {values[1] if len(values) > 1 else ''}", flush=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--address", default="127.0.0.1")
    arguments.add_argument("--port", type=int, default=8000)
    arguments.add_argument("--certificate")
    arguments.add_argument("--tls-key")
    arguments.add_argument("--files", type=pair, action="append", default=[])
    arguments.add_argument("--pass-on", type=pair, action="append", default=[])
    options = arguments.parse_args()
    # The longest prefix wins.
    Site.files = sorted(((prefix, Path(folder).resolve()) for prefix, folder in options.files), reverse=True)
    Site.passed_on = dict(options.pass_on)
    server = ThreadingHTTPServer((options.address, options.port), Site)
    if options.certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options.certificate, options.tls_key)
        # A visitor's handshake is done by the visitor's thread, so that a silent one holds up nobody.
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.serve_forever()


if __name__ == "__main__":
    main()
