"""The protocol between the Go half and this package: version 1.

One request, a JSON object, arrives on stdin. Messages leave on stdout, one JSON
object a line, each with a ``type``. Exactly one message is the last one: the
answer of the operation, or ``error``; then the process exits 0 or 1.

Every request and message is a dataclass here and a struct in Go's
internal/helper. ``testdata/protocol.golden.jsonl`` holds an example of each and
is read by both test suites: a change on one side alone fails on the other.

Decoding is strict: an unknown field, a wrong type or another version is a
:class:`ProtocolError`. A field with a default may be missing or null (Go
writes a nil slice as null); encoding writes every field.
"""

from __future__ import annotations

import dataclasses
import json
import typing
from dataclasses import dataclass, field
from typing import Any, ClassVar, Union

VERSION = 1


class ProtocolError(Exception):
    """What was received is not this protocol; the text says where it departs."""


# --- requests ---------------------------------------------------------------


@dataclass(frozen=True)
class Hello:
    """Who answers: version of Python and of the packages the helper brought."""

    op: ClassVar[str] = "hello"


@dataclass(frozen=True)
class Module:
    """A module the Go program asks for, and where: ``file.go:line:column``."""

    name: str
    positions: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Snippet:
    """Python source the program runs from a literal; ``name`` is its position."""

    name: str
    code: str


@dataclass(frozen=True)
class Analyze:
    """Which files do these modules need? ``workdir`` is an empty directory."""

    op: ClassVar[str] = "analyze"
    workdir: str
    modules: list[Module] = field(default_factory=list)
    snippets: list[Snippet] = field(default_factory=list)
    hidden_imports: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Job:
    """Compile ``source`` to ``output``; tracebacks will call it ``name``."""

    source: str
    name: str
    output: str


@dataclass(frozen=True)
class Compile:
    """Write byte code; ``optimize`` is 0, 1 or 2 as for ``python -O``."""

    op: ClassVar[str] = "compile"
    jobs: list[Job] = field(default_factory=list)
    optimize: int = 0


@dataclass(frozen=True)
class Binary:
    """A native file of the bundle, ``dest`` relative to its python directory."""

    dest: str
    source: str


@dataclass(frozen=True)
class Neutral:
    """A path of the build machine and what a file of the bundle says instead."""

    path: str
    instead: str


@dataclass(frozen=True)
class Link:
    """Close the set of native files; patched copies go to ``output``.

    ``neutral`` is what the plan said about the target: libpython and its
    extensions have the paths of their own making in them.
    """

    op: ClassVar[str] = "link"
    output: str
    files: list[Binary] = field(default_factory=list)
    neutral: list[Neutral] = field(default_factory=list)


# --- messages ---------------------------------------------------------------


@dataclass(frozen=True)
class Progress:
    """How far ``phase`` is; ``total`` 0 means that nobody knows."""

    type: ClassVar[str] = "progress"
    phase: str
    done: int
    total: int
    text: str


@dataclass(frozen=True)
class Warn:
    """One line that people should see although the work goes on."""

    type: ClassVar[str] = "warning"
    text: str


@dataclass(frozen=True)
class Finding:
    """A judgement on one file; ``severity`` is error, warning or note."""

    type: ClassVar[str] = "finding"
    id: str
    severity: str
    path: str
    text: str


@dataclass(frozen=True)
class Error:
    """The last message of a failed operation; ``text`` is one line."""

    type: ClassVar[str] = "error"
    text: str
    hint: str = ""
    module: str = ""
    positions: list[str] = field(default_factory=list)
    detail: str = ""


@dataclass(frozen=True)
class Greeting:
    """The answer to Hello."""

    type: ClassVar[str] = "hello"
    protocol: int
    python: str
    packages: dict[str, str]


@dataclass(frozen=True)
class Python:
    """The target interpreter, as its own sysconfig describes it."""

    version: str
    abiflags: str
    soabi: str
    platform: str
    stdlib: str
    libdir_name: str
    neutral: list[Neutral]


@dataclass(frozen=True)
class PlanFile:
    """One file of the bundle.

    ``kind`` says what to do with ``source``: module (compile to ``dest``),
    source, data, extension, library (copy), symlink (link to ``target``,
    relative; no source).
    """

    dest: str
    source: str
    kind: str
    module: str = ""
    distribution: str = ""
    target: str = ""


@dataclass(frozen=True)
class Distribution:
    """An installed distribution that contributes files; ``license`` may be empty."""

    name: str
    version: str
    license: str


@dataclass(frozen=True)
class Missing:
    """A module someone imports and nobody has; ``optional`` if all importers cope."""

    module: str
    importers: list[str]
    optional: bool


@dataclass(frozen=True)
class Plan:
    """The answer to Analyze; ``files`` sorted by ``dest``."""

    type: ClassVar[str] = "plan"
    python: Python
    files: list[PlanFile]
    distributions: list[Distribution]
    missing: list[Missing]
    toc: str


@dataclass(frozen=True)
class Failure:
    """A source that could not be compiled."""

    source: str
    text: str


@dataclass(frozen=True)
class Compiled:
    """The answer to Compile; ``count`` files were written."""

    type: ClassVar[str] = "compiled"
    count: int
    failed: list[Failure]


@dataclass(frozen=True)
class LinkedFile:
    """A native file after linking: what to copy and what it says about itself."""

    dest: str
    source: str
    patched: bool
    soname: str
    needed: list[str]
    runpath: list[str]


@dataclass(frozen=True)
class Linked:
    """The answer to Link.

    ``files`` is every native file to copy, sorted by ``dest``: those of the
    request and those that joined. ``added`` says which joined and where on the
    build machine they were found (``source`` in files may be a patched copy).
    """

    type: ClassVar[str] = "linked"
    files: list[LinkedFile]
    added: list[Binary]


Request = Union[Hello, Analyze, Compile, Link]
Message = Union[Progress, Warn, Finding, Error, Greeting, Plan, Compiled, Linked]

REQUESTS: dict[str, type[Request]] = {c.op: c for c in (Hello, Analyze, Compile, Link)}
MESSAGES: dict[str, type[Message]] = {
    c.type: c for c in (Progress, Warn, Finding, Error, Greeting, Plan, Compiled, Linked)
}


# --- coding -----------------------------------------------------------------


def decode_request(text: str) -> Request:
    """Turn what arrived on stdin into a request."""
    raw = _object(text)
    version = raw.pop("protocol", None)
    if version != VERSION:
        raise ProtocolError(f"protocol version {version!r}, this helper speaks {VERSION}")
    op = raw.pop("op", None)
    cls = REQUESTS.get(op) if isinstance(op, str) else None
    if cls is None:
        raise ProtocolError(f"unknown op {op!r}")
    request: Request = _decode(cls, raw, cls.op)
    return request


def decode_message(text: str) -> Message:
    """Turn one line of stdout back into a message."""
    raw = _object(text)
    kind = raw.pop("type", None)
    cls = MESSAGES.get(kind) if isinstance(kind, str) else None
    if cls is None:
        raise ProtocolError(f"unknown message type {kind!r}")
    message: Message = _decode(cls, raw, cls.type)
    return message


def encode_request(request: Request) -> str:
    """Write a request as one line of JSON, without the newline."""
    return _encode({"protocol": VERSION, "op": request.op, **dataclasses.asdict(request)})


def encode_message(message: Message) -> str:
    """Write a message as one line of JSON, without the newline."""
    return _encode({"type": message.type, **dataclasses.asdict(message)})


def _encode(value: dict[str, Any]) -> str:
    # ASCII escapes survive a path that is not valid UTF-8; raw bytes would not.
    return json.dumps(value, separators=(",", ":"))


def _object(text: str) -> dict[str, Any]:
    try:
        raw = json.loads(text)
    except ValueError as err:
        raise ProtocolError(f"not JSON: {err}") from None
    if not isinstance(raw, dict):
        raise ProtocolError(f"expected an object, got {type(raw).__name__}")
    return raw


def _decode(want: Any, raw: Any, where: str) -> Any:
    """Check ``raw`` against the type ``want``; ``where`` names it in errors."""
    if dataclasses.is_dataclass(want):
        return _decode_fields(want, raw, where)
    if typing.get_origin(want) is list:
        (item,) = typing.get_args(want)
        return [
            _decode(item, v, f"{where}[{i}]") for i, v in enumerate(_expect(list, raw, where))
        ]
    if typing.get_origin(want) is dict:
        value = typing.get_args(want)[1]
        items = _expect(dict, raw, where).items()
        return {k: _decode(value, v, f"{where}.{k}") for k, v in items}
    return _expect(want, raw, where)


def _decode_fields(cls: Any, raw: Any, where: str) -> Any:
    raw = dict(_expect(dict, raw, where))
    hints = typing.get_type_hints(cls)
    values = {}
    for f in dataclasses.fields(cls):
        value = raw.pop(f.name, None)
        if value is not None:
            values[f.name] = _decode(hints[f.name], value, f"{where}.{f.name}")
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
