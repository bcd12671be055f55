"""Questions as the daemon writes them."""
import json

IDENTIFIER = "0b7e2a60-1111-4222-8333-444455556666"


def question(**changes):
    """A question in the dialog's form; `machine__name="x"` changes a member inside."""
    made = {
        "version": 2,
        "id": IDENTIFIER,
        "timeLimit": 90,
        "site": {"scheme": "https", "prefix": "project.", "domain": "example.org"},
        "identity": {"kind": "first-time", "key": "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"},
        "machine": {
            "name": "Particle physics", "cpus": 1, "memory": 512, "download": 13_800_000, "diskNow": 13_800_000,
            "diskAtMost": 10_013_800_000, "hosts": [], "internet": False, "ports": [80], "display": True,
            "lifetime": 480, "background": False, "configuration": "fedcba9876543210" * 4,
            "images": [{
                "origin": "images.example.net", "address": "https://images.example.net/demo.qcow2",
                "sha256": "0123456789abcdef" * 4, "size": 13_800_000,
            }],
        },
        "computer": {"cpus": 4, "memory": 16384, "emulates": False},
    }
    for path, value in changes.items():
        place = made
        *parents, last = path.split("__")
        for parent in parents:
            place = place[parent]
        place[last] = value
    return json.dumps(made)


CHANGED = {"kind": "changed", "key": "N" * 43, "previousKey": "M" * 43}
