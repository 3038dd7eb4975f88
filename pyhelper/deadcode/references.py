"""What each function of a library refers to, as it is kept in a file."""

from __future__ import annotations

import struct
from array import array
from dataclasses import dataclass, field

from pyhelper.deadcode.functions import Unexpected

# The sections of constants, those with addresses and those without.
CONSTANT = (".rodata", ".data.rel.ro")

_MAGIC = b"survey 2"
_HEADER = struct.Struct("<8sQQQ")


def _numbers(*values: int) -> array[int]:
    return array("I", values)  # 32 bits: a library is smaller than that


@dataclass
class References:
    """For each unit of .text where it starts, and the addresses it refers to.

    Those of unit ``i`` are ``targets[first[i]:first[i + 1]]``, ascending. What is at
    ``places[j]``, an entry of a table, leads to ``leads[j]``, but need not: it may be a
    number. ``always`` are the addresses that code outside of .text refers to, which is
    always alive.
    """

    starts: array[int] = field(default_factory=_numbers)
    first: array[int] = field(default_factory=lambda: _numbers(0))
    targets: array[int] = field(default_factory=_numbers)
    places: array[int] = field(default_factory=_numbers)
    leads: array[int] = field(default_factory=_numbers)
    always: array[int] = field(default_factory=_numbers)

    def add(self, start: int, targets: set[int]) -> None:
        """Add the next unit."""
        self.starts.append(start)
        self.targets.extend(sorted(targets))
        self.first.append(len(self.targets))

    def of(self, unit: int) -> array[int]:
        """Return what a unit refers to."""
        return self.targets[self.first[unit] : self.first[unit + 1]]

    def dump(self) -> bytes:
        """Return them as the content of a file."""
        head = _HEADER.pack(_MAGIC, len(self.starts), len(self.targets), len(self.places))
        return head + b"".join(p.tobytes() for p in vars(self).values())


def load(data: bytes) -> References:
    """Return what was dumped."""
    magic, units, targets, entries = _HEADER.unpack_from(data)
    values = array("I", data[_HEADER.size :])
    found, at = [], 0
    for size in (units, units + 1, targets, entries, entries):
        found.append(values[at : at + size])
        at += size
    if magic != _MAGIC or len(values) < at:
        raise Unexpected("the survey of its code is damaged")
    found.append(values[at:])
    return References(*found)
