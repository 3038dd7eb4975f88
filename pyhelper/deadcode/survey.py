"""Operation survey: what the code of a library refers to.

It depends on the library alone, and reading three million instructions takes seconds:
so it is an operation of its own, whose answer is kept.

Every byte of .text belongs to one unit: a function, with the padding behind it, or a gap,
which no function covers and which is more than padding. A gap may be code without a
record, or constants, or constants and then code, where reading starts off the beat: there,
and where an instruction is unknown, whatever four bytes would call counts too.
"""

from __future__ import annotations

import os
import struct
from bisect import bisect_right
from typing import TYPE_CHECKING

from iced_x86 import Decoder, Instruction, Mnemonic, Register

from pyhelper.binaries.image import IDENT, X86_64, Image
from pyhelper.deadcode import functions
from pyhelper.deadcode.functions import Unexpected
from pyhelper.deadcode.references import CONSTANT, References
from pyhelper.protocol import Surveyed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyhelper.binaries.image import Section
    from pyhelper.channel import Channel
    from pyhelper.protocol import Survey

_PADDING = 15  # functions begin at multiples of 16
_EXECUTABLE = 4  # SHF_EXECINSTR


def run(out: Channel, request: Survey) -> Surveyed:
    """Write what is found to the request's output; say why if nothing is."""
    with open(request.library, "rb") as f:
        data = f.read()
    out.progress("survey", 0, 1, os.path.basename(request.library))
    try:
        found = survey(data)
    except (Unexpected, struct.error, LookupError, ValueError) as err:
        return Surveyed(doubt=f"{request.library}: {err}")
    with open(request.output, "xb") as f:
        f.write(found.dump())
    return Surveyed(functions=len(found.starts))


def survey(data: bytes) -> References:
    """Return what the code of a library refers to."""
    if not data.startswith(IDENT):
        raise Unexpected("it is no elf file of 64 bits")
    image = Image(bytearray(data))
    if image.machine != X86_64:
        raise Unexpected("its machine is not x86-64")
    sections = {s.name: s for s in image.sections()}
    if not {".text", ".rodata", ".eh_frame"} <= sections.keys():
        raise Unexpected("it lacks a section")
    units = list(_units(image, sections[".text"], sections[".eh_frame"]))
    reader = _Reader(image, {start for start, _, _ in units}, max(s.end for s in sections.values()))
    named = [reader.code(*unit) for unit in units]
    tables = _Tables(image, sections, named)
    found, leads = References(), dict[int, int]()
    for (start, end, _), targets in zip(units, named):
        found.add(start, targets | tables.jumps(targets, start, end))
        if start in reader.relative:
            leads.update(tables.constants(targets))
    found.places.extend(leads)
    found.leads.extend(leads.values())
    for s in sections.values():
        if s.flags & _EXECUTABLE and s.name != ".text" and not s.name.startswith(".plt"):
            found.always.extend(sorted(reader.code(s.address, s.end, covered=True)))
    return found


def _units(image: Image, text: Section, frames: Section) -> Iterator[tuple[int, int, bool]]:
    """Yield start, end and whether it is a function, without a byte of .text between."""
    at = text.address
    known = [f for f in functions.read(image, frames) if text.address <= f.start < text.end]
    bounds = [(f.start, f.end) for f in known]
    for i, (start, end) in enumerate(bounds):
        if start < at:
            raise Unexpected("functions overlap")
        if start > at:  # before the first, or a gap that was not padding
            yield at, start, False
        following = bounds[i + 1][0] if i + 1 < len(bounds) else text.end
        at = following if 0 <= following - end <= _PADDING else end
        yield start, at, True
    if at < text.end:
        yield at, text.end, False


class _Reader:
    """Reads references out of code."""

    def __init__(self, image: Image, functions: set[int], limit: int) -> None:
        self._data, self._image = bytes(image.data), image
        self._functions, self._limit = functions, limit
        self.relative: set[int] = set()  # units that load relative addresses, perhaps

    def code(self, start: int, end: int, covered: bool) -> set[int]:
        """Return the addresses outside of a unit that its instructions name."""
        offset = self._image.offset(start)
        decoder = Decoder(64, self._data[offset : offset + end - start], ip=start)
        instruction = Instruction()
        found = set()
        while decoder.can_decode:
            decoder.decode_out(instruction)
            if instruction.is_ip_rel_memory_operand:
                found.add(instruction.ip_rel_memory_address)
            elif target := instruction.near_branch_target:
                found.add(target)
            elif _loads_relative(instruction):
                self.relative.add(start)
            elif instruction.is_invalid:
                covered = False
        if not covered:
            found |= self._calls(start, end)
        return {t for t in found if not start <= t < end and t < self._limit}

    def _calls(self, start: int, end: int) -> set[int]:
        """Return the functions that any four bytes there would lead to."""
        offset, found = self._image.offset(start), set()
        for at in range(offset, offset + end - start - 3):
            relative = int.from_bytes(self._data[at : at + 4], "little", signed=True)
            found.add(start + at - offset + 4 + relative)
        return found & self._functions


def _loads_relative(instruction: Instruction) -> bool:
    """Does it load an item of 32 bits as 64, to be added to an address?"""
    return (
        instruction.mnemonic == Mnemonic.MOVSXD
        and instruction.memory_index != Register.NONE
        and instruction.memory_displacement == 0
    )


class _Tables:
    """Tables of addresses that are relative to the table: constants without relocations.

    Compilers make them of a ``switch``, which jumps within a function, but for parts of it
    that are rarely needed and are elsewhere; and of arrays of pointers to constants (LLVM,
    RelLookupTableConverter: ``static const char *const names[]``). One ends where anything
    refers to next.
    """

    def __init__(self, image: Image, sections: dict[str, Section], named: list[set[int]]) -> None:
        self._data, self._text, self._in = image.data, sections[".text"], sections[".rodata"]
        self._constants = [sections[n] for n in CONSTANT if n in sections]
        begins = {t for targets in named for t in targets if self._has(t)}
        self._starts = [*sorted(begins), self._in.end]

    def _has(self, address: int) -> bool:
        return self._in.address <= address < self._in.end

    def jumps(self, targets: set[int], start: int, end: int) -> set[int]:
        """Return where else than inside of itself a unit's tables lead."""
        found = set()
        for table in filter(self._has, targets):
            leads = {t for _, t in self._entries(table, [self._text])}
            if any(start <= t < end for t in leads):
                found |= {t for t in leads if not start <= t < end}
        return found

    def constants(self, targets: set[int]) -> Iterator[tuple[int, int]]:
        """Yield where entries are, and the constants they lead to, of what may be tables.

        They may be tables of numbers. One ends before what it leads to, and has two entries.
        """
        for table in (t for t in targets if self._has(t) and t % 4 == 0):
            limit, found = self._in.end, []
            for place, target in self._entries(table, self._constants):
                if table <= target <= place or place >= limit:
                    break
                limit = min(limit, target) if target > place else limit
                found.append((place, target))
            if len(found) > 1:
                yield from found

    def _entries(self, table: int, sections: list[Section]) -> Iterator[tuple[int, int]]:
        limit = self._starts[bisect_right(self._starts, table)]
        offset = self._in.offset - self._in.address
        for place in range(table, limit - 3, 4):
            at = offset + place
            target = table + int.from_bytes(self._data[at : at + 4], "little", signed=True)
            if not any(s.address <= target < s.end for s in sections):
                break
            yield place, target
