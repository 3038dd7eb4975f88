"""Take symbol tables and debug information out of an ELF file.

What the loader maps stays byte for byte at its address: dynamic symbols, relocations,
unwind tables, build IDs, the data of the program. binutils' strip is not on every
machine, and lief's rebuilds the file; here only sections go that no segment holds, and
what lies behind them in the file moves up by whole pages (wheels that patchelf has
been at have a segment behind their symbols). The section headers are written again.

Sections: gABI chapter 4 (System V); names of debug information: DWARF 5 appendix B.

A file of which anything is not as expected is left alone: symbols of a library are no
reason to break it. Only 64-bit little-endian files are looked at, as all our platforms
have them.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, replace

_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
_SEGMENT = struct.Struct("<IIQQQQQQ")
_SECTION = struct.Struct("<IIQQQQIIQQ")
_SYMBOL = struct.Struct("<IBBHQQ")
_IDENT = b"\x7fELF\x02\x01\x01"  # 64 bits, little-endian, version 1
_ALLOC = 2
_SYMTAB, _STRTAB, _NOBITS, _DYNSYM, _GROUP = 2, 3, 8, 11, 17
_RESERVED = 0xFF00  # numbers from here on are no sections
_RELOCATIONS = frozenset({4, 9})  # sh_info is the number of a section
_NAMES = b".shstrtab"
_PAGE = 0x10000
_DEBUG = re.compile(rb"\.(z?debug_.*|stab|stabstr|gdb_index|gnu\.debuglto_.*|gnu_debuglink)")


@dataclass(frozen=True)
class _Section:
    name: bytes
    type: int
    flags: int
    address: int
    offset: int
    size: int
    link: int
    info: int
    align: int
    entry: int

    def is_mapped(self) -> bool:
        return bool(self.flags & _ALLOC)

    def in_file(self) -> int:
        return 0 if self.type == _NOBITS else self.size


@dataclass(frozen=True)
class _Segment:
    type: int
    flags: int
    offset: int
    address: int
    physical: int
    size: int
    memory: int
    align: int


@dataclass(frozen=True)
class _File:
    data: bytes
    header: tuple[int, ...]  # the fields of Elf64_Ehdr; the first is e_ident
    segments: list[_Segment]
    sections: list[_Section]


# Fields of the header by their number.
_PHOFF, _SHOFF, _EHSIZE, _PHENTSIZE, _PHNUM, _SHENTSIZE, _SHNUM, _SHSTRNDX = (
    5,
    6,
    8,
    9,
    10,
    11,
    12,
    13,
)


class _Unexpected(Exception):
    """The file is not as this module knows files to be."""


def strip(data: bytes) -> bytes | None:
    """Return the file without symbols; None if it has none or has to stay as it is."""
    try:
        file = _read(data)
        kept = _kept(file.sections)
        if len(kept) == len(file.sections):
            return None
        _check(file, kept)
        out = _Out(file)
        out.add_segments()
        out.add_sections(kept)
        stripped = out.finish()
        return stripped if len(stripped) < len(data) and _same_image(file, stripped) else None
    except (_Unexpected, struct.error, IndexError, ValueError):
        return None


def _read(data: bytes) -> _File:
    if not data.startswith(_IDENT):
        raise _Unexpected
    header = _HEADER.unpack_from(data)
    segments = [
        _Segment(*_SEGMENT.unpack_from(data, header[_PHOFF] + i * _SEGMENT.size))
        for i in range(header[_PHNUM])
    ]
    raw = [
        _SECTION.unpack_from(data, header[_SHOFF] + i * _SECTION.size)
        for i in range(header[_SHNUM])
    ]
    if not raw:
        return _File(data, header, segments, [])
    start, size = raw[header[_SHSTRNDX]][4:6]
    names = data[start : start + size]
    sections = [_Section(names[r[0] : names.index(b"\0", r[0])], *r[1:]) for r in raw]
    return _File(data, header, segments, sections)


def _kept(sections: list[_Section]) -> list[int]:
    """Return the indices of the sections that stay."""
    gone = {
        i
        for i, s in enumerate(sections)
        if not s.is_mapped() and (s.type == _SYMTAB or _DEBUG.fullmatch(s.name))
    }
    gone |= {sections[i].link for i in gone if sections[i].type == _SYMTAB}
    # Their names are in a section of their own, which is written anew if any is gone.
    named = {s.link for i, s in enumerate(sections) if i not in gone}  # 0 among them
    return [i for i in range(len(sections)) if i not in gone - named]


def _check(file: _File, kept: list[int]) -> None:
    """See that nothing is in the file but what its headers tell of."""
    header, sections, size = file.header, file.sections, len(file.data)
    ends = [s.offset + s.size for s in file.segments] + [s.offset + s.in_file() for s in sections]
    ends.append(header[_SHOFF] + header[_SHNUM] * _SECTION.size)
    heads = tuple(header[i] for i in (_EHSIZE, _PHENTSIZE, _SHENTSIZE))
    if (
        max(ends) > size
        or file.data[max(ends) :].strip(b"\0")  # something is appended
        or any(s.type == _GROUP for s in sections)
        or heads != (_HEADER.size, _SEGMENT.size, _SECTION.size)
    ):
        raise _Unexpected
    # Dynamic symbols, which stay as they are, name sections by number.
    same = next((new for new, old in enumerate(kept) if new != old), len(kept))
    if any(same <= number < _RESERVED for number in _named_by_symbols(file)):
        raise _Unexpected


def _named_by_symbols(file: _File) -> set[int]:
    """Return the sections that dynamic symbols are in, by number."""
    tables = [s for s in file.sections if s.type == _DYNSYM]
    return {
        _SYMBOL.unpack_from(file.data, at)[3]
        for s in tables
        for at in range(s.offset, s.offset + s.size, _SYMBOL.size)
    }


class _Out:
    """The file that is written."""

    def __init__(self, file: _File) -> None:
        self._file = file
        self._body = bytearray()
        self._moved: list[tuple[int, int, int]] = []  # start and end in the file, how far up
        self._sections: list[tuple[int, _Section]] = []  # with the place of the name
        self._names = bytearray(b"\0")

    def add_segments(self) -> None:
        """Add what is mapped, without what is between.

        A part moves by multiples of the largest page size there is, so that its offset
        still fits its address.
        """
        for start, end in _mapped(self._file):
            shift = max(0, start - len(self._body)) // _PAGE * _PAGE
            self._body += bytes(start - shift - len(self._body)) + self._file.data[start:end]
            self._moved.append((start, end, shift))

    def _placed(self, offset: int) -> int:
        for start, end, shift in self._moved:
            if start <= offset <= end:
                return offset - shift
        raise _Unexpected

    def add_sections(self, kept: list[int]) -> None:
        """Add what stays of the others, and remember the headers of all."""
        kept = [i for i in kept if i != self._file.header[_SHSTRNDX]]
        number = {old: new for new, old in enumerate(kept)}
        for i in kept:
            s = self._file.sections[i]
            offset = self._add(s)
            info = number.get(s.info, 0) if s.type in _RELOCATIONS else s.info
            self._name(replace(s, offset=offset, link=number.get(s.link, 0), info=info))
        names = len(self._names) + len(_NAMES) + 1
        self._name(_Section(_NAMES, _STRTAB, 0, 0, len(self._body), names, 0, 0, 1, 0))
        self._body += self._names

    def _add(self, s: _Section) -> int:
        if s.is_mapped():
            return self._placed(s.offset) if s.in_file() else min(s.offset, len(self._body))
        if not s.in_file():
            return 0
        self._body += bytes(-len(self._body) % max(1, s.align))
        self._body += self._file.data[s.offset : s.offset + s.size]
        return len(self._body) - s.size

    def _name(self, s: _Section) -> None:
        self._sections.append((len(self._names) if s.name else 0, s))
        self._names += s.name + b"\0" if s.name else b""

    def finish(self) -> bytes:
        """Write the headers and return the file."""
        body, header = self._body, list(self._file.header)
        body += bytes(-len(body) % 8)
        header[_PHOFF], header[_SHOFF] = self._placed(header[_PHOFF]), len(body)
        header[_SHNUM], header[_SHSTRNDX] = len(self._sections), len(self._sections) - 1
        for name, s in self._sections:
            body += _SECTION.pack(name, *list(vars(s).values())[1:])
        _HEADER.pack_into(body, 0, *header)
        for i, segment in enumerate(self._file.segments):
            offset = self._placed(segment.offset) if segment.size else segment.offset
            fields = vars(replace(segment, offset=offset)).values()
            _SEGMENT.pack_into(body, header[_PHOFF] + i * _SEGMENT.size, *fields)
        return bytes(body)


def _mapped(file: _File) -> list[tuple[int, int]]:
    """Return start and end of each part of the file that is mapped or heads it."""
    parts = [*_heads(file), *((s.offset, s.offset + s.size) for s in file.segments if s.size)]
    merged: list[tuple[int, int]] = []
    for start, end in sorted(parts):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _heads(file: _File) -> list[tuple[int, int]]:
    """Return where the file says what is where in it."""
    at = file.header[_PHOFF]
    return [(0, _HEADER.size), (at, at + file.header[_PHNUM] * _SEGMENT.size)]


def _same_image(file: _File, out: bytes) -> bool:
    """Does the loader map the same bytes to the same addresses?"""
    after = _read(out)
    for a, b in zip(file.segments, after.segments, strict=True):
        if replace(a, offset=0) != replace(b, offset=0) or (a.offset - b.offset) % max(1, a.align):
            return False
        before, now = file.data[a.offset : a.offset + a.size], bytearray(out[b.offset :][: b.size])
        for start, end in _heads(after):  # the only bytes that may differ
            low, high = max(start - b.offset, 0), min(end - b.offset, b.size)
            if low < high:
                now[low:high] = before[low:high]
        if before != bytes(now):
            return False
    return True
