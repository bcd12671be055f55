"""Ethernet frames as a guest makes them by hand."""

import ipaddress
import struct

CARD = bytes.fromhex("5254004c4f44")
GATEWAY = bytes.fromhex("52550a000202")
GUEST, GUEST6 = "10.0.2.15", "fec0::5054:ff:fe4c:4f44"


def packed(address):
    return ipaddress.ip_address(address).packed


def text(address):
    return str(ipaddress.ip_address(address))


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def attempt(place, port, source_port=40123, source=None):
    """A TCP segment that opens a connection."""
    source = packed(source or (GUEST6 if ":" in place else GUEST))
    bare = struct.pack(">HHIIBBHHH", source_port, port, 1000, 0, 0x50, 0x02, 0xFFFF, 0, 0)
    pseudo = source + packed(place) + struct.pack(">IHBB", len(bare), 0, 0, 6)
    return bare[:16] + struct.pack(">H", checksum(pseudo + bare)) + bare[18:]


def version4(place, content, service=6, options=b"", fragment=0, source=GUEST):
    length = 20 + len(options) + len(content)
    head = struct.pack(">BBHHHBBH", 0x40 | (5 + len(options) // 4), 0, length, 7, fragment, 64, service, 0)
    head += packed(source) + packed(place) + options
    head = head[:10] + struct.pack(">H", checksum(head)) + head[12:]
    return GATEWAY + CARD + b"\x08\x00" + head + content


def version6(place, content, service=6, source=GUEST6):
    head = struct.pack(">IHBB", 6 << 28, len(content), service, 64)
    return GATEWAY + CARD + b"\x86\xdd" + head + packed(source) + packed(place) + content


def opening(place, port, **changes):
    """A whole frame that opens a connection, right in every way but what is changed."""
    make = version6 if ":" in place else version4
    return make(place, attempt(place, port, source=changes.get("source")), **changes)


def datagram(place, port, data=b"?"):
    bare = struct.pack(">HHHH", 40124, port, 8 + len(data), 0) + data
    if ":" not in place:
        return version4(place, bare, service=17)
    pseudo = packed(GUEST6) + packed(place) + struct.pack(">IHBB", len(bare), 0, 0, 17)
    return version6(place, bare[:6] + struct.pack(">H", checksum(pseudo + bare)) + bare[8:], service=17)


def question(name, kind):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack(">HHHHHH", 4711, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">HH", kind, 1)
