#!/usr/bin/python3
"""Checks of the house style that neither the compiler nor swift-format makes."""

import re
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
FILE_LINES = 250
FUNCTION_LINES = 40
WRAPPERS = {"LWS", "OpenSSL", "Libvirt", "Curl", "Slirp", "PublicSuffix", "Linux", "TOML", "ConsentDialog"}

FUNCTION = re.compile(r"^(\s*)(?:@\S+ |[a-z]+(?:\(set\))? )*(?:func |init[?(<]|deinit|subscript)")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")

# What may not stand in Swift: (pattern, where it is allowed, why not).
FORBIDDEN = [
    (re.compile(r"^\s*(?:@\w+ |\w+ )?import Foundation\b"), set(), "import FoundationEssentials: Foundation adds 45 MB"),
    (re.compile(r"\b(try|as)!"), set(), "no try! and no as!"),
    (re.compile(r"^\s*(public|open) "), set(), "package, not public: no Swift library is exported"),
    (re.compile(r"@unchecked Sendable|nonisolated\(unsafe\)"), WRAPPERS, "only the wrappers over C are unsafe"),
    (re.compile(r"\bTask(\.detached)?\s*(\([^)]*\)\s*)?\{"), {"Agent"}, "tasks are started in Agent alone"),
]


def tracked(*patterns):
    """The files of the tree that git knows or would add."""
    listing = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=TOP, capture_output=True, text=True, check=True).stdout
    return [TOP / name for name in listing.split("\0") if name and (TOP / name).is_file()]


def code_lines(lines):
    return sum(1 for line in lines if line.strip() and not line.lstrip().startswith("//"))


def long_functions(lines):
    """Functions over the limit; one whose body is a switch and nothing else may be longer."""
    for start, line in enumerate(lines):
        match = FUNCTION.match(line)
        if not match:
            continue
        indent = match[1]
        end = next((i for i in range(start, len(lines)) if re.match(rf"{indent}\}}", lines[i])), None)
        opening = next((i for i in range(start, len(lines)) if lines[i].rstrip().endswith("{")), None)
        if end is None or opening is None or opening > end:
            continue
        body = [text for text in lines[opening + 1 : end] if text.strip()]
        flat = body and re.match(rf"{indent}    (self =|return |_ = )?\s*(try |await )*switch ", body[0])
        if code_lines(body) > FUNCTION_LINES and not flat:
            yield start + 1, code_lines(body)


def swift_faults(path):
    lines = path.read_text().splitlines()
    folder, target = path.relative_to(TOP).parts[:2]
    if code_lines(lines) > FILE_LINES:
        yield 1, f"{code_lines(lines)} lines of code; {FILE_LINES} is the limit"
    for number, length in long_functions(lines):
        yield number, f"a function of {length} lines; {FUNCTION_LINES} is the limit"
    for number, line in enumerate(lines, 1):
        code = line.split("//")[0]
        for pattern, allowed, why in FORBIDDEN:
            # Tests start what they please; they do not import what the product may not.
            exempt = target in allowed or (folder == "Tests" and "Foundation" not in why)
            if pattern.search(code) and not exempt:
                yield number, why
        explained = any("//" in near for near in lines[max(0, number - 8) : number + 2])
        if folder == "Sources" and re.search(r"\btry\?", code) and not explained:
            yield number, "try? needs a comment that says why the reason does not matter"


def text_faults(path):
    content = path.read_bytes()
    if b"\0" in content:
        yield 1, "a binary: the tree holds sources only"
        return
    if path == Path(__file__).resolve():
        return
    for number, line in enumerate(content.decode().splitlines(), 1):
        if UNFINISHED.search(line):
            yield number, "unfinished"


def link_faults(path):
    """Links of a Markdown page to files that are not there."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", line):
            if "://" not in target and not target.startswith("mailto:") and not (path.parent / target).exists():
                yield number, f"link to {target}, which is not there"


def script_faults(path):
    if path.suffix == ".py":
        try:
            compile(path.read_bytes(), str(path), "exec")
        except SyntaxError as error:
            yield error.lineno or 1, str(error)
    elif path.read_bytes().startswith((b"#!/bin/bash", b"#!/bin/sh")):
        found = subprocess.run(["shellcheck", "-f", "gcc", path], capture_output=True, text=True)
        for line in found.stdout.splitlines():
            yield int(line.split(":")[1]), line.split(":", 3)[3].strip()


def main():
    rules = [
        (text_faults, tracked()),
        (script_faults, tracked()),
        (swift_faults, tracked("Sources/*.swift", "Tests/*.swift")),
        (link_faults, tracked("*.md")),
    ]
    found = 0
    for rule, paths in rules:
        for path in paths:
            for number, fault in rule(path):
                print(f"{path.relative_to(TOP)}:{number}: {fault}")
                found += 1
    print(f"style: {found} faults" if found else "style: clean")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
