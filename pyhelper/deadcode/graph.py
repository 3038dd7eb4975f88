"""What of a library is alive: all that its exported symbols lead to."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from pyhelper.binaries import image as elf
from pyhelper.deadcode.functions import Unexpected

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyhelper.binaries.image import Image, Section
    from pyhelper.deadcode.references import References

# Data that is dead and shorter than this, between the living, is alive (bytes).
GAP = 1024

_ALLOC, _EXECUTABLE, _THREAD = 2, 4, 0x400  # flags of sections
_PROGBITS, _NOBITS, _INIT, _FINI, _PREINIT = 1, 8, 14, 15, 16  # types of sections
_STARTED = {_INIT, _FINI, _PREINIT}
_NEITHER, _CODE, _DATA = 0, 1, 2
_LINKAGE = ".got"  # addresses that the linker collects, in the order of their first use
_THREAD_LOCAL = {16, 17, 18}  # DTPMOD64, DTPOFF64, TPOFF64: offsets, no addresses


def pointers(image: Image) -> dict[int, int]:
    """Return what the loader makes point into the library: place → address.

    It does not know of functions that are chosen when the library is loaded (IRELATIVE).
    """
    types, found = elf.TYPES[image.machine], {}
    tables = ((elf.RELA_AT, elf.RELASZ), (elf.JMPREL, elf.PLTRELSZ))
    for place, info, addend in (
        r for at, n in tables for r in image.table(image.tag(at), image.tag(n))
    ):
        kind = info & 0xFFFFFFFF
        if kind == types.relative:
            found[place] = addend
        elif kind in {types.word, types.table, types.slot}:
            own = image.own(info, elf.OBJECT, elf.FUNC)
            if own is not None:
                found[place] = own + (addend if kind == types.word else 0)
        elif kind not in _THREAD_LOCAL:
            raise Unexpected(f"it has relocations of type {kind}")
    return found


class Builtins:
    """The table of built-in modules: PyImport_Inittab leads to pairs of name and PyInit."""

    def __init__(
        self, image: Image, symbols: Iterable[elf.Symbol], pointers: dict[int, int]
    ) -> None:
        variable = next((s.address for s in symbols if s.name == "PyImport_Inittab"), 0)
        self.table = pointers.get(variable, 0)
        self.names: list[str] = []
        while (name := pointers.get(self.table + 16 * len(self.names))) is not None:
            self.names.append(image.text(name))
        if "builtins" not in self.names:
            raise Unexpected("it has no table of built-in modules")

    def places(self, name: str) -> tuple[int, int]:
        """Return where the table has a module's name and function."""
        at = self.table + 16 * self.names.index(name)
        return at, at + 8


class Graph:
    """Code and data of a library, in parts that refer to one another.

    Part ``i`` is the bytes from ``starts[i]`` to ``starts[i + 1]``: a unit of the survey,
    data from one address that anything refers to up to the next, or, between them, what
    is neither and of no interest. Data that no code leads to is the rest of the object in
    front of it, which points into itself. Entries of tables divide nothing: they may be
    numbers.
    """

    def __init__(self, image: Image, references: References, pointers: dict[int, int]) -> None:
        self._references = references
        self._pointers = {**dict(zip(references.places, references.leads)), **pointers}
        self._places = sorted(self._pointers)
        sections = image.sections()
        self.text = next(s for s in sections if s.name == ".text")
        self.data = [s for s in sections if _is_data(s)]
        kinds = dict.fromkeys((sections[0].address, self.text.end), _NEITHER)
        kinds |= dict.fromkeys((s.end for s in self.data), _NEITHER)
        named = {*references.targets, *references.always, *pointers.values()}
        for s in self.data:
            kinds |= dict.fromkeys((a for a in named if s.address <= a < s.end), _DATA)
            kinds[s.address] = _DATA
        kinds |= dict.fromkeys(references.starts, _CODE)
        self._divide(kinds)
        self.revive(i for i, kind in enumerate(self._kinds) if kind == _CODE)
        own = {s.address for s in self.data}
        for i, address in enumerate(self.starts):
            if kinds[address] == _DATA and not self.alive[i] and address not in own:
                del kinds[address]
        self._divide(kinds)

    def _divide(self, kinds: dict[int, int]) -> None:
        """Make parts of what begins at each address; all are dead."""
        self.starts = sorted(kinds)
        self._kinds = bytes(kinds[a] for a in self.starts)
        self.alive = bytearray(len(self.starts))

    def part(self, address: int) -> int:
        """Return the number of the part that has an address."""
        return bisect_right(self.starts, address) - 1

    def revive(self, parts: Iterable[int]) -> None:
        """Let parts be alive, and what they lead to."""
        waiting = list(parts)
        while waiting:
            i = waiting.pop()
            if i >= 0 and self._kinds[i] and not self.alive[i]:
                self.alive[i] = 1
                waiting += map(self.part, self._led(i))

    def _led(self, i: int) -> Iterable[int]:
        if self._kinds[i] == _CODE:
            return self._references.of(bisect_left(self._references.starts, self.starts[i]))
        first, last = (bisect_left(self._places, a) for a in self.starts[i : i + 2])
        return (self._pointers[p] for p in self._places[first:last])

    def overlapping(self, start: int, end: int) -> range:
        """Return the parts with bytes between two addresses."""
        return range(self.part(start), bisect_left(self.starts, end))

    def dead(self, section: Section) -> Iterator[tuple[int, int]]:
        """Yield where the dead begin and end in a section, as numbers of parts."""
        start = None
        for i in self.overlapping(section.address, section.end):
            if self.alive[i]:
                if start is not None:
                    yield start, i
                start = None
            elif start is None:
                start = i
        if start is not None:
            yield start, bisect_left(self.starts, section.end)

    def revive_neighbours(self) -> None:
        """Revive data that is dead only here and there; see the comment of the package."""
        again = True
        while again:
            again = False
            for s in (s for s in self.data if not is_linkage(s)):
                for first, last in list(self.dead(s)):
                    if self.starts[last] - self.starts[first] < GAP:
                        again = True
                        self.revive(range(first, last))


def is_linkage(s: Section) -> bool:
    """Is it a table of addresses that the linker made?"""
    return s.name.startswith(_LINKAGE)


def _is_data(s: Section) -> bool:
    if not s.flags & _ALLOC or s.flags & _EXECUTABLE or s.name.startswith(".eh_frame"):
        return False
    if s.flags & _THREAD and s.type == _NOBITS:  # it has no place of its own
        return False
    return s.type in {_PROGBITS, _NOBITS, *_STARTED}


def living(image: Image, references: References, without: set[str]) -> tuple[Graph, Builtins]:
    """Return what is alive in a library without some built-in modules, and their table."""
    found, sections = pointers(image), image.sections()
    symbols = image.symbols(next(s for s in sections if s.name == ".dynsym"))
    builtins = Builtins(image, symbols, found)
    for name in without & {*builtins.names}:
        for place in builtins.places(name):
            found.pop(place, None)
    graph = Graph(image, references, found)
    for s in symbols:
        if s.name.removeprefix("PyInit_") not in without or not s.name.startswith("PyInit_"):
            graph.revive(graph.overlapping(s.address, s.address + max(1, s.size)))
    for section in graph.data:
        if section.type in _STARTED or section.flags & _THREAD:
            graph.revive(graph.overlapping(section.address, section.end))
    graph.revive(map(graph.part, references.always))
    graph.revive_neighbours()
    return graph, builtins
