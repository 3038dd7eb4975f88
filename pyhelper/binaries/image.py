"""A shared library in memory, read and changed where its bytes are.

Only what has its place in the file by address: nothing here grows or moves. (lief
writes files anew, with other offsets; that is patch.py.)

Sources: System V gABI, chapters 4 and 5; of one machine's relocations, its psABI.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

IDENT = b"\x7fELF\x02\x01\x01"  # 64 bits, little-endian, version 1
_RELA = struct.Struct("<QQq")
WORD = struct.Struct("<Q")
_SYMBOL = struct.Struct("<IBBHQQ")
_DYNAMIC = struct.Struct("<qQ")
_SEGMENT = struct.Struct("<IIQQQQQQ")
_SECTION = struct.Struct("<IIQQQQIIQQ")
_SIZE_AT = 32  # of sh_size in a section's header

# Dynamic tags.
PLTRELSZ, SYMTAB, RELA_AT, RELASZ, JMPREL, RELACOUNT = 2, 6, 7, 8, 23, 0x6FFFFFF9
STRTAB = 5
OBJECT, FUNC = 1, 2  # types of symbols
_LOAD, _DYN = 1, 2  # segments
_GLOBAL = 1
_FIRST_RESERVED = 0xFF00  # numbers of sections that are none


@dataclass(frozen=True)
class Types:
    """Relocation types of one machine."""

    word: int  # the symbol's address and an addend
    table: int  # the symbol's address in the global offset table
    slot: int  # in the linkage table
    relative: int


X86_64, AARCH64 = 62, 183
TYPES = {X86_64: Types(1, 6, 7, 8), AARCH64: Types(257, 1025, 1026, 1027)}


@dataclass(frozen=True)
class Section:
    """What a section's header says, and ``header``, its place in the file."""

    name: str
    type: int
    flags: int
    address: int
    offset: int
    size: int
    header: int

    @property
    def end(self) -> int:
        """The address behind its last byte."""
        return self.address + self.size


@dataclass(frozen=True)
class Symbol:
    """A dynamic symbol that the library defines."""

    name: str
    type: int
    address: int
    size: int


class Image:
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
        return list(_RELA.iter_unpack(memoryview(self.data)[start : start + size]))

    def set_relocations(self, lines: list[tuple[int, int, int]]) -> None:
        """Write no more relocations than DT_RELA has, in the order of linkers.

        The relative ones come first, by address (DT_RELACOUNT), and are read without a
        look at their type.
        """
        address, size = self.tag(RELA_AT), self.tag(RELASZ)
        relative = [line for line in lines if line[1] == TYPES[self.machine].relative]
        others = [line for line in lines if line[1] != TYPES[self.machine].relative]
        content = b"".join(_RELA.pack(*line) for line in [*sorted(relative), *others])
        start = self.offset(address)
        self.data[start : start + size] = content.ljust(size, b"\0")
        self.set_tag(RELACOUNT, len(relative))
        if len(content) == size:
            return
        self.set_tag(RELASZ, len(content))
        section = next(s for s in self.sections() if s.address == address)
        WORD.pack_into(self.data, section.header + _SIZE_AT, len(content))

    def own(self, info: int, *types: int) -> int | None:
        """Return the address of a symbol that the library itself defines for everybody."""
        at = self.offset(self.tag(SYMTAB)) + (info >> 32) * _SYMBOL.size
        _, kind, _, section, value, _ = _SYMBOL.unpack_from(self.data, at)
        defined = 0 < section < _FIRST_RESERVED
        return value if defined and kind >> 4 == _GLOBAL and kind & 15 in types else None

    def text(self, address: int) -> str:
        """Return the string at an address."""
        return self._string(self.offset(address))

    def sections(self) -> list[Section]:
        """Return the sections that are mapped, by address."""
        at, count, names = struct.unpack_from("<Q", self.data, 40)[0], *self._section_counts()
        raw = [(o, *_SECTION.unpack_from(self.data, o)) for o in range(at, at + 64 * count, 64)]
        strings = raw[names][5]
        found = [
            Section(self._string(strings + name), kind, flags, address, offset, size, header)
            for header, name, kind, flags, address, offset, size, *_ in raw
            if address
        ]
        return sorted(found, key=lambda s: s.address)

    def _section_counts(self) -> tuple[int, int]:
        count, names = struct.unpack_from("<HH", self.data, 60)
        return int(count), int(names)

    def _string(self, offset: int) -> str:
        return self.data[offset : self.data.index(0, offset)].decode("ascii", "replace")

    def symbols(self, table: Section) -> list[Symbol]:
        """Return what the library defines, from its dynamic symbol table."""
        strings = self.tag(STRTAB)
        content = memoryview(self.data)[table.offset : table.offset + table.size]
        return [
            Symbol(self.text(strings + name), kind & 15, value, size)
            for name, kind, _, section, value, size in _SYMBOL.iter_unpack(content)
            if 0 < section < _FIRST_RESERVED
        ]
