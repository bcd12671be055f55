"""A certificate authority of the tests' own."""

import subprocess


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


class Authority:
    """Made anew for each run, so that nothing that it signs is worth anything after."""

    def __init__(self, folder):
        self.folder = folder
        self.certificate = folder / "authority.pem"
        self.key = folder / "authority.key"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", "2",
                "-subj", "/CN=Lodger browser tests", "-keyout", self.key, "-out", self.certificate,
                "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")

    def issue(self, *names):
        """A certificate for some host names: the paths of the chain and of its key."""
        base = self.folder / names[0]
        request, certificate, key, extensions = (base.with_suffix(f".example.{end}")
                                                 for end in ("csr", "pem", "key", "ext"))
        extensions.write_text("subjectAltName=" + ",".join(f"DNS:{name}" for name in names))
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-subj", f"/CN={names[0]}",
                "-keyout", key, "-out", request)
        openssl("x509", "-req", "-in", request, "-days", "2", "-CA", self.certificate, "-CAkey", self.key,
                "-CAcreateserial", "-extfile", extensions, "-out", certificate)
        return certificate, key
