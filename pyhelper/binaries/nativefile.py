"""A native file of a bundle, as linking sees it: what it needs, and where it is to look."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field

from pyhelper.binaries import elf, machine, places


@dataclass
class File:
    """A native file of the bundle and the directories it must search there."""

    dest: str
    source: str
    elf: elf.Elf
    reach: list[str] = field(default_factory=list)  # bundle directories to add
    found: dict[str, File] = field(default_factory=dict)  # libraries of the bundle, by name
    content: str = ""  # a copy of the source without symbols, if there is one
    stripped: int = 0  # bytes that it lacks
    renamed: dict[str, str] = field(default_factory=dict)  # libraries to need instead

    @property
    def needed(self) -> tuple[str, ...]:
        """The libraries that it needs."""
        return self.elf.needed

    def is_program(self) -> bool:
        """Is it the program beside the bundle?"""
        return places.is_program(self.dest)

    def search(self) -> list[str]:
        """Return the search path the file should have."""
        here = posixpath.dirname(self.dest)
        kept = [d for d in self.elf.search if in_bundle(d, here) is not None]
        added = [places.from_origin(directory, here) for directory in self.reach]
        return list(dict.fromkeys([*kept, *added]))

    def searched(self) -> list[str]:
        """Return the bundle's directories that the file came to search."""
        here = posixpath.dirname(self.dest)
        found = (in_bundle(d, here) for d in self.elf.search)
        return [d for d in found if d is not None]


def in_bundle(directory: str, here: str) -> str | None:
    """Return the bundle's directory that an entry of a search path means.

    None if it leaves the bundle: an absolute path, or too many steps up; or if the
    loader decides what it means ($LIB, $PLATFORM: not the same on every machine).
    """
    if not directory.startswith(("$ORIGIN", "${ORIGIN}")):
        return None
    path = machine.expand(directory, posixpath.normpath(f"{places.HOME}/{here}"))
    if "$" in path:
        return None
    return places.inside(path)
