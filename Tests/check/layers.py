#!/usr/bin/python3
"""Checks that the arrows between the Swift targets point inward and that every target is compiled strictly.

The compiler's own check (--explicit-target-dependency-import-check) makes a target declare what it imports; this one says
what may be declared.
"""

import json
import subprocess
import sys

# From the inside out. A target may name targets of layers further in only, so neighbours never import one another.
LAYERS = [
    {"CLibwebsockets", "COpenSSL", "CLibvirt", "CCurl", "CSlirp", "CAdwaita", "CPublicSuffix", "CLinux", "CTOML"},
    {"Linux", "StrictJSON"},
    {"LWS", "OpenSSL", "Libvirt", "Curl", "Slirp", "PublicSuffix", "TOML"},
    {"Addresses", "ConsentWire"},
    {"MachineConfig", "Storage", "Wire", "Fetch", "Cage"},
    {"Trust", "Traffic", "Tools"},
    {"Sessions"},
    {"Bridge", "Hypervisor", "Sites", "Images", "Consent", "Journal", "OwnerDoor", "HostCheck"},
    {"Agent", "ConsentDialog", "GuestNetwork", "Confinement"},
]
C_MODULES, WRAPPERS = LAYERS[0], (LAYERS[1] | LAYERS[2]) - {"StrictJSON"}
# What several test targets share; nothing of the product may name it.
FOR_TESTS = {"TestSupport", "HTTPSFixture"}
# Values and rules: they know no C library and start no process. (Trust computes digests and signatures.)
PURE = {"Addresses", "Cage", "ConsentWire", "StrictJSON", "MachineConfig", "Wire", "Sessions"}
# The one executable that is a C library's user through and through.
UNSAFE = WRAPPERS | {"ConsentDialog"}

SETTINGS = {
    ("swiftLanguageMode", "6"),
    ("treatAllWarnings", "error"),
    ("enableUpcomingFeature", "ExistentialAny"),
    ("enableUpcomingFeature", "InternalImportsByDefault"),
    ("enableUpcomingFeature", "MemberImportVisibility"),
    ("enableUpcomingFeature", "NonisolatedNonsendingByDefault"),
}
MEMORY_SAFETY = ("strictMemorySafety", "")


def layer(name):
    return next((number for number, names in enumerate(LAYERS) if name in names), None)


def dependencies(target):
    """The names of a target's dependencies: (targets of ours, products of others)."""
    ours, theirs = set(), set()
    for dependency in target["dependencies"]:
        for kind, value in dependency.items():
            (theirs if kind == "product" else ours).add(value[0])
    return ours, theirs


def settings(target):
    found = set()
    for setting in target["settings"]:
        for kind, value in setting["kind"].items():
            found.add((kind, value.get("_0", "")))
    return found


def faults(package):
    for target in package["targets"]:
        name = target["name"]
        kind = "test" if name in FOR_TESTS else target["type"]
        if kind != "test" and layer(name) is None:
            yield f"{name}: in no layer; Tests/check/layers.py says where targets stand"
            continue
        if kind != "system" and name not in C_MODULES:
            wanted = SETTINGS | ({MEMORY_SAFETY} if kind != "test" and name not in UNSAFE else set())
            for setting, value in sorted(wanted - settings(target)):
                yield f"{name}: compiled without {setting} {value}".rstrip()
        if kind == "test":
            continue
        ours, theirs = dependencies(target)
        for other in sorted(ours):
            if layer(other) is None or layer(other) >= layer(name):
                yield f"{name} → {other}: not an arrow inward"
            if other in C_MODULES and name not in UNSAFE:
                yield f"{name} → {other}: only the wrappers import C"
            if other in WRAPPERS and name in PURE:
                yield f"{name} → {other}: this target knows no C library"
        if "Subprocess" in theirs and name in PURE:
            yield f"{name} → Subprocess: this target starts no process"


def main():
    dump = subprocess.run(["swift", "package", "dump-package"], capture_output=True, check=True).stdout
    found = list(faults(json.loads(dump)))
    print("\n".join(found) or "layers: every arrow points inward")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
