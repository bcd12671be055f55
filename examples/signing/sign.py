#!/usr/bin/env python3
"""Answers /vm.jws?nonce=… and /.well-known/lodger.json: over https with a certificate, else for an https server to pass on.
sign.py --site ORIGIN --key key.pem --configuration demo.json [--port 8080] [--certificate FILE --tls-key FILE]"""
import argparse, base64, hashlib, json, re, ssl, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils

arguments = argparse.ArgumentParser()
for name in ("--site", "--key", "--configuration", "--certificate", "--tls-key"):
    arguments.add_argument(name, required=name in ("--site", "--key", "--configuration"))
arguments.add_argument("--port", type=int, default=8080)
options = arguments.parse_args()

def base64url(data): return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

key = serialization.load_pem_private_key(open(options.key, "rb").read(), None)
if isinstance(key, ed25519.Ed25519PrivateKey):
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    algorithm, jwk = "Ed25519", {"crv": "Ed25519", "kty": "OKP", "x": base64url(raw)}
else:
    point = key.public_key().public_numbers()
    x, y = (base64url(number.to_bytes(32, "big")) for number in (point.x, point.y))
    algorithm, jwk = "ES256", {"crv": "P-256", "kty": "EC", "x": x, "y": y}
thumbprint = base64url(hashlib.sha256(json.dumps(jwk, separators=(",", ":"), sort_keys=True).encode()).digest())

def signed(payload):
    header = {"alg": algorithm, "kid": thumbprint, "typ": "lodger+jws"}
    text = ".".join(base64url(json.dumps(part).encode()) for part in (header, payload)).encode()
    signature = key.sign(text) if algorithm == "Ed25519" else key.sign(text, ec.ECDSA(hashes.SHA256()))
    if algorithm == "ES256":
        signature = b"".join(number.to_bytes(32, "big") for number in utils.decode_dss_signature(signature))
    return text + b"." + base64url(signature).encode()

class Endpoint(BaseHTTPRequestHandler):
    def do_GET(self):
        url, now = urlsplit(self.path), int(time.time())
        nonce = parse_qs(url.query).get("nonce", [""])[0]
        status, kind, body = 404, "text/plain", b"not here\n"
        if url.path == "/.well-known/lodger.json":
            document = {"version": 1, "expires": now + 90 * 86400, "keys": [jwk], "next": [], "revoked": []}
            status, kind, body = 200, "application/json", json.dumps(document).encode()
        elif url.path == "/vm.jws" and re.fullmatch(r"[A-Za-z0-9_-]{16,128}", nonce):
            envelope = {"iss": options.site, "aud": "lodger", "iat": now, "exp": now + 300, "nonce": nonce}
            configuration = json.load(open(options.configuration, encoding="utf-8"))
            status, kind, body = 200, "application/lodger+jws", signed({**configuration, **envelope})
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": len(body), "Cache-Control": "no-store"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

server = ThreadingHTTPServer(("" if options.certificate else "127.0.0.1", options.port), Endpoint)
if options.certificate:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(options.certificate, options.tls_key)
    server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
server.serve_forever()
