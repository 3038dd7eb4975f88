"""Small Mach-O files for tests: load commands, a page of code, a __LINKEDIT.

No compiler here makes them, and what the tests of the Go half link are real wheels.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

from pyhelper.check import macho_names as names

ARM64, X86_64 = 0x0100000C, 0x01000007
_EXECUTABLE, _DYLIB, _BUNDLE = 2, 6, 8
_PAGE = 0x4000


@dataclass
class Image:
    """One image; ``loads`` are names, or commands and names."""

    cpu: int = ARM64
    kind: int = _BUNDLE
    name: str = ""
    loads: Sequence[str | tuple[int, str]] = ()
    rpaths: list[str] = field(default_factory=list)
    room: int = 1024  # bytes from the beginning of the file to the code
    linkedit: bytes = b"symbols " * 5
    code: bytes = b"code" * 100

    def data(self) -> bytes:
        """Return the file, unsigned."""
        commands = [
            _segment(b"__TEXT", 0, _PAGE, section=self.room),
            _segment(b"__LINKEDIT", _PAGE, len(self.linkedit)),
        ]
        if self.name:
            commands.append(_dylib(names.LC_ID_DYLIB, self.name))
        for load in self.loads:
            pair = (names.LC_LOAD_DYLIB, load) if isinstance(load, str) else load
            commands.append(_dylib(*pair))
        commands += [_string(names.LC_RPATH, struct.pack("<I", 12), path) for path in self.rpaths]
        body = b"".join(commands)
        kind = _DYLIB if self.name else self.kind
        head = struct.pack("<8I", 0xFEEDFACF, self.cpu, 0, kind, len(commands), len(body), 0x85, 0)
        assert len(head + body) <= self.room
        text = (head + body).ljust(self.room, b"\0") + self.code
        return text.ljust(_PAGE, b"\xcc") + self.linkedit


def fat(*images: bytes) -> bytes:
    """Put images together, each on a page of its own."""
    head, body = struct.pack(">II", 0xCAFEBABE, len(images)), b""
    for image in images:
        body += bytes(-len(body) % _PAGE)
        (cpu,) = struct.unpack_from("<I", image, 4)
        head += struct.pack(">5I", cpu, 0, _PAGE + len(body), len(image), 14)
        body += image
    return head.ljust(_PAGE, b"\0") + body


def parts(data: bytes) -> list[bytes]:
    """Take a fat file apart; a thin one is its only part."""
    if data[:4] != b"\xca\xfe\xba\xbe":
        return [data]
    (count,) = struct.unpack_from(">I", data, 4)
    places = (struct.unpack_from(">5I", data, 8 + 20 * n) for n in range(count))
    found = []
    for _, _, offset, size, align in places:
        assert offset % (1 << align) == 0
        assert offset + size <= len(data)
        found.append(data[offset : offset + size])
    return found


def verify(image: bytes) -> str:
    """Compare the hashes of an ad hoc signature; return its identifier."""
    command = image.index(struct.pack("<II", names.LC_CODE_SIGNATURE, 16), 32)
    offset, size = struct.unpack_from("<II", image, command + 8)
    assert offset % 16 == 0
    assert offset + size == len(image)
    magic, length, count = struct.unpack_from(">III", image, offset)
    assert magic == 0xFADE0CC0
    assert length <= size < length + 16
    assert not any(image[offset + length :])
    slots = dict(struct.unpack_from(">II", image, offset + 12 + 8 * n) for n in range(count))
    assert list(slots) == [0, 2, 0x10000]
    requirements = image[offset + slots[2] :][:12]
    assert requirements == struct.pack(">III", 0xFADE0C01, 12, 0)
    assert image[offset + slots[0x10000] :][:8] == struct.pack(">II", 0xFADE0B01, 8)
    return _verify_directory(image[offset + slots[0] :], image[:offset], requirements)


def _verify_directory(directory: bytes, signed: bytes, requirements: bytes) -> str:
    magic, length, version, flags = struct.unpack_from(">4I", directory)
    hashes, name, special, pages, limit = struct.unpack_from(">5I", directory, 16)
    assert (magic, version, flags) == (0xFADE0C02, 0x20400, 2)
    assert directory[36:40] == bytes([32, 2, 0, 12])
    assert (limit, length) == (len(signed), hashes + 32 * pages)
    assert struct.unpack_from(">QQ", directory, 64) == (0, _PAGE)  # __TEXT
    before = directory[hashes - 32 * special : hashes]
    assert before == hashlib.sha256(requirements).digest() + bytes(32)
    each = [hashlib.sha256(signed[n : n + 4096]).digest() for n in range(0, limit, 4096)]
    assert directory[hashes:length] == b"".join(each)
    return directory[name:].split(b"\0", 1)[0].decode()


def _segment(name: bytes, offset: int, size: int, section: int = 0) -> bytes:
    sections = b""
    if section:
        place = struct.pack("<QQ6I", section, 64, section, 2, 0, 0, 0, 0)
        sections = struct.pack("<16s16s", b"__text", name) + place + struct.pack("<2I", 0, 0)
    memory = -(-size // _PAGE) * _PAGE
    body = struct.pack("<16s4Q4I", name, offset, memory, offset, size, 5, 5, bool(section), 0)
    return struct.pack("<II", names.LC_SEGMENT_64, 8 + len(body + sections)) + body + sections


def _dylib(command: int, name: str) -> bytes:
    return _string(command, struct.pack("<4I", 24, 2, 0x10000, 0x10000), name)


def _string(command: int, fixed: bytes, text: str) -> bytes:
    body = fixed + text.encode() + b"\0"
    body += bytes(-len(body) % 8)
    return struct.pack("<II", command, 8 + len(body)) + body
