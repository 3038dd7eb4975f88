"""Set constants in byte code, in an order that does not depend on hashes.

``x in {"a", None}`` compiles to a frozenset constant. Marshal writes it in
iteration order before CPython 3.11, and that order follows PYTHONHASHSEED and,
for ``None`` before 3.12, the address the interpreter was loaded at: no setting
of the process makes it the same twice. So the constant leaves the code object
before marshal sees it and comes back, sorted, in the bytes.

A placeholder, a bytes constant, stands in for it: both are one object that
marshal may refer back to, so no later reference shifts.
"""

from __future__ import annotations

import marshal
from types import CodeType
from typing import Any

# Formats of CPython's marshal.c, unchanged since version 4 of the format (3.4).
_FLAG_REF = 0x80
_BYTES = ord("s")
_FROZENSET = ord(">")
# A format without back references: an element refers to nothing outside itself.
_NO_REFERENCES = 2

# No source contains this by accident, and each set gets its own number.
_PLACEHOLDER = b"\x00pyhelper set constant %d\x00"


def set_aside(code: CodeType) -> tuple[CodeType, list[frozenset[Any]]]:
    """Replace each set constant below ``code``; return the sets in order."""
    sets: list[frozenset[Any]] = []
    return _set_aside(code, sets), sets


def _set_aside(code: CodeType, sets: list[frozenset[Any]]) -> CodeType:
    consts: list[object] = []
    for const in code.co_consts:
        if isinstance(const, CodeType):
            consts.append(_set_aside(const, sets))
        elif isinstance(const, frozenset):
            consts.append(_PLACEHOLDER % len(sets))
            sets.append(const)
        else:
            consts.append(const)
    if all(new is old for new, old in zip(consts, code.co_consts)):
        return code
    return code.replace(co_consts=tuple(consts))


def put_back(data: bytes, sets: list[frozenset[Any]]) -> bytes:
    """Put the sets into the marshalled code, elements sorted by their bytes."""
    for number, value in enumerate(sets):
        placeholder = _object(_BYTES, _PLACEHOLDER % number)
        items = sorted(marshal.dumps(item, _NO_REFERENCES) for item in value)
        if data.count(placeholder) != 1:
            raise ValueError("a set constant lost its place in the byte code")
        data = data.replace(placeholder, _object(_FROZENSET, b"".join(items), len(items)))
    return data


def _object(kind: int, payload: bytes, size: int | None = None) -> bytes:
    """Write a marked object of marshal's: kind, size, payload."""
    count = len(payload) if size is None else size
    return bytes((kind | _FLAG_REF,)) + count.to_bytes(4, "little") + payload
