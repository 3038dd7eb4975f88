"""Sign a Mach-O image ad hoc, as ``codesign --force --sign -`` does.

An ad hoc signature names nobody: it is a list of the hashes of the image's pages.
Whatever changes a byte makes it wrong, and arm64 kernels end a process that has a
page with a wrong hash or none. No Python library writes one (lief and macholib only
read them), and codesign(1) is on a Mac only.

The format is that of XNU's osfmk/kern/cs_blobs.h; its numbers are big endian:

    SuperBlob
      CodeDirectory   version 0x20400: identifier, 2 special hashes, a hash per page
      Requirements    none
      CMS wrapper     empty: nobody signed

It stands at the end of __LINKEDIT, which is the end of the image, on a multiple of 16.
What an earlier signature had besides (entitlements, a team, the hardened run time) is
gone: an ad hoc signature cannot vouch for it.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass

_EMBEDDED_SIGNATURE, _CODE_DIRECTORY = 0xFADE0CC0, 0xFADE0C02
_REQUIREMENTS, _CMS_WRAPPER = 0xFADE0C01, 0xFADE0B01
_SLOT_DIRECTORY, _SLOT_REQUIREMENTS, _SLOT_CMS = 0, 2, 0x10000
_VERSION, _ADHOC, _SHA256, _MAIN_BINARY = 0x20400, 0x2, 2, 0x1
_PAGE_LOG = 12
_SPECIAL = 2  # hashes before the first page's: of the Requirements, of an Info.plist

_MH_EXECUTE, _SEGMENT_64, _CODE_SIGNATURE = 2, 0x19, 0x1D
_CPU_ARM64 = 0x0100000C
HEADER = 32  # size of mach_header_64
_SEGMENT = struct.Struct("<II16sQQQQ")  # up to filesize
_DIRECTORY = struct.Struct(">9I4B4I4Q")


@dataclass
class Layout:
    """Where the parts of an image are; offsets from its beginning."""

    cpu: int
    kind: int
    commands: int  # the end of the load commands
    content: int  # the first byte after them that is used
    text: tuple[int, int] = (0, 0)  # __TEXT: offset and size in the file
    linkedit: int = 0  # the command of __LINKEDIT
    signature: int = 0  # LC_CODE_SIGNATURE; 0 if there is none


def sign(image: bytes, identifier: str) -> bytes:
    """Return the image with an ad hoc signature in place of any it has.

    ``image`` is thin, 64-bit and little endian. ValueError: it is damaged, or has no
    room for a load command.
    """
    data = bytearray(image)
    at = layout(image)
    if not at.linkedit or not at.text[1]:
        raise ValueError("it has no __TEXT or no __LINKEDIT segment")
    _, _, _, _, _, start, size = _SEGMENT.unpack_from(data, at.linkedit)
    if start + size != len(data):
        raise ValueError("__LINKEDIT does not end where the image ends")
    if at.signature:
        offset, length = struct.unpack_from("<II", data, at.signature + 8)
        if offset < start or not 0 <= len(data) - offset - length < 16:
            raise ValueError("the signature is not at the end of __LINKEDIT")
        del data[offset:]
    else:
        _add_command(data, at)
    data.extend(bytes(-len(data) % 16))
    limit = len(data)
    name = identifier.encode() + b"\0"
    length = _length(limit, name)
    struct.pack_into("<IIII", data, at.signature, _CODE_SIGNATURE, 16, limit, length)
    _resize_linkedit(data, at, limit + length - start)
    return bytes(data) + _super_blob(data, at, name).ljust(length, b"\0")


def layout(image: bytes) -> Layout:
    """Read the load commands. ValueError: they are damaged."""
    try:
        return _layout(image)
    except struct.error as err:
        raise ValueError(f"its load commands are damaged: {err}") from err


def _layout(image: bytes) -> Layout:
    cpu, _, kind, count, size = struct.unpack_from("<5I", image, 4)
    at = Layout(cpu, kind, HEADER + size, len(image))
    here = HEADER
    for _ in range(count):
        command, length = struct.unpack_from("<II", image, here)
        if length < 8 or here + length > at.commands:
            raise ValueError("its load commands are damaged")
        if command == _SEGMENT_64:
            _segment(image, at, here)
        elif command == _CODE_SIGNATURE:
            at.signature = here
        here += length
    return at


def _segment(image: bytes, at: Layout, here: int) -> None:
    _, _, name, _, _, offset, size = _SEGMENT.unpack_from(image, here)
    if offset + size > len(image):
        raise ValueError("a segment ends outside of the image")
    if name.rstrip(b"\0") == b"__LINKEDIT":
        at.linkedit = here
    elif name.rstrip(b"\0") == b"__TEXT":
        at.text = offset, size
    used = [offset]
    (sections,) = struct.unpack_from("<I", image, here + 64)
    offsets = range(here + 72 + 48, here + 72 + 48 + 80 * sections, 80)
    used.extend(struct.unpack_from("<I", image, n)[0] for n in offsets)
    # 0 is the header itself (of __TEXT), or a section without content.
    at.content = min([at.content, *(u for u in used if u)])


def _add_command(data: bytearray, at: Layout) -> None:
    if at.commands + 16 > at.content:
        raise ValueError("no room for a signature among its load commands")
    count, size = struct.unpack_from("<II", data, 16)
    struct.pack_into("<II", data, 16, count + 1, size + 16)
    at.signature = at.commands
    at.commands += 16


def _resize_linkedit(data: bytearray, at: Layout, size: int) -> None:
    """It is the last segment, so it may grow; memory is given out in whole pages."""
    page = 0x4000 if at.cpu == _CPU_ARM64 else 0x1000
    struct.pack_into("<Q", data, at.linkedit + 32, -(-size // page) * page)
    struct.pack_into("<Q", data, at.linkedit + 48, size)


def _length(limit: int, name: bytes) -> int:
    """Return the bytes a signature of ``limit`` bytes takes, in multiples of 16."""
    pages = -(-limit >> _PAGE_LOG)
    blobs = _DIRECTORY.size + len(name) + 32 * (_SPECIAL + pages) + 12 + 8
    return -(-(12 + 3 * 8 + blobs) // 16) * 16


def _super_blob(data: bytes | bytearray, at: Layout, name: bytes) -> bytes:
    requirements = struct.pack(">III", _REQUIREMENTS, 12, 0)
    blobs = [
        (_SLOT_DIRECTORY, _directory(data, at, name, requirements)),
        (_SLOT_REQUIREMENTS, requirements),
        (_SLOT_CMS, struct.pack(">II", _CMS_WRAPPER, 8)),
    ]
    index, body = b"", b""
    for slot, blob in blobs:
        index += struct.pack(">II", slot, 12 + 8 * len(blobs) + len(body))
        body += blob
    head = struct.pack(">III", _EMBEDDED_SIGNATURE, 12 + len(index) + len(body), len(blobs))
    return head + index + body


def _directory(data: bytes | bytearray, at: Layout, name: bytes, requirements: bytes) -> bytes:
    """Return the CodeDirectory: hashes of everything before the signature.

    Special slots count backwards from the first page: -1 is the Info.plist, which a
    library has none of (zeros), -2 the Requirements.
    """
    view, page = memoryview(data), 1 << _PAGE_LOG
    special = hashlib.sha256(requirements).digest() + bytes(32)
    pages = [hashlib.sha256(view[n : n + page]).digest() for n in range(0, len(data), page)]
    hashes = _DIRECTORY.size + len(name) + len(special)
    head = _DIRECTORY.pack(
        *(_CODE_DIRECTORY, hashes + 32 * len(pages), _VERSION, _ADHOC),
        *(hashes, _DIRECTORY.size, _SPECIAL, len(pages), len(data)),
        *(32, _SHA256, 0, _PAGE_LOG),
        *(0, 0, 0, 0),  # spare, scatterOffset, teamOffset, spare
        *(0, *at.text, _MAIN_BINARY if at.kind == _MH_EXECUTE else 0),  # codeLimit64, execSeg…
    )
    return head + name + special + b"".join(pages)
