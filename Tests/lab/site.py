"""The example site on https, with its signing endpoint, as a visitor would find it."""

import json
import ssl
import sys
import urllib.request
from contextlib import ExitStack, contextmanager

from .authority import openssl
from .paths import GUEST, SITE, SITE_ADDRESS, TOP
from .process import running, wait_until

sys.path.insert(0, str(TOP / "examples/site"))
import describe  # noqa: E402


class Site:
    """Where the site keeps its key and its configuration, for tests that change them."""

    def __init__(self, folder):
        self.folder = folder
        self.key = folder / "key.pem"
        self.configuration = folder / "demo.json"
        # Files that stand under /signed/.
        self.signed = folder / "signed"
        self.log = folder / "site.log"

    def requests(self, path):
        """How often a path was asked for."""
        return self.log.read_text().count(f"GET {path} ")


@contextmanager
def example_site(folder, authority, pass_on=()):
    """Starts the site at https://project.example; `pass_on` has further `PATH=ADDRESS` of servers behind it."""
    site = Site(folder)
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", site.key)
    site.configuration.write_text(json.dumps(describe.configuration(GUEST, SITE)))
    certificate, key = authority.issue("project.example", "other.example")
    site.signed.mkdir()
    common = ["--site", SITE, "--key", site.key, "--configuration", site.configuration, "--port"]
    python = ["/usr/bin/python3", TOP / "examples/signing/sign.py", *common, "8080"]
    node = ["node", TOP / "examples/signing/sign.mjs", *common, "8081"]
    serving = ["/usr/bin/python3", TOP / "examples/site/serve.py", "--address", SITE_ADDRESS, "--port", "443",
               "--certificate", certificate, "--tls-key", key, "--files", f"/={TOP}/examples/page",
               "--files", f"/lodger/={TOP}/js/dist", "--files", f"/images/={GUEST}", "--files", f"/signed/={site.signed}",
               "--pass-on", "/vm.jws=http://127.0.0.1:8080/vm.jws", "--pass-on", "/node.jws=http://127.0.0.1:8081/vm.jws",
               "--pass-on", "/.well-known/lodger.json=http://127.0.0.1:8080/.well-known/lodger.json",
               *(part for pair in pass_on for part in ("--pass-on", pair))]
    with ExitStack() as stack:
        for signing in (python, node):
            stack.enter_context(running(signing, folder / "signing.log"))
        stack.enter_context(running(serving, site.log))
        context = ssl.create_default_context(cafile=str(authority.certificate))
        for path in (".well-known/lodger.json", "node.jws?nonce=0123456789abcdef", "vm.jws?nonce=0123456789abcdef"):
            wait_until(lambda: answers(f"{SITE}/{path}", context), 20, path)
        yield site


def answers(url, context):
    try:
        with urllib.request.urlopen(url, context=context, timeout=5) as reply:
            return reply.status == 200
    except OSError:
        return False
