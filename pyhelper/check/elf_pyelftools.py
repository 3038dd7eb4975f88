"""Read ELF with pyelftools."""

from __future__ import annotations

import dataclasses
from typing import Any

from elftools.elf.constants import VER_FLAGS
from elftools.elf.dynamic import DynamicSection, DynamicSegment
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerDefSection, GNUVerNeedSection, GNUVerSymSection
from elftools.elf.sections import SymbolTableSection

from pyhelper.check import elf_names as names
from pyhelper.check.messages import Image, Symbol, Version

# Version index to (library, version); the library is empty for the file's own.
_Versions = dict[int, tuple[str, str]]


def read(path: str) -> list[Image]:
    """Read the one image of an ELF file."""
    with open(path, "rb") as f:
        elf = ELFFile(f)
        image = _loader(elf, _dynamic(elf))
        return [dataclasses.replace(image, **_symbols(elf))]


def _dynamic(elf: Any) -> list[Any]:
    for segment in elf.iter_segments():
        if isinstance(segment, DynamicSegment):
            return list(segment.iter_tags())
    for section in elf.iter_sections():
        if isinstance(section, DynamicSection):
            return list(section.iter_tags())
    return []


def _loader(elf: Any, tags: list[Any]) -> Image:
    """Read what the loader looks at: segments and the dynamic section."""

    def strings(tag: str, attribute: str) -> list[str]:
        return [str(getattr(t, attribute)) for t in tags if t.entry.d_tag == tag]

    def value(tag: str) -> int:
        return next((int(t.entry.d_val) for t in tags if t.entry.d_tag == tag), 0)

    present = {t.entry.d_tag for t in tags}
    flags, flags_1 = value("DT_FLAGS"), value("DT_FLAGS_1")
    segments = list(elf.iter_segments())
    interp = next((str(s.get_interp_name()) for s in segments if s["p_type"] == "PT_INTERP"), "")
    soname = next(iter(strings("DT_SONAME", "soname")), "")
    stack = next((s for s in segments if s["p_type"] == "PT_GNU_STACK"), None)
    return Image(
        format="elf",
        arch=names.machine(_number(elf, "e_machine"), elf.little_endian),
        bits=int(elf.elfclass),
        endian="little" if elf.little_endian else "big",
        type=names.kind(
            _number(elf, "e_type"),
            pie_flag=bool(flags_1 & names.DF_1_PIE),
            interp=interp,
            soname=soname,
        ),
        name=soname,
        needed=strings("DT_NEEDED", "needed"),
        rpath=names.directories(strings("DT_RPATH", "rpath")),
        runpath=names.directories(strings("DT_RUNPATH", "runpath")),
        interp=interp,
        stack="" if stack is None else names.permissions(stack["p_flags"]),
        writable_code=[
            f"LOAD {s['p_vaddr']:#x}"
            for s in segments
            if s["p_type"] == "PT_LOAD" and s["p_flags"] & names.PF_W and s["p_flags"] & names.PF_X
        ],
        relro=any(s["p_type"] == "PT_GNU_RELRO" for s in segments),
        bind_now="DT_BIND_NOW" in present
        or bool(flags & names.DF_BIND_NOW or flags_1 & names.DF_1_NOW),
        textrel="DT_TEXTREL" in present or bool(flags & names.DF_TEXTREL),
    )


def _number(elf: Any, name: str) -> int:
    """Return a header field as the number it is in the file."""
    value = elf.header[name]
    if isinstance(value, int):
        return value
    enum = elf.structs.Elf_Ehdr.subcons
    mapping = next(c for c in enum if c.name == name).encoding
    return int(mapping[value])


def _symbols(elf: Any) -> dict[str, Any]:
    sections = list(elf.iter_sections())
    table = next(
        (s for s in sections if isinstance(s, SymbolTableSection) and s["sh_type"] == "SHT_DYNSYM"),
        None,
    )
    index = next((s for s in sections if isinstance(s, GNUVerSymSection)), None)
    needs = next((s for s in sections if isinstance(s, GNUVerNeedSection)), None)
    own = next((s for s in sections if isinstance(s, GNUVerDefSection)), None)
    known, versions = _needs(needs)
    defined, defines = _defines(own)
    known.update(defined)
    imports, exports = _table(table, index, known)
    return {"imports": imports, "exports": exports, "versions": versions, "defines": defines}


def _needs(section: Any) -> tuple[_Versions, list[Version]]:
    known: _Versions = {}
    versions = []
    for need, auxiliaries in section.iter_versions() if section else ():
        for aux in auxiliaries:
            known[int(aux["vna_other"]) & names.VERSION_INDEX] = (str(need.name), str(aux.name))
            weak = bool(int(aux["vna_flags"]) & VER_FLAGS.VER_FLG_WEAK)
            versions.append(Version(str(need.name), str(aux.name), weak))
    return known, versions


def _defines(section: Any) -> tuple[_Versions, list[str]]:
    known: _Versions = {}
    defines = []
    for definition, auxiliaries in section.iter_versions() if section else ():
        first = next(iter(auxiliaries), None)
        if first is None or int(definition["vd_flags"]) & VER_FLAGS.VER_FLG_BASE:
            continue
        known[int(definition["vd_ndx"])] = ("", str(first.name))
        defines.append(str(first.name))
    return known, defines


_BINDINGS = {"STB_GLOBAL", "STB_WEAK", "STB_LOOS"}  # the last is GNU_UNIQUE
_VISIBLE = {"STV_DEFAULT", "STV_PROTECTED"}


def _table(table: Any, index: Any, known: _Versions) -> tuple[list[Symbol], list[Symbol]]:
    imports: list[Symbol] = []
    exports: list[Symbol] = []
    for at in range(table.num_symbols()) if table else ():
        symbol = table.get_symbol(at)
        if not symbol.name or symbol["st_info"]["bind"] not in _BINDINGS:
            continue
        number = _version_index(index, at)
        library, version = known.get(number & names.VERSION_INDEX, ("", ""))
        weak = symbol["st_info"]["bind"] == "STB_WEAK"
        if symbol["st_shndx"] == "SHN_UNDEF":
            imports.append(Symbol(symbol.name, version, False, library, weak))
        elif symbol["st_other"]["visibility"] in _VISIBLE:
            hidden = bool(version) and bool(number & names.VERSION_HIDDEN)
            exports.append(Symbol(symbol.name, version, hidden, "", weak))
    return imports, exports


def _version_index(index: Any, at: int) -> int:
    if index is None or at >= index.num_symbols():
        return 0
    number = index.get_symbol(at)["ndx"]
    if isinstance(number, int):
        return number
    return {"VER_NDX_LOCAL": 0, "VER_NDX_GLOBAL": 1}.get(number, 0)
