"""Lets ctypes.util.find_library know the libraries of the bundle.

It asks ldconfig, gcc and ld about the machine's, which a machine may not have: the
libraries as well as the tools.
"""

from __future__ import annotations

import ctypes.util
import os
import sys

# The one is that of layout farm, which has no libraries in the other.
_PLACES = [os.path.join(sys.prefix, name) for name in ("ld_library_paths/l", "lib")]
_DIRECTORY = next(filter(os.path.isdir, _PLACES))
_of_the_machine = ctypes.util.find_library


def _find_library(name: str) -> str | None:
    start = f"lib{name}.so"
    names = sorted(n for n in os.listdir(_DIRECTORY) if n == start or n.startswith(start + "."))
    return names[0] if names else _of_the_machine(name)


ctypes.util.find_library = _find_library
