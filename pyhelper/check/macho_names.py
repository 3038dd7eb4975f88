"""Names and constants of Mach-O that both readers need (XNU's loader.h and nlist.h)."""

from __future__ import annotations

from pyhelper.check.messages import Symbol

_CPUS = {
    7: "i386",
    12: "arm",
    18: "ppc",
    0x01000007: "x86_64",
    0x0100000C: "arm64",
    0x01000012: "ppc64",
    0x0200000C: "arm64_32",
}
_CPU_ARM64, _SUBTYPE_ARM64E = 0x0100000C, 2
TYPES = {1: "object", 4: "core", 6: "shared", 8: "bundle"}
MH_EXECUTE = 2
MH_TWOLEVEL, MH_ALLOW_STACK_EXECUTION, MH_PIE = 0x80, 0x20000, 0x200000
PLATFORMS = {1: "macos", 2: "ios", 3: "tvos", 4: "watchos", 6: "maccatalyst", 7: "iossimulator"}
# LC_VERSION_MIN_…: the command to the platform.
VERSION_MIN = {0x24: "macos", 0x25: "ios", 0x2F: "tvos", 0x30: "watchos"}
LC_SYMTAB, LC_CODE_SIGNATURE, LC_BUILD_VERSION = 0x2, 0x1D, 0x32
LC_LOAD_DYLIB, LC_ID_DYLIB, LC_LOAD_DYLINKER = 0xC, 0xD, 0xE
LC_SEGMENT, LC_SEGMENT_64 = 0x1, 0x19
LC_LOAD_WEAK_DYLIB, LC_RPATH, LC_REEXPORT_DYLIB = 0x80000018, 0x8000001C, 0x8000001F
LC_LAZY_LOAD_DYLIB, LC_LOAD_UPWARD_DYLIB = 0x20, 0x80000023
LOADS = {
    LC_LOAD_DYLIB,
    LC_LOAD_WEAK_DYLIB,
    LC_REEXPORT_DYLIB,
    LC_LAZY_LOAD_DYLIB,
    LC_LOAD_UPWARD_DYLIB,
}
VM_WRITE, VM_EXECUTE = 2, 4
_N_STAB, _N_PEXT, _N_TYPE, _N_EXT, _N_UNDF = 0xE0, 0x10, 0x0E, 0x01, 0x0
_N_WEAK_REF, _N_WEAK_DEF = 0x40, 0x80


def cpu(kind: int, subtype: int) -> str:
    """Name a processor as platform tags do."""
    kind &= 0xFFFFFFFF
    if kind == _CPU_ARM64 and subtype & 0xFFFFFF == _SUBTYPE_ARM64E:
        return "arm64e"
    return _CPUS.get(kind, f"cpu-{kind:#x}")


def kind(filetype: int, flags: int) -> str:
    """Name the type of an image."""
    if filetype == MH_EXECUTE:
        return "pie" if flags & MH_PIE else "executable"
    return TYPES.get(filetype, "other")


def stack(flags: int) -> str:
    """Name the permissions of the stack."""
    return "rwx" if flags & MH_ALLOW_STACK_EXECUTION else "rw"


def version(number: int) -> str:
    """Write X.Y.Z of nibbles xxxx.yy.zz, without a Z of 0."""
    major, minor, patch = number >> 16, number >> 8 & 0xFF, number & 0xFF
    return f"{major}.{minor}.{patch}" if patch else f"{major}.{minor}"


def symbol(name: str, raw: int, desc: int, value: int, libraries: list[str]) -> Symbol | None:
    """Make a symbol of an nlist entry; None if it is private to the image.

    ``libraries`` is empty where the namespace is flat. An undefined symbol has
    library "" where none is meant (the process, any, or itself).
    """
    if raw & _N_STAB or not raw & _N_EXT or not name:
        return None
    if raw & _N_TYPE == _N_UNDF:
        if value:  # a common symbol of an object file
            return None
        ordinal = desc >> 8 & 0xFF
        library = libraries[ordinal - 1] if 0 < ordinal <= len(libraries) else ""
        return Symbol(name, library=library, weak=bool(desc & _N_WEAK_REF))
    if raw & _N_PEXT:
        return None
    return Symbol(name, weak=bool(desc & _N_WEAK_DEF))


def is_import(raw: int) -> bool:
    """Tell an undefined symbol from a defined one."""
    return raw & _N_TYPE == _N_UNDF
