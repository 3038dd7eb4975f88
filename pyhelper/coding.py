"""Dataclasses to JSON and back.

Strictly: an unknown field or a wrong type is a :class:`ProtocolError` that names
the place (``link.files[3].dest``). A field with a default may be missing or
null, for Go writes a nil slice as null; writing leaves no field out.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import typing
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class ProtocolError(Exception):
    """What was received is not this protocol; the text says where it departs."""


class _Misfit(Exception):
    """A value is not what is wanted; ``place`` grows from the inside out."""

    def __init__(self, text: str, place: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.place = place

    def within(self, place: str) -> _Misfit:
        return _Misfit(self.text, place + self.place)


def dump(value: dict[str, Any]) -> str:
    """Write an object, dataclasses in it as well, as one line of JSON, without the newline."""
    # ASCII escapes survive a path that is not valid UTF-8; raw bytes would not.
    return json.dumps(value, separators=(",", ":"), default=vars)


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
    try:
        return _decode(want, raw)
    except _Misfit as err:
        raise ProtocolError(where + err.place + err.text) from None


# Requests have tens of thousands of small objects: what their types say is asked once,
# and where a value stands is told only if it is wrong.


class _Field(NamedTuple):
    """A field of a dataclass."""

    name: str
    type: Any
    is_needed: bool


@functools.cache
def _fields(cls: Any) -> list[_Field]:
    hints = typing.get_type_hints(cls)
    none = dataclasses.MISSING
    return [
        _Field(f.name, hints[f.name], f.default is none and f.default_factory is none)
        for f in dataclasses.fields(cls)
    ]


@functools.cache
def _kind(want: Any) -> tuple[Any, Any]:
    """Return list or dict and the type of what is in it; None for all other types."""
    kind = typing.get_origin(want)
    return kind, typing.get_args(want)[-1] if kind else None


def _decode(want: Any, raw: Any) -> Any:
    if want is str:
        return _expect(str, raw)
    kind, inside = _kind(want)
    if kind is list:
        return _decode_all(inside, enumerate(_expect(list, raw)), "[{}]")
    if kind is dict:
        return dict(zip(raw, _decode_all(inside, _expect(dict, raw).items(), ".{}")))
    if dataclasses.is_dataclass(want):
        return _decode_fields(want, raw)
    return _expect(want, raw)


def _decode_all(want: Any, items: Iterable[tuple[Any, Any]], place: str) -> list[Any]:
    """Decode values, of which each has a number or a key."""
    values: list[Any] = []
    key: Any = None
    try:
        for key, raw in items:  # noqa: B007  (key is for the error)
            values.append(_decode(want, raw))
    except _Misfit as err:
        raise err.within(place.format(key)) from None
    return values


def _decode_fields(cls: Any, raw: Any) -> Any:
    raw = dict(_expect(dict, raw))
    values = {}
    for name, want, is_needed in _fields(cls):
        value = raw.pop(name, None)
        if value is not None:
            try:
                values[name] = _decode(want, value)
            except _Misfit as err:
                raise err.within("." + name) from None
        elif is_needed:
            raise _Misfit(f".{name} is missing")
    if raw:
        raise _Misfit(f" has an unknown field {min(raw)!r}")
    return cls(**values)


def _expect(want: type, raw: Any) -> Any:
    # bool is a subclass of int, so isinstance would let true pass as a number.
    if type(raw) is not want:
        raise _Misfit(f": expected {want.__name__}, got {type(raw).__name__}")
    return raw
