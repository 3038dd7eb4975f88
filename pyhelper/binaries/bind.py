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

from pyhelper.binaries.image import (
    FUNC,
    IDENT,
    JMPREL,
    OBJECT,
    PLTRELSZ,
    RELA_AT,
    RELACOUNT,
    RELASZ,
    SYMTAB,
    TYPES,
    WORD,
    Image,
    Types,
)


def bind(data: bytes) -> bytes | None:
    """Return the library with its own symbols bound; None if it has to stay as it is."""
    if not data.startswith(IDENT):
        return None
    library = Image(bytearray(data))
    types = TYPES.get(library.machine)
    if types is None or not library.tag(RELACOUNT) or not library.tag(SYMTAB):
        return None
    try:
        _bind_words(library, types)
        _bind_slots(library, types)
    except (LookupError, struct.error):
        return None
    return bytes(library.data)


def _bind_words(library: Image, types: Types) -> None:
    address, size = library.tag(RELA_AT), library.tag(RELASZ)
    relative, others = [], []
    for place, info, addend in library.table(address, size):
        kind, value = info & 0xFFFFFFFF, None
        if kind == types.word or (kind == types.table and addend == 0):
            value = library.own(info, OBJECT, FUNC)
        if kind == types.relative:
            relative.append((place, info, addend))
        elif value is None:
            others.append((place, info, addend))
        else:
            relative.append((place, types.relative, value + addend))
    library.set_relocations([*relative, *others])


def _bind_slots(library: Image, types: Types) -> None:
    """Let slots hold functions of the library.

    The loader adds to each slot where the library is, and looks nothing up; if it is
    told to bind everything at once (LD_BIND_NOW) it does, and comes to the same.
    """
    for place, info, _ in library.table(library.tag(JMPREL), library.tag(PLTRELSZ)):
        value = library.own(info, FUNC) if info & 0xFFFFFFFF == types.slot else None
        if value is not None:
            WORD.pack_into(library.data, library.offset(place), value)
