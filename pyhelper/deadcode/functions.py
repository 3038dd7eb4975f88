"""Where functions begin and end, read from .eh_frame, and how it forgets some of them."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyhelper.binaries.image import Image, Section

_PC_RELATIVE_4 = 0x1B  # DW_EH_PE_pcrel | DW_EH_PE_sdata4, what compilers write
_HEADER = bytes((1, _PC_RELATIVE_4, 3, 0x3B))  # of .eh_frame_hdr: version, three encodings
_LONG = 0xFFFFFFFF  # announces a length of 64 bits


class Unexpected(Exception):
    """The library is not as this package knows libraries to be."""


@dataclass(frozen=True)
class Function:
    """A function, and the bytes of .eh_frame that are about it (offsets in the file)."""

    start: int
    end: int
    record: int
    record_end: int


def read(image: Image, section: Section) -> list[Function]:
    """Return the functions that .eh_frame names, by address."""
    functions = []
    understood: dict[int, bool] = {}  # offset of a CIE → has addresses of the one form
    for at, end in _records(image.data, section):
        back = _word(image.data, at + 4)
        if back == 0:
            understood[at] = _encoding(image.data, at) == _PC_RELATIVE_4
            continue
        if not understood.get(at + 4 - back):
            raise Unexpected(".eh_frame has addresses of an unknown form")
        offset, size = struct.unpack_from("<iI", image.data, at + 8)
        start = section.address + (at + 8 - section.offset) + offset
        if size:
            functions.append(Function(start, start + size, at, end))
    return sorted(functions, key=lambda f: f.start)


def _records(data: bytearray, section: Section) -> Iterator[tuple[int, int]]:
    at, limit = section.offset, section.offset + section.size
    while at + 4 <= limit:
        length = _word(data, at)
        if length == _LONG:
            raise Unexpected(".eh_frame has records of 64 bits")
        if length:
            yield at, at + 4 + length
        at += 4 + length


def _word(data: bytearray, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")


def _encoding(data: bytearray, at: int) -> int:
    """Return how a CIE says that its functions' addresses are written; 0 for absolutely.

    It looks at the letters that libpython's compilers write: z, R and S.
    """
    names_end = data.index(0, at + 9)
    letters = data[at + 9 : names_end].decode("ascii", "replace")
    if data[at + 8] != 1 or not letters.startswith("z") or letters.strip("zRS"):
        return 0
    at = names_end + 1
    for _ in range(4):  # both factors, the return register, and how long the values are
        while data[at] & 0x80:
            at += 1
        at += 1
    return data[at] if "R" in letters else 0


def forget(image: Image, dead: list[Function], header: Section) -> None:
    """Let .eh_frame say nothing of some functions, which are in the order of the file.

    Records that lie side by side become one, about no address, of which nothing follows
    (DW_CFA_nop is zero). The table by which unwinding finds records loses the rows.
    """
    start = end = 0
    for function in sorted(dead, key=lambda f: f.record):
        if function.record != end:
            start = function.record
        end = function.record_end
        struct.pack_into("<I", image.data, start, end - start - 4)
        image.data[max(start + 8, function.record) : end] = bytes(
            end - max(start + 8, function.record)
        )
    _forget_rows(image, {f.start for f in dead}, header)


def _forget_rows(image: Image, dead: set[int], header: Section) -> None:
    row = struct.Struct("<iI")
    at = header.offset
    if image.data[at : at + 4] != _HEADER:
        raise Unexpected(".eh_frame_hdr has another form")
    count = _word(image.data, at + 8)
    table = at + 12
    rows = list(row.iter_unpack(image.data[table : table + count * row.size]))
    kept = [r for r in rows if header.address + r[0] not in dead]
    struct.pack_into("<I", image.data, at + 8, len(kept))
    packed = b"".join(row.pack(*r) for r in kept)
    image.data[table : table + count * row.size] = packed.ljust(count * row.size, b"\0")
