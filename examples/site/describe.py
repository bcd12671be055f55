#!/usr/bin/env python3
"""Writes the configuration of the example's machine: describe.py GUEST-FOLDER SITE [NAME] > demo.json

The guest boots from a disk that SITE serves under /images/, and its web server on port 80 can be reached by the page.
"""
import hashlib, json, subprocess, sys
from pathlib import Path


def image(path, site):
    return {"url": f"{site}/images/{path.name}", "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "size": path.stat().st_size}


def configuration(folder, site, name="A small Linux"):
    disk = Path(folder) / "guest.qcow2"
    information = subprocess.run(["qemu-img", "info", "--output=json", disk], capture_output=True, check=True).stdout
    capacity = json.loads(information)["virtual-size"]
    return {
        "name": name,
        "vm": {"cpus": 1, "memory": 256},
        "boot": {"from": "disk"},
        "disks": [{**image(disk, site), "format": "qcow2", "capacity": capacity}],
        "network": {"ports": [80]},
        "lifetime": {"minutes": 60},
    }


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    print(json.dumps(configuration(*sys.argv[1:]), indent=2))
