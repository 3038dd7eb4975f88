"""Read Mach-O with macholib."""

from __future__ import annotations

import struct
from typing import Any

from macholib.MachO import MachO

from pyhelper.check import macho_names as names
from pyhelper.check.messages import Image, Symbol


def read(path: str) -> list[Image]:
    """Read the images of a Mach-O file, in their order."""
    return [_image(path, header) for header in MachO(path).headers]


def _image(path: str, header: Any) -> Image:
    little = header.endian == "<"
    commands = [(int(c.cmd) & 0xFFFFFFFF, body, data) for c, body, data in header.commands]
    flags = int(header.header.flags)
    needed = [_string(data) for cmd, _, data in commands if cmd in names.LOADS]
    imports, exports = _symbols(path, header, commands, needed if flags & names.MH_TWOLEVEL else [])
    platform, minos = _platform(commands)
    return Image(
        format="mach-o",
        arch=names.cpu(int(header.header.cputype), int(header.header.cpusubtype)),
        bits=64 if _is_64(header) else 32,
        endian="little" if little else "big",
        type=names.kind(int(header.header.filetype), flags),
        name=next((_string(d) for cmd, _, d in commands if cmd == names.LC_ID_DYLIB), ""),
        needed=needed,
        weak=[_string(d) for cmd, _, d in commands if cmd == names.LC_LOAD_WEAK_DYLIB],
        rpath=[_string(d) for cmd, _, d in commands if cmd == names.LC_RPATH],
        interp=next((_string(d) for cmd, _, d in commands if cmd == names.LC_LOAD_DYLINKER), ""),
        imports=imports,
        exports=exports,
        minos=minos,
        platform=platform,
        stack=names.stack(flags),
        writable_code=[
            _string(body.segname)
            for cmd, body, _ in commands
            if cmd in (names.LC_SEGMENT, names.LC_SEGMENT_64)
            and int(body.initprot) & names.VM_WRITE
            and int(body.initprot) & names.VM_EXECUTE
        ],
        signed=any(cmd == names.LC_CODE_SIGNATURE for cmd, _, _ in commands),
    )


def _is_64(header: Any) -> bool:
    return header.MH_MAGIC in (0xFEEDFACF, 0xCFFAEDFE)  # the magic in either order


def _string(data: bytes) -> str:
    """Return the string at the beginning of bytes."""
    return bytes(data).split(b"\0", 1)[0].decode("utf-8", "replace")


def _platform(commands: list[tuple[int, Any, Any]]) -> tuple[str, str]:
    for cmd, body, _ in commands:
        if cmd == names.LC_BUILD_VERSION:
            number = int(body.platform)
            return names.PLATFORMS.get(number, f"platform-{number}"), names.version(int(body.minos))
        if cmd in names.VERSION_MIN:
            return names.VERSION_MIN[cmd], names.version(int(body.version))
    return "", ""


def _symbols(
    path: str, header: Any, commands: list[tuple[int, Any, Any]], libraries: list[str]
) -> tuple[list[Symbol], list[Symbol]]:
    """Read the nlist entries.

    Not by macholib's SymbolTable: it wants LC_DYSYMTAB, and sorts by its ranges what
    the entries say themselves.
    """
    imports: list[Symbol] = []
    exports: list[Symbol] = []
    table = next((body for cmd, body, _ in commands if cmd == names.LC_SYMTAB), None)
    if table is None:
        return imports, exports
    entry = struct.Struct(header.endian + ("IBBHQ" if _is_64(header) else "IBBHI"))
    with open(path, "rb") as f:
        f.seek(header.offset + int(table.symoff))
        entries = f.read(entry.size * int(table.nsyms))
        f.seek(header.offset + int(table.stroff))
        strings = f.read(int(table.strsize))
    if len(entries) < entry.size * int(table.nsyms) or len(strings) < int(table.strsize):
        raise ValueError("the symbol table ends outside of the file")
    for at, raw, _, desc, value in entry.iter_unpack(entries):
        if at >= len(strings):
            raise ValueError("the name of a symbol begins outside of the string table")
        end = strings.find(b"\0", at)
        name = strings[at : end if end >= 0 else None].decode("utf-8", "replace")
        symbol = names.symbol(name, raw, desc, value, libraries)
        if symbol is not None:
            (imports if names.is_import(raw) else exports).append(symbol)
    return imports, exports
