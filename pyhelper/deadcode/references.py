"""What each function of a library refers to, as it is kept in a file."""

from __future__ import annotations

import struct
from array import array
from dataclasses import dataclass, field

from pyhelper.deadcode.functions import Unexpected

_MAGIC = b"survey 1"
_HEADER = struct.Struct("<8sQQ")


def _numbers(*values: int) -> array[int]:
    return array("I", values)  # 32 bits: a library is smaller than that


@dataclass
class References:
    """For each unit of .text where it starts, and the addresses it refers to.

    Those of unit ``i`` are ``targets[first[i]:first[i + 1]]``, ascending. ``always`` are
    those of code outside of .text, which is always alive.
    """

    starts: array[int] = field(default_factory=_numbers)
    first: array[int] = field(default_factory=lambda: _numbers(0))
    targets: array[int] = field(default_factory=_numbers)
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
        head = _HEADER.pack(_MAGIC, len(self.starts), len(self.targets))
        return head + b"".join(p.tobytes() for p in vars(self).values())


def load(data: bytes) -> References:
    """Return what was dumped."""
    magic, units, targets = _HEADER.unpack_from(data)
    values = array("I", data[_HEADER.size :])
    ends = (units, 2 * units + 1, 2 * units + 1 + targets)
    if magic != _MAGIC or len(values) < ends[-1]:
        raise Unexpected("the survey of its code is damaged")
    return References(
        values[: ends[0]], values[ends[0] : ends[1]], values[ends[1] : ends[2]], values[ends[2] :]
    )
