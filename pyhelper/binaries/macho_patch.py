"""Write a Mach-O file again: lief changes the load commands, macholib reads them back.

Only load commands change, in the room the linker left behind them; every other byte of
an image stays where and what it was, or the file is refused. Then each image is signed
again, and a fat file is put together from its images in their order.
"""

from __future__ import annotations

import io
import os
import posixpath
import shutil
import struct
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import lief

from pyhelper.binaries import codesign, macho
from pyhelper.channel import Failed

if TYPE_CHECKING:
    from pyhelper.binaries.scrub import Scrubber

_FAT_HEADER, _FAT_ARCH = struct.Struct(">II"), struct.Struct(">5I")


@dataclass
class Changes:
    """Everything that is to change in one file."""

    install_name: str = ""  # "": it stays
    loads: dict[str, str] = field(default_factory=dict)
    without: set[str] = field(default_factory=set)  # rpaths to remove
    rpaths: list[str] | None = None  # those to have instead of all others

    def __bool__(self) -> bool:
        return bool(self.install_name or self.loads or self.without or self.rpaths is not None)

    def of(self, image: macho.Image) -> macho.Image:
        """Return what the image is to say afterwards."""
        return replace(
            image,
            install_name=image.install_name and (self.install_name or image.install_name),
            loads=tuple((kind, self.loads.get(name, name)) for kind, name in image.loads),
            rpaths=self._kept(image.rpaths),
            signed=_is_signed(image),
        )

    def _kept(self, rpaths: tuple[str, ...]) -> tuple[str, ...]:
        if self.rpaths is not None:
            return tuple(self.rpaths)
        return tuple(path for path in rpaths if path not in self.without)


def write(source: str, output: str, changes: Changes, scrubber: Scrubber) -> macho.MachO:
    """Copy ``source`` to ``output`` with the changes, signed. Return what it says then."""
    before = macho.read(source)
    if before is None:
        raise Failed(f"{source}: not a mach-o file")
    with open(source, "rb") as f:
        data = f.read()
    try:
        data = _rewritten(data, before, changes, scrubber, posixpath.basename(output))
    except ValueError as err:
        raise Failed(f"{source}: {err}") from err
    os.makedirs(os.path.dirname(output), exist_ok=True)
    with open(output, "wb") as f:
        f.write(data)
    shutil.copymode(source, output)
    try:
        after = macho.read(output)
    except ValueError as err:
        raise Failed(f"{source}: cannot be changed without breaking it") from err
    if after is None or after.images != tuple(map(changes.of, before.images)):
        raise Failed(f"{source}: its load commands were written but do not read back")
    return after


def _is_signed(image: macho.Image) -> bool:
    """Is it to be signed? Intel's kernels take what came unsigned."""
    return image.signed or image.arch != "x86_64"


def _rewritten(
    data: bytes, file: macho.MachO, changes: Changes, scrubber: Scrubber, name: str
) -> bytes:
    if data[:4] == macho.THIN_MAGIC:
        return _image(data, file.images[0], changes, scrubber, name)
    _, count = _FAT_HEADER.unpack_from(data)
    if count != len(file.images):
        raise ValueError("its images cannot be told apart")
    archs = [_FAT_ARCH.unpack_from(data, 8 + 20 * n) for n in range(count)]
    end = _FAT_HEADER.size + _FAT_ARCH.size * count
    head, body = data[: _FAT_HEADER.size], b""
    for image, (cpu, subtype, offset, size, align) in zip(file.images, archs):
        if offset + size > len(data) or align > 20:
            raise ValueError("an image ends outside of the file")
        part = _image(data[offset : offset + size], image, changes, scrubber, name)
        body += bytes(-(end + len(body)) % (1 << align))
        head += _FAT_ARCH.pack(cpu, subtype, end + len(body), len(part), align)
        body += part
    return head + body


def _image(
    data: bytes, image: macho.Image, changes: Changes, scrubber: Scrubber, name: str
) -> bytes:
    if replace(changes.of(image), signed=image.signed) != image:
        data = _commands(data, changes)
    data = scrubber.scrub(data)
    return codesign.sign(data, name) if _is_signed(image) else data


def _commands(data: bytes, changes: Changes) -> bytes:
    """Change the load commands, and see to it that nothing else has changed.

    lief could make room by moving all code. The result would be another program that
    nobody has run: it is the linker's business to leave room.
    """
    at = codesign.layout(data)
    fat = lief.MachO.parse(io.BytesIO(data))
    binary = None if fat is None else fat.at(0)
    if binary is None:
        raise ValueError("lief cannot read it")
    _change(binary, changes)
    config = lief.MachO.Builder.config_t()
    config.linkedit = False  # nothing in it depends on a name
    written = bytearray(binary.write_to_bytes(config))
    end = codesign.HEADER + struct.unpack_from("<I", written, 20)[0]
    if end > at.content or len(written) != len(data) or written[at.content :] != data[at.content :]:
        raise ValueError(
            "no room for the names of libraries in its header: link it with "
            "-headerpad_max_install_names"
        )
    if end < at.commands:  # no names of the build machine behind the commands
        written[end : at.commands] = bytes(at.commands - end)
    return bytes(written)


def _change(binary: lief.MachO.Binary, changes: Changes) -> None:
    for command in binary.libraries:
        name = str(command.name)
        if command.command == lief.MachO.LoadCommand.TYPE.ID_DYLIB:
            command.name = changes.install_name or name
        else:
            command.name = changes.loads.get(name, name)
    if changes.rpaths is None:
        for rpath in [r for r in binary.rpaths if str(r.path) in changes.without]:
            binary.remove(rpath)
        return
    while binary.has(lief.MachO.LoadCommand.TYPE.RPATH):
        binary.remove(lief.MachO.LoadCommand.TYPE.RPATH)
    for path in changes.rpaths:
        rpath_command = lief.MachO.RPathCommand.create(path)
        if rpath_command is None:
            raise ValueError(f"lief cannot make a search path of {path}")
        binary.add(rpath_command)
