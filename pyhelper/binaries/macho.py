"""What a Mach-O file says about itself and others (read with macholib and lief).

The two have to agree: what only one of them understands is not touched. Names are
those of dyld(1) and of XNU's loader.h.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from macholib.MachO import MachO as Reader

from pyhelper.check import macho_names as names

if TYPE_CHECKING:
    import lief

FAT_MAGIC = b"\xca\xfe\xba\xbe"
THIN_MAGIC = b"\xcf\xfa\xed\xfe"  # 64-bit, little endian: all that macOS still runs
_OTHERS = (b"\xce\xfa\xed\xfe", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xca\xfe\xba\xbf")

# What macholib raises for a file that is cut off or overwritten.
_BROKEN = (ValueError, LookupError, TypeError, AttributeError, OSError, struct.error, MemoryError)


@dataclass(frozen=True)
class Image:
    """The load commands of one architecture that concern libraries.

    ``loads`` has the command of each load (LC_LOAD_DYLIB, LC_LOAD_WEAK_DYLIB, …) and
    the name as it stands there; ``rpaths`` are those of LC_RPATH in their order.
    """

    arch: str
    install_name: str  # LC_ID_DYLIB, "" for what is no library
    loads: tuple[tuple[int, str], ...]
    rpaths: tuple[str, ...]
    signed: bool


@dataclass(frozen=True)
class MachO:
    """A thin file has one image, a fat (universal) one has several."""

    images: tuple[Image, ...]

    @property
    def archs(self) -> frozenset[str]:
        """The processors it is for."""
        return frozenset(image.arch for image in self.images)

    @property
    def install_name(self) -> str:
        """What those call it that link with it, "" for what is no library."""
        return next((i.install_name for i in self.images if i.install_name), "")

    @property
    def needed(self) -> tuple[str, ...]:
        """What any of the images loads."""
        return tuple(dict.fromkeys(name for i in self.images for _, name in i.loads))

    @property
    def rpaths(self) -> tuple[str, ...]:
        """Where any of the images looks for @rpath."""
        return tuple(dict.fromkeys(path for i in self.images for path in i.rpaths))

    def is_optional(self, name: str) -> bool:
        """May the loader go on without that library (LC_LOAD_WEAK_DYLIB) in every image?"""
        kinds = {kind for i in self.images for kind, load in i.loads if load == name}
        return kinds == {names.LC_LOAD_WEAK_DYLIB}


def is_macho(path: str) -> bool:
    """Does the file begin as a Mach-O file does? OSError: it cannot be read."""
    with open(path, "rb") as f:
        return f.read(4) in (FAT_MAGIC, THIN_MAGIC, *_OTHERS)


def read(path: str) -> MachO | None:
    """Read the file; None if it is no Mach-O file. ValueError: a broken one."""
    with open(path, "rb") as f:
        magic = f.read(4)
    if magic in _OTHERS:
        raise ValueError(f"{path}: only 64-bit little-endian mach-o files are linked")
    if magic not in (FAT_MAGIC, THIN_MAGIC):
        return None
    try:
        one = tuple(_by_macholib(header) for header in Reader(path).headers)
    except _BROKEN as err:
        text = " ".join(str(err).split())
        raise ValueError(f"{path}: not a readable mach-o file: {text}") from err
    if not one or one != _by_lief(path):
        raise ValueError(f"{path}: macholib and lief do not read the same in it")
    return MachO(one)


def _by_macholib(header: Any) -> Image:
    commands = [(int(c.cmd) & 0xFFFFFFFF, data) for c, _, data in header.commands]
    texts = [(c, bytes(data)) for c, data in commands if c in _WITH_STRING]
    strings = [(c, text.split(b"\0", 1)[0].decode()) for c, text in texts]
    return Image(
        arch=names.cpu(int(header.header.cputype), int(header.header.cpusubtype)),
        install_name=next((s for c, s in strings if c == names.LC_ID_DYLIB), ""),
        loads=tuple((c, s) for c, s in strings if c in names.LOADS),
        rpaths=tuple(s for c, s in strings if c == names.LC_RPATH),
        signed=any(c == names.LC_CODE_SIGNATURE for c, _ in commands),
    )


_WITH_STRING = {names.LC_ID_DYLIB, names.LC_RPATH, *names.LOADS}


def _by_lief(path: str) -> tuple[Image, ...]:
    import lief  # noqa: PLC0415  (to link ELF files must not take its half second)

    lief.logging.disable()
    fat = lief.MachO.parse(path, lief.MachO.ParserConfig.quick)
    return () if fat is None else tuple(_image(binary) for binary in fat)


def _image(binary: lief.MachO.Binary) -> Image:
    libraries = [(int(c.command) & 0xFFFFFFFF, str(c.name)) for c in binary.libraries]
    return Image(
        arch=names.cpu(int(binary.header.cpu_type), int(binary.header.cpu_subtype)),
        install_name=next((n for c, n in libraries if c == names.LC_ID_DYLIB), ""),
        loads=tuple((c, n) for c, n in libraries if c in names.LOADS),
        rpaths=tuple(str(r.path) for r in binary.rpaths),
        signed=binary.has_code_signature,
    )
