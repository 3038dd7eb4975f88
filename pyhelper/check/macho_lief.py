"""Read Mach-O with lief."""

from __future__ import annotations

from typing import Any

import lief

from pyhelper.check import macho_names as names
from pyhelper.check.messages import Image, Symbol


def read(path: str) -> list[Image]:
    """Read the images of a Mach-O file, in their order."""
    lief.logging.disable()
    fat = lief.MachO.parse(path, lief.MachO.ParserConfig.quick)
    if fat is None:
        raise ValueError("not a readable Mach-O file")
    return [_image(binary) for binary in fat]


def _image(binary: Any) -> Image:
    header = binary.header
    flags = int(header.flags)
    libraries = [(_command(c), str(c.name)) for c in binary.libraries]
    needed = [name for cmd, name in libraries if cmd in names.LOADS]
    imports, exports = _symbols(binary, needed if flags & names.MH_TWOLEVEL else [])
    platform, minos = _platform(binary)
    return Image(
        format="mach-o",
        arch=names.cpu(int(header.cpu_type), int(header.cpu_subtype)),
        bits=64 if header.is_64bit else 32,
        endian=_endian(header),
        type=names.kind(int(header.file_type), flags),
        name=next((name for cmd, name in libraries if cmd == names.LC_ID_DYLIB), ""),
        needed=needed,
        weak=[name for cmd, name in libraries if cmd == names.LC_LOAD_WEAK_DYLIB],
        rpath=[str(r.path) for r in binary.rpaths],
        interp=str(binary.dylinker.name) if binary.has_dylinker else "",
        imports=imports,
        exports=exports,
        minos=minos,
        platform=platform,
        stack=names.stack(flags),
        writable_code=[
            str(s.name)
            for s in binary.segments
            if int(s.init_protection) & names.VM_WRITE and int(s.init_protection) & names.VM_EXECUTE
        ],
        signed=binary.has_code_signature,
    )


def _command(command: Any) -> int:
    return int(command.command) & 0xFFFFFFFF


def _endian(header: Any) -> str:
    """Tell by the magic, which lief keeps as it was on the disk."""
    swapped = {lief.MachO.MACHO_TYPES.CIGAM, lief.MachO.MACHO_TYPES.CIGAM_64}
    return "big" if header.magic in swapped else "little"


def _platform(binary: Any) -> tuple[str, str]:
    if binary.has_build_version:
        build = binary.build_version
        number = int(build.platform)
        return names.PLATFORMS.get(number, f"platform-{number}"), _version(build.minos)
    if binary.has_version_min:
        least = binary.version_min
        return names.VERSION_MIN.get(_command(least), ""), _version(least.version)
    return "", ""


def _version(parts: Any) -> str:
    major, minor, patch = (int(p) for p in parts)
    return names.version(major << 16 | minor << 8 | patch)


def _symbols(binary: Any, libraries: list[str]) -> tuple[list[Symbol], list[Symbol]]:
    imports: list[Symbol] = []
    exports: list[Symbol] = []
    for entry in binary.symbols:
        if entry.origin != lief.MachO.Symbol.ORIGIN.SYMTAB:
            continue
        name = entry.name
        name = name if isinstance(name, str) else name.decode("utf-8", "replace")
        raw, desc = int(entry.raw_type), int(entry.description) & 0xFFFF
        symbol = names.symbol(name, raw, desc, int(entry.value), libraries)
        if symbol is not None:
            (imports if names.is_import(raw) else exports).append(symbol)
    return imports, exports
