"""What an ELF file says about itself and others (read with pyelftools)."""

from __future__ import annotations

from dataclasses import dataclass

from elftools.common.exceptions import ELFError
from elftools.elf.dynamic import DynamicSegment
from elftools.elf.elffile import ELFFile

_MAGIC = b"\x7fELF"


@dataclass(frozen=True)
class Elf:
    """The dynamic section of a file, as the loader reads it.

    ``search`` are the directories of DT_RUNPATH, or of DT_RPATH where there is
    no DT_RUNPATH: the loader looks at one of them only. ``starts``: it has a
    program interpreter and no SONAME, so it is a program.
    """

    machine: tuple[str, int]  # e_machine and word size: what can be loaded together
    soname: str
    needed: tuple[str, ...]
    search: tuple[str, ...]
    starts: bool = False


def read(path: str) -> Elf | None:
    """Read the file; None if it is no ELF file. ValueError: a broken one."""
    with open(path, "rb") as f:
        if f.read(len(_MAGIC)) != _MAGIC:
            return None
        try:
            return _read(ELFFile(f))
        except (ELFError, AttributeError, KeyError, UnicodeDecodeError) as err:
            raise ValueError(f"{path}: not a readable elf file: {err}") from err


def opens(path: str) -> bool:
    """Does the file call dlopen, for which its search path holds as well?

    The name is in its table of strings if it does; to look the symbol up in a large
    library takes longer than all else that is asked of it.
    """
    with open(path, "rb") as f:
        return b"\0dlopen\0" in f.read()


def _read(file: ELFFile) -> Elf:
    tags: dict[str, list[str]] = {"needed": [], "soname": [], "rpath": [], "runpath": []}
    interpreter = False
    for segment in file.iter_segments():
        interpreter |= segment.header.p_type == "PT_INTERP"
        if not isinstance(segment, DynamicSegment):
            continue
        for tag in segment.iter_tags():
            name = str(tag.entry.d_tag).replace("DT_", "").lower()
            if name in tags:
                tags[name].append(str(getattr(tag, name)))
    search = (tags["runpath"] or tags["rpath"] or [""])[0]
    return Elf(
        machine=(str(file["e_machine"]), int(file.elfclass)),
        soname=(tags["soname"] or [""])[0],
        needed=tuple(tags["needed"]),
        search=tuple(d for d in search.split(":") if d),
        starts=interpreter and not tags["soname"],
    )
