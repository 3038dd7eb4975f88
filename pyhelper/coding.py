"""Dataclasses to JSON and back.

Strictly: an unknown field or a wrong type is a :class:`ProtocolError` that names
the place (``link.files[3].dest``). A field with a default may be missing or
null, for Go writes a nil slice as null; writing leaves no field out.
"""

from __future__ import annotations

import dataclasses
import json
import typing
from typing import Any


class ProtocolError(Exception):
    """What was received is not this protocol; the text says where it departs."""


def dump(value: dict[str, Any]) -> str:
    """Write an object as one line of JSON, without the newline."""
    # ASCII escapes survive a path that is not valid UTF-8; raw bytes would not.
    return json.dumps(value, separators=(",", ":"))


def parse(text: str) -> dict[str, Any]:
    """Read one JSON object."""
    try:
        raw = json.loads(text)
    except ValueError as err:
        raise ProtocolError(f"not JSON: {err}") from None
    if not isinstance(raw, dict):
        raise ProtocolError(f"expected an object, got {type(raw).__name__}")
    return raw


def decode(want: Any, raw: Any, where: str) -> Any:
    """Check ``raw`` against the type ``want``; ``where`` names it in errors."""
    if dataclasses.is_dataclass(want):
        return _decode_fields(want, raw, where)
    if typing.get_origin(want) is list:
        (item,) = typing.get_args(want)
        return [decode(item, v, f"{where}[{i}]") for i, v in enumerate(_expect(list, raw, where))]
    if typing.get_origin(want) is dict:
        value = typing.get_args(want)[1]
        items = _expect(dict, raw, where).items()
        return {k: decode(value, v, f"{where}.{k}") for k, v in items}
    return _expect(want, raw, where)


def _decode_fields(cls: Any, raw: Any, where: str) -> Any:
    raw = dict(_expect(dict, raw, where))
    hints = typing.get_type_hints(cls)
    values = {}
    for f in dataclasses.fields(cls):
        value = raw.pop(f.name, None)
        if value is not None:
            values[f.name] = decode(hints[f.name], value, f"{where}.{f.name}")
        elif f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING:
            raise ProtocolError(f"{where}.{f.name} is missing")
    if raw:
        raise ProtocolError(f"{where} has an unknown field {min(raw)!r}")
    return cls(**values)


def _expect(want: type, raw: Any, where: str) -> Any:
    # bool is a subclass of int, so isinstance would let true pass as a number.
    if type(raw) is not want:
        raise ProtocolError(f"{where}: expected {want.__name__}, got {type(raw).__name__}")
    return raw
