"""Names and constants of ELF that both readers need (gABI; glibc's elf.h)."""

from __future__ import annotations

from pyhelper.check.messages import Image

# e_machine to the names of platform tags.
_MACHINES = {
    3: "i686",
    8: "mips",
    20: "ppc",
    21: "ppc64",
    22: "s390x",
    40: "armv7l",
    62: "x86_64",
    183: "aarch64",
    243: "riscv64",
    258: "loongarch64",
}
DF_TEXTREL = 0x4
DF_BIND_NOW = 0x8
DF_1_NOW = 0x1
DF_1_PIE = 0x08000000
PF_X, PF_W, PF_R = 1, 2, 4
PT_LOAD, PT_INTERP, PT_GNU_STACK, PT_GNU_RELRO = 1, 3, 0x6474E551, 0x6474E552
ET_NAMES = {1: "object", 2: "executable", 4: "core"}
ET_DYN = 3
STB_GLOBAL, STB_WEAK, STB_GNU_UNIQUE = 1, 2, 10
STV_DEFAULT, STV_PROTECTED = 0, 3
VERSION_HIDDEN = 0x8000
VERSION_INDEX = 0x7FFF
VER_FLG_BASE, VER_FLG_WEAK = 1, 2


def machine(number: int, little: bool) -> str:
    """Name a machine as platform tags do."""
    name = _MACHINES.get(number, f"machine-{number}")
    return "ppc64le" if name == "ppc64" and little else name


def kind(number: int, *, pie_flag: bool, interp: str, soname: str) -> str:
    """Tell executables from libraries among what is ET_DYN.

    Old linkers do not set DF_1_PIE. A library with an interpreter (libc.so.6 can be
    started) has a SONAME, an executable has none.
    """
    if number == ET_DYN:
        return "pie" if pie_flag or (interp and not soname) else "shared"
    return ET_NAMES.get(number, "other")


def permissions(flags: int) -> str:
    """Write segment flags as rwx."""
    return "".join(c for bit, c in ((PF_R, "r"), (PF_W, "w"), (PF_X, "x")) if flags & bit)


def directories(paths: list[str]) -> list[str]:
    """Split search paths as the loader does; an empty entry is the working directory."""
    return [d for path in paths if path for d in path.split(":")]


def empty(arch: str, bits: int, little: bool, of: str) -> Image:
    """Begin an image."""
    return Image("elf", arch, bits, "little" if little else "big", of)
