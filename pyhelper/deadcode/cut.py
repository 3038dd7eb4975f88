"""Write a library without what is dead in it: same addresses, same length, less in it."""

from __future__ import annotations

import struct
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyhelper.binaries import image as elf
from pyhelper.binaries.image import Image
from pyhelper.deadcode import functions, graph
from pyhelper.deadcode.functions import Unexpected
from pyhelper.deadcode.references import CONSTANT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyhelper.deadcode.graph import Builtins, Graph
    from pyhelper.deadcode.references import References

# What stays of dead data around live objects, in case those end later, or begin earlier and
# are only named by an address in them, or behind them, from which code counts back (bytes).
MARGIN = 1024

# Dead constants that lie together are fewer than this: they stay (bytes). It keeps all that
# linkers mix, as strings, and loses one part in fifty: what goes are tables of libraries.
NEIGHBOURHOOD = 16384

_TRAP = b"\xcc"  # int3
_RETURN_NULL = bytes.fromhex("31c0c3")  # xor eax, eax; ret


@dataclass(frozen=True)
class Cut:
    """A library, how many of its bytes are gone, and the modules that are."""

    data: bytes
    emptied: int
    modules: list[str]


def cut(data: bytes, references: References, without: set[str]) -> Cut | None:
    """Return the library without built-in modules and all that only they need.

    None if it has none of them, or has to stay whole. Whoever calls the PyInit function of
    one that is gone gets NULL.
    """
    image = Image(bytearray(data))
    try:
        alive, builtins = graph.living(image, references, without)
        gone = [name for name in builtins.names if name in without]
        if not gone:
            return None
        dead = _Dead(alive)
        _compact(image, builtins, gone)
        _drop_relocations(image, dead)
        _empty(image, dead)
        _stop(image, gone)
    except (Unexpected, struct.error, LookupError, ValueError):
        return None
    return Cut(bytes(image.data), sum(b - a for a, b in [*dead.code, *dead.data]), gone)


class _Dead:
    """The ranges of addresses whose bytes go, ascending."""

    def __init__(self, alive: Graph) -> None:
        self.code = self._ranges(alive, [alive.text], 0, 0)
        # Variables stay: there is little to gain, and much to lose.
        constant = [s for s in alive.data if s.name in CONSTANT]
        self.data = self._ranges(alive, constant, MARGIN, NEIGHBOURHOOD)
        self._bounds = [a for r in self.data for a in r]

    @staticmethod
    def _ranges(
        alive: Graph, sections: Iterable[elf.Section], margin: int, least: int
    ) -> list[tuple[int, int]]:
        dead = [r for s in sections for r in alive.dead(s)]
        found = [(alive.starts[first], alive.starts[last]) for first, last in dead]
        return [(a + margin, b - margin) for a, b in found if b - a >= least]

    def has_data(self, address: int) -> bool:
        """Does an address lie in data that goes?"""
        return bisect_right(self._bounds, address) % 2 == 1


def _compact(image: Image, builtins: Builtins, gone: list[str]) -> None:
    """Take modules out of the table of built-in modules, whose end is a pair of NULL.

    Relocations fill its entries (not all: a module may have no function), and those of
    an entry move with it.
    """
    table = {p for name in builtins.names for p in builtins.places(name)}
    found = {place: (info, addend) for place, info, addend in _relocations(image)}
    lines = [line for line in _relocations(image) if line[0] not in table]
    for place in table:  # linkers write there what the loader would
        elf.WORD.pack_into(image.data, image.offset(place), 0)
    for i, name in enumerate(n for n in builtins.names if n not in gone):
        to = builtins.table + 16 * i
        for place, source in zip((to, to + 8), builtins.places(name), strict=True):
            if source in found:
                lines.append((place, *found[source]))
    image.set_relocations(sorted(lines))


def _relocations(image: Image) -> list[tuple[int, int, int]]:
    return image.table(image.tag(elf.RELA_AT), image.tag(elf.RELASZ))


def _drop_relocations(image: Image, dead: _Dead) -> None:
    image.set_relocations([r for r in _relocations(image) if not dead.has_data(r[0])])


def _empty(image: Image, dead: _Dead) -> None:
    for ranges, filler in ((dead.code, _TRAP), (dead.data, b"\0")):
        for start, end in ranges:
            at = image.offset(start)
            image.data[at : at + end - start] = filler * (end - start)
    sections = {s.name: s for s in image.sections()}
    bounds = [a for r in dead.code for a in r]
    known = functions.read(image, sections[".eh_frame"])
    forgotten = [f for f in known if bisect_right(bounds, f.start) % 2]
    functions.forget(image, forgotten, sections[".eh_frame_hdr"])


def _stop(image: Image, gone: list[str]) -> None:
    """Let the PyInit functions of modules that are gone return NULL, for whoever asks."""
    names = {f"PyInit_{name}" for name in gone}
    table = next(s for s in image.sections() if s.name == ".dynsym")
    for symbol in image.symbols(table):
        at = image.offset(symbol.address) if symbol.name in names else 0
        if at and image.data[at : at + 1] == _TRAP:
            image.data[at : at + len(_RETURN_NULL)] = _RETURN_NULL
