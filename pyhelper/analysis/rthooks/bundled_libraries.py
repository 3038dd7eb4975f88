"""Lets ctypes open the libraries of the bundle by their names.

The loader looks for a name on the search path of the file that calls dlopen. For
ctypes that is its extension module, or the libpython or executable that it is
built into; none of them should have to be rewritten for it. A name that the bundle
does not have is the machine's, as ever.
"""

from __future__ import annotations

import ctypes
import os
import sys
from typing import Any

# The one is that of layout farm, which has no libraries in the other.
_PLACES = [os.path.join(sys.prefix, name) for name in ("ld_library_paths/l", "lib")]
_DIRECTORY = next(filter(os.path.isdir, _PLACES))
_of_the_machine = ctypes._dlopen  # type: ignore[attr-defined]


def _dlopen(name: Any, *mode: int) -> Any:
    if isinstance(name, str) and name and "/" not in name:
        path = os.path.join(_DIRECTORY, name)
        name = path if os.path.isfile(path) else name
    return _of_the_machine(name, *mode)


ctypes._dlopen = _dlopen  # type: ignore[attr-defined]
