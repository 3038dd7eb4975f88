"""Take modules out of libpython that a program does not use: which, and from what file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pyhelper.binaries import rewritten
from pyhelper.deadcode import cut, references

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyhelper.protocol import Link, LinkedFile

# A name as C code has it, or the name of a capsule in such a module ("_x.C_API").
_NAME = re.compile(rb"\0(_[a-z0-9_]+)(?=[.\0])")


def take_out(request: Link, linked: dict[str, LinkedFile]) -> dict[str, Any]:
    """Replace libpython among the linked files; return what to add to the answer.

    An extension module that names a module imports it perhaps, which no analysis of
    Python sees: the module stays.
    """
    dest = request.files[0].dest
    file = linked[dest]
    modules = [f.source for f in linked.values() if f.dest.startswith("lib/python")]
    named = _named(modules, request.unused)
    with open(file.source, "rb") as f:
        data = f.read()
    with open(request.survey, "rb") as f:
        known = references.load(f.read())
    less = cut.cut(data, known, {*request.unused} - named)
    if less is None:
        return {}
    linked[dest] = rewritten.write(file, less.data, request.output, "cut")
    return {"unused": less.modules, "emptied": less.emptied}


def _named(sources: Iterable[str], names: list[str]) -> set[str]:
    """Return the names that are whole strings in a file."""
    private = {n.encode() for n in names if n.startswith("_")}
    others = [n.encode() for n in names if not n.startswith("_")]
    found: set[bytes] = set()
    for source in sources:
        with open(source, "rb") as f:
            data = f.read()
        found |= private & {*_NAME.findall(data)}
        found |= {n for n in others if b"\0" + n + b"\0" in data or b"\0" + n + b"." in data}
    return {n.decode() for n in found}
