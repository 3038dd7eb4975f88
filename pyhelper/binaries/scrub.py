"""Take the paths of the build machine out of native files.

libpython remembers the prefix it was configured with (and would look for a
standard library there), debug information the directory it was compiled in, a
string table the search path that was removed. None can grow or shrink, so the
neutral path is written at the same length: ``/install/././.`` is ``/install``.

The last name of a path stays. Linkers let a string begin inside a longer one
that ends alike: in libpython 3.9.18 the version is the tail of the directory
/tmp/Python-3.9.18 it was compiled in, and must go on being "3.9.18".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyhelper.protocol import Neutral

# The path is over: /opt/py is not to be found in /opt/python or /opt/py-3.
_END = rb"(?![A-Za-z0-9_-])"


@dataclass(frozen=True)
class Scrubber:
    """Replaces each path, the first of the list first."""

    rules: tuple[tuple[re.Pattern[bytes], bytes], ...]

    def scrub(self, data: bytes) -> bytes:
        """Return ``data`` at the same length without the paths."""
        for pattern, instead in self.rules:
            data = pattern.sub(instead, data)
        return data


def scrubber(neutral: list[Neutral]) -> Scrubber:
    """Prepare to replace these paths."""
    rules = []
    for pair in neutral:
        path = pair.path.encode("utf-8", "surrogateescape")
        directory, slash, name = path.rpartition(b"/")
        instead = same_length(pair.instead.encode("utf-8"), len(directory)) + slash + name
        rules.append((re.compile(re.escape(path) + _END), instead.replace(b"\\", rb"\\")))
    return Scrubber(tuple(rules))


def same_length(instead: bytes, length: int) -> bytes:
    """Write the path ``instead`` with ``length`` bytes, or the root if it is longer."""
    if len(instead) > length:
        instead = b""
    missing = length - len(instead)
    return instead + b"/." * (missing // 2) + b"/" * (missing % 2)
