"""The native files of a bundle, and the libraries that join them, whatever their format.

How a loader finds a library is for link.py (ELF) and macho_link.py to know.
"""

from __future__ import annotations

import os
import posixpath
from typing import TYPE_CHECKING, Callable, Generic, Protocol, TypeVar

from pyhelper.binaries import places
from pyhelper.channel import Channel, Failed
from pyhelper.protocol import Binary, Linked, LinkedFile

if TYPE_CHECKING:
    from collections.abc import Iterable


class Native(Protocol):
    """A native file of the bundle."""

    dest: str
    source: str

    @property
    def needed(self) -> tuple[str, ...]:
        """The libraries that it needs, by the names it has for them."""


FileT = TypeVar("FileT", bound=Native)
ParsedT = TypeVar("ParsedT")


def read(binary: Binary, parse: Callable[[str], ParsedT | None], kind: str) -> ParsedT:
    """Read a file that has to be of a format, "an elf file"."""
    try:
        found = parse(binary.source)
    except (OSError, ValueError) as err:
        raise Failed(f"{binary.dest}: {err}") from err
    if found is None:
        raise Failed(f"{binary.dest}: {binary.source} is not {kind}")
    return found


class Closure(Generic[FileT]):
    """The native files of the bundle, and those still to look at."""

    def __init__(self, binaries: list[Binary], file: Callable[[Binary], FileT]) -> None:
        self._file = file
        self._given = {binary.dest for binary in binaries}
        self.queue = [file(binary) for binary in binaries]
        self.by_dest = {f.dest: f for f in self.queue}
        # Where the interpreter has its libpython it has its other libraries.
        in_lib = (b.source for b in binaries if posixpath.dirname(b.dest) == places.LIB)
        self.beside = tuple(dict.fromkeys(map(os.path.dirname, in_lib)))

    def resolve(self, file: FileT, name: str) -> bool:
        """See that ``file`` finds ``name``; False if nobody has it."""
        raise NotImplementedError

    def close(self, out: Channel) -> None:
        """Resolve everything that is needed; tell what nobody has."""
        for done, file in enumerate(self.queue):  # grows while it is walked
            out.progress("link", done, len(self.queue), posixpath.basename(file.dest))
            for name in file.needed:
                if not self.resolve(file, name):
                    out.send(places.not_found(file.dest, name))

    def nearest(self, here: str, found: Iterable[FileT]) -> FileT | None:
        """Choose of libraries that would do the one with the shortest way from ``here``.

        Two packages may each bring a library of one name, in their own builds.
        """
        return min(found, key=lambda f: (places.distance(here, f.dest), f.dest), default=None)

    def join(self, dest: str, path: str) -> FileT:
        """Let a library of the build machine join the bundle."""
        added = self._file(Binary(dest, path))
        self.by_dest[dest] = added
        self.queue.append(added)
        return added

    def files(self) -> list[FileT]:
        """Return all files in the order of their places."""
        return sorted(self.queue, key=lambda file: file.dest)

    def answer(self, linked: dict[str, LinkedFile], program: list[Binary]) -> Linked:
        """Say what was linked, by place; the program lies beside the bundle."""
        shipped = "".join(linked[binary.dest].source for binary in program)
        beside = {binary.dest for binary in program}
        added = [Binary(f.dest, f.source) for f in self.files() if f.dest not in self._given]
        return Linked([f for dest, f in linked.items() if dest not in beside], added, shipped)
