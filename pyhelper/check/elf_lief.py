"""Read ELF with lief."""

from __future__ import annotations

import dataclasses
from typing import Any

import lief

from pyhelper.check import elf_names as names
from pyhelper.check.messages import Image, Symbol, Version

_TAG = lief.ELF.DynamicEntry.TAG


def read(path: str) -> list[Image]:
    """Read the one image of an ELF file."""
    lief.logging.disable()
    config = lief.ELF.ParserConfig()
    config.parse_relocations = False
    config.parse_symtab_symbols = False
    config.parse_notes = False
    config.parse_overlay = False
    elf = lief.ELF.parse(path, config)
    if elf is None:
        raise ValueError("not a readable ELF file")
    return [dataclasses.replace(_loader(elf), **_symbols(elf))]


def _loader(elf: Any) -> Image:
    """Read what the loader looks at: segments and the dynamic section."""
    entries = [(int(e.tag), e) for e in elf.dynamic_entries]

    def strings(tag: Any) -> list[str]:
        return [_text(e) for number, e in entries if number == int(tag)]

    def value(tag: Any) -> int:
        return next((int(e.value) for number, e in entries if number == int(tag)), 0)

    present = {number for number, _ in entries}
    flags, flags_1 = value(_TAG.FLAGS), value(_TAG.FLAGS_1)
    segments = [(_segment_type(s), int(s.flags), int(s.virtual_address)) for s in elf.segments]
    stack = [flags for kind, flags, _ in segments if kind == names.PT_GNU_STACK]
    interp = str(elf.interpreter) if elf.has_interpreter else ""
    soname = next(iter(strings(_TAG.SONAME)), "")
    header = elf.header
    little = header.identity_data == lief.ELF.Header.ELF_DATA.LSB
    return Image(
        format="elf",
        arch=names.machine(_machine(header), little),
        bits=64 if header.identity_class == lief.ELF.Header.CLASS.ELF64 else 32,
        endian="little" if little else "big",
        type=names.kind(
            int(header.file_type),
            pie_flag=bool(flags_1 & names.DF_1_PIE),
            interp=interp,
            soname=soname,
        ),
        name=soname,
        needed=strings(_TAG.NEEDED),
        rpath=names.directories(strings(_TAG.RPATH)),
        runpath=names.directories(strings(_TAG.RUNPATH)),
        interp=interp,
        stack=names.permissions(stack[0]) if stack else "",
        writable_code=[
            f"LOAD {address:#x}"
            for kind, flags, address in segments
            if kind == names.PT_LOAD and flags & names.PF_W and flags & names.PF_X
        ],
        relro=any(kind == names.PT_GNU_RELRO for kind, _, _ in segments),
        bind_now=int(_TAG.BIND_NOW) in present
        or bool(flags & names.DF_BIND_NOW or flags_1 & names.DF_1_NOW),
        textrel=int(_TAG.TEXTREL) in present or bool(flags & names.DF_TEXTREL),
    )


def _text(entry: Any) -> str:
    """Return the string of a dynamic entry, which its class names in its own way."""
    for attribute in ("rpath", "runpath", "name"):
        text = getattr(entry, attribute, None)
        if text is not None:
            return text if isinstance(text, str) else text.decode("utf-8", "replace")
    raise ValueError(f"a dynamic entry {entry.tag} without its string")


def _machine(header: Any) -> int:
    return int(header.machine_type)


def _segment_type(segment: Any) -> int:
    """Return p_type; lief has numbers of its own above 32 bits for processors' types."""
    return int(segment.type) & 0xFFFFFFFF


def _symbols(elf: Any) -> dict[str, Any]:
    known: dict[int, tuple[str, str]] = {}
    versions: list[Version] = []
    for need in elf.symbols_version_requirement:
        for aux in need.get_auxiliary_symbols():
            known[int(aux.other) & names.VERSION_INDEX] = (need.name, aux.name)
            versions.append(Version(need.name, aux.name, bool(aux.flags & names.VER_FLG_WEAK)))
    defines: list[str] = []
    for definition in elf.symbols_version_definition:
        first = next(iter(definition.auxiliary_symbols), None)
        if first is not None and not definition.flags & names.VER_FLG_BASE:
            known[int(definition.ndx)] = ("", first.name)
            defines.append(first.name)
    imports, exports = _table(elf, known)
    return {"imports": imports, "exports": exports, "versions": versions, "defines": defines}


_BINDINGS = {names.STB_GLOBAL, names.STB_WEAK, names.STB_GNU_UNIQUE}
_VISIBLE = {names.STV_DEFAULT, names.STV_PROTECTED}


def _table(elf: Any, known: dict[int, tuple[str, str]]) -> tuple[list[Symbol], list[Symbol]]:
    imports: list[Symbol] = []
    exports: list[Symbol] = []
    for symbol in elf.dynamic_symbols:
        name, bind = symbol.name, int(symbol.binding)
        if not name or bind not in _BINDINGS:
            continue
        name = name if isinstance(name, str) else name.decode("utf-8", "replace")
        number = int(symbol.symbol_version.value) if symbol.has_version else 0
        library, version = known.get(number & names.VERSION_INDEX, ("", ""))
        weak = bind == names.STB_WEAK
        if symbol.shndx == 0:
            imports.append(Symbol(name, version, False, library, weak))
        elif int(symbol.visibility) in _VISIBLE:
            hidden = bool(version) and bool(number & names.VERSION_HIDDEN)
            exports.append(Symbol(name, version, hidden, "", weak))
    return imports, exports
