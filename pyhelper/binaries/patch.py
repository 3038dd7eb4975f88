"""Write a native file again: lief changes it, pyelftools reads it back.

lief is imported where it is called: that takes half a second, and of most bundles no
file needs another search path.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

from pyhelper.binaries import elf
from pyhelper.channel import Failed

if TYPE_CHECKING:
    import lief

    from pyhelper.binaries.scrub import Scrubber


def write(
    source: str,
    output: str,
    search: list[str],
    scrubber: Scrubber,
    *,
    program: bool = False,
    renamed: dict[str, str] | None = None,
) -> elf.Elf:
    """Copy ``source`` to ``output`` with DT_RUNPATH ``search`` and no DT_RPATH.

    A program gets DT_RPATH and no DT_RUNPATH: LD_LIBRARY_PATH comes between the
    two, and whatever libpython lies there. ``renamed`` says which libraries it
    is to need in place of others.

    What was written is read again by the other library: everything but the
    search path must be what it was.
    """
    before = elf.read(source)
    os.makedirs(os.path.dirname(output), exist_ok=True)
    if before is None or (list(before.search) == search and not renamed):
        shutil.copyfile(source, output)
    else:
        before = replace(before, needed=tuple((renamed or {}).get(n, n) for n in before.needed))
        _write(source, output, ":".join(search), renamed or {}, program=program)
    _scrub(output, scrubber)
    shutil.copymode(source, output)
    after = elf.read(output)
    if before is None or after is None or _rest(before) != _rest(after):
        raise Failed(f"{source}: its search path cannot be changed without breaking it")
    if after.search != tuple(search):
        raise Failed(f"{source}: its search path was written but does not read back")
    return after


def _write(
    source: str, output: str, search: str, renamed: dict[str, str], *, program: bool
) -> None:
    import lief  # noqa: PLC0415  (see the top of the file)

    binary = lief.ELF.parse(source)
    if binary is None:
        raise Failed(f"{source}: lief cannot read it")
    for tag in (lief.ELF.DynamicEntry.TAG.RPATH, lief.ELF.DynamicEntry.TAG.RUNPATH):
        while binary.has(tag):
            binary.remove(tag)
    for entry in binary.dynamic_entries:
        if isinstance(entry, lief.ELF.DynamicEntryLibrary):
            name = str(entry.name)
            entry.name = renamed.get(name, name)
    if search:
        kind = lief.ELF.DynamicEntryRpath if program else lief.ELF.DynamicEntryRunPath
        _make_room(binary)
        binary.add(kind(search))
    binary.write(output)


def _make_room(binary: lief.ELF.Binary) -> None:
    """Move the program headers to a gap between segments, to have one more.

    Left to itself lief moves everything else instead, by a page, and mends what
    refers to it; of Debian's libpython3.11 it misses a place. Where there is no
    gap it is left to itself: its other ways damage more.
    """
    binary.relocate_phdr_table(binary.PHDR_RELOC.SEGMENT_GAP)


def _scrub(path: str, scrubber: Scrubber) -> None:
    """Last, for lief leaves the old search path in the string table."""
    with open(path, "r+b") as f:
        data = f.read()
        clean = scrubber.scrub(data)
        if clean != data:
            f.seek(0)
            f.write(clean)


def _rest(file: elf.Elf) -> tuple[object, ...]:
    return file.machine, file.soname, file.needed
