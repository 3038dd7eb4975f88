"""Bind a shared library's references to its own symbols when it is built.

What ``ld -Bsymbolic`` does, done afterwards: libpython names five thousand of its own
functions and objects in tables, and calls nine hundred through its linkage table; the
loader looks each up by name, in the program and the C library first, at every start.
Here a reference to a symbol that the library defines becomes one to an address of the
library (R_*_RELATIVE), and a slot of the linkage table gets the function's address in
place of the stub that would ask the loader for it. Relocations are sorted by address,
the relative ones first, as linkers do (DT_RELACOUNT).

Only for a library that nothing in front of it can have replacements for: one that a
program loads by dlopen, because a program that is *linked* with it may have copies of
its objects (R_*_COPY). Weak symbols, thread-local ones and those that are chosen at run
time (IFUNC) are left to the loader.

Sources: System V gABI, chapter 5; psABI AMD64, table 4.9; ELF for AArch64, section 5.7.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

_IDENT = b"\x7fELF\x02\x01\x01"  # 64 bits, little-endian, version 1
_RELA = struct.Struct("<QQq")
_SYMBOL = struct.Struct("<IBBHQQ")
_DYNAMIC = struct.Struct("<qQ")
_SEGMENT = struct.Struct("<IIQQQQQQ")
_WORD = struct.Struct("<Q")

# Dynamic tags.
_PLTRELSZ, _SYMTAB, _RELA_AT, _RELASZ, _JMPREL, _RELACOUNT = 2, 6, 7, 8, 23, 0x6FFFFFF9
_LOAD, _DYN = 1, 2  # segments
_GLOBAL, _OBJECT, _FUNC = 1, 1, 2
_FIRST_RESERVED = 0xFF00  # numbers of sections that are none


@dataclass(frozen=True)
class _Types:
    """Relocation types of one machine."""

    word: int  # the symbol's address and an addend
    table: int  # the symbol's address in the global offset table
    slot: int  # in the linkage table
    relative: int


_MACHINES = {62: _Types(1, 6, 7, 8), 183: _Types(257, 1025, 1026, 1027)}


class _Library:
    """A library in memory, to be changed in place."""

    def __init__(self, data: bytearray) -> None:
        self.data = data
        self.machine: int = struct.unpack_from("<H", data, 18)[0]
        at, count = struct.unpack_from("<Q", data, 32)[0], struct.unpack_from("<H", data, 56)[0]
        segments = [_SEGMENT.unpack_from(data, at + i * _SEGMENT.size) for i in range(count)]
        self._loads = [s for s in segments if s[0] == _LOAD]
        self._places: dict[int, int] = {}  # tag → offset of its entry
        dynamic = next((s for s in segments if s[0] == _DYN), None)
        for offset in range(dynamic[2], dynamic[2] + dynamic[5], _DYNAMIC.size) if dynamic else ():
            tag = _DYNAMIC.unpack_from(data, offset)[0]
            if tag == 0:
                break
            self._places[tag] = offset

    def offset(self, address: int) -> int:
        """Return where in the file what has an address is."""
        for _, _, offset, start, _, size, _, _ in self._loads:
            if start <= address < start + size:
                return int(address - start + offset)
        raise LookupError(address)

    def tag(self, tag: int) -> int:
        """Return the value of a tag; 0 if there is none."""
        place = self._places.get(tag)
        return int(_DYNAMIC.unpack_from(self.data, place)[1]) if place is not None else 0

    def set_tag(self, tag: int, value: int) -> None:
        """Change the value of a tag that is there."""
        _DYNAMIC.pack_into(self.data, self._places[tag], tag, value)

    def table(self, address: int, size: int) -> list[tuple[int, int, int]]:
        """Return relocations: place, type and symbol, addend."""
        if not size:
            return []
        start = self.offset(address)
        return [_RELA.unpack_from(self.data, at) for at in range(start, start + size, _RELA.size)]

    def own(self, info: int, *types: int) -> int | None:
        """Return the address of a symbol that the library itself defines for everybody."""
        at = self.offset(self.tag(_SYMTAB)) + (info >> 32) * _SYMBOL.size
        _, kind, _, section, value, _ = _SYMBOL.unpack_from(self.data, at)
        defined = 0 < section < _FIRST_RESERVED
        return value if defined and kind >> 4 == _GLOBAL and kind & 15 in types else None


def bind(data: bytes) -> bytes | None:
    """Return the library with its own symbols bound; None if it has to stay as it is."""
    if not data.startswith(_IDENT):
        return None
    library = _Library(bytearray(data))
    types = _MACHINES.get(library.machine)
    if types is None or not library.tag(_RELACOUNT) or not library.tag(_SYMTAB):
        return None
    try:
        _bind_words(library, types)
        _bind_slots(library, types)
    except (LookupError, struct.error):
        return None
    return bytes(library.data)


def _bind_words(library: _Library, types: _Types) -> None:
    address, size = library.tag(_RELA_AT), library.tag(_RELASZ)
    relative, others = [], []
    for place, info, addend in library.table(address, size):
        kind, value = info & 0xFFFFFFFF, None
        if kind == types.word or (kind == types.table and addend == 0):
            value = library.own(info, _OBJECT, _FUNC)
        if kind == types.relative:
            relative.append((place, info, addend))
        elif value is None:
            others.append((place, info, addend))
        else:
            relative.append((place, types.relative, value + addend))
    start = library.offset(address)
    for i, relocation in enumerate([*sorted(relative), *others]):
        _RELA.pack_into(library.data, start + i * _RELA.size, *relocation)
    library.set_tag(_RELACOUNT, len(relative))


def _bind_slots(library: _Library, types: _Types) -> None:
    """Let slots hold functions of the library.

    The loader adds to each slot where the library is, and looks nothing up; if it is
    told to bind everything at once (LD_BIND_NOW) it does, and comes to the same.
    """
    for place, info, _ in library.table(library.tag(_JMPREL), library.tag(_PLTRELSZ)):
        value = library.own(info, _FUNC) if info & 0xFFFFFFFF == types.slot else None
        if value is not None:
            _WORD.pack_into(library.data, library.offset(place), value)
