"""Read ``warn-llgo.txt``: modules that someone imports and PyInstaller did not find.

A line of it::

    missing module named yaml - imported by numpy.__config__ (delayed), x (top-level)

``missing`` may be ``excluded`` (a hook knows it is not needed) or ``invalid``
(found, but not Python). In brackets is how the import is written: ``optional``
inside try, ``conditional`` inside if, ``delayed`` inside a function.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pyhelper.protocol import Missing

if TYPE_CHECKING:
    from collections.abc import Iterable

_LINE = re.compile(
    r"(?P<status>missing|invalid) module named (?P<name>\S+) - imported by (?P<by>.*)"
)
_IMPORTER = re.compile(r"(?P<name>[^,\s]+) \((?P<how>[^)]*)\)")


def read(path: str) -> list[Missing]:
    """Return what is missing, sorted by name."""
    with open(path, encoding="utf-8") as f:
        found = (_LINE.match(line) for line in f)
        return sorted(
            (_missing(m["name"].strip("'\""), m["by"]) for m in found if m),
            key=lambda missing: missing.module,
        )


def _missing(name: str, by: str) -> Missing:
    importers = [(m["name"].strip("'\""), m["how"]) for m in _IMPORTER.finditer(by)]
    optional = all("top-level" not in how for _name, how in importers)
    return Missing(name, sorted({importer for importer, _how in importers}), optional)


def worth_telling(
    missing: Iterable[Missing], collected: set[str], stdlib: set[str]
) -> list[Missing]:
    """Leave out what nobody has to act on.

    Names inside modules that are there: ``from numpy._core import add`` looks
    like an import of a module when the attribute is made at run time. And what
    only the standard library asks for: modules of other systems.
    """
    return [
        m
        for m in missing
        if m.module.rpartition(".")[0] not in collected and not stdlib.issuperset(m.importers)
    ]
