"""Paths of the build machine, and the neutral ones that take their place.

``_sysconfigdata_*`` records where the interpreter was built and installed in
hundreds of strings; packages built on the machine record it too. The program
has no use for them (sysconfig computes prefix and its directories anew), and
they would tell who built it, and differ between machines.

python-build-standalone solves the same problem the same way: its interpreters
say ``/install``.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from dataclasses import dataclass
from types import CodeType
from typing import Any

from pyhelper.protocol import Neutral

INSTALL = "/install"  # where the interpreter is said to be installed
BUILD = "/build"  # where it is said to have been compiled

# A prefix that every machine has says nothing about this one, and names under
# it (/usr/share/zoneinfo) are meant.
_COMMON = frozenset({"", "/", "/usr", "/usr/local", "/opt", INSTALL, BUILD})


@dataclass(frozen=True)
class Paths:
    """Pairs of a path and what replaces it, the longest path first."""

    pairs: tuple[Neutral, ...]

    def text(self, value: str) -> str:
        """Replace every path in a string."""
        for pair in self.pairs:
            if pair.path in value:
                value = _replace(value, pair.path, pair.instead)
        return value

    def rewrite(self, code: CodeType) -> CodeType:
        """Replace every path in the constants of ``code`` and below."""
        consts = tuple(self._constant(c) for c in code.co_consts)
        if all(new is old for new, old in zip(consts, code.co_consts)):
            return code
        return code.replace(co_consts=consts)

    def _constant(self, value: Any) -> Any:
        if isinstance(value, CodeType):
            return self.rewrite(value)
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, tuple):
            items = tuple(self._constant(v) for v in value)
            return value if all(a is b for a, b in zip(items, value)) else items
        return value


def _replace(value: str, old: str, new: str) -> str:
    """Replace ``old`` where it ends as a path: not /a/py in /a/python."""
    parts = value.split(old)
    out = parts[0]
    for rest in parts[1:]:
        whole = not rest[:1].isalnum() and rest[:1] not in {"_", "-"}
        out += (new if whole else old) + rest
    return out


def _is_neutral(path: str) -> bool:
    """Tell whether a path says nothing about this machine as it is."""
    return path.rstrip("/") in _COMMON or path.startswith((f"{INSTALL}/", f"{BUILD}/"))


def of_this_interpreter() -> Paths:
    """Collect the paths that betray where this interpreter was made."""
    prefixes = (sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix)
    found = {p: INSTALL for prefix in prefixes for p in (prefix, os.path.realpath(prefix))}
    for name in ("abs_srcdir", "abs_builddir"):
        found[str(sysconfig.get_config_var(name) or "")] = BUILD
    kept = (Neutral(p, new) for p, new in found.items() if not _is_neutral(p))
    return Paths(tuple(sorted(kept, key=lambda pair: (-len(pair.path), pair.path))))
