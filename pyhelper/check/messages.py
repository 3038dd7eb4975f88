"""The messages of inspect and imports; what they mean is said in Go's internal/helper.

Here and not in :mod:`pyhelper.protocol`, which joins them with all others, because
the readers below this package build them and nobody else does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True)
class InspectFile:
    """A native file; ``name`` is what the answer calls it."""

    name: str
    source: str


@dataclass(frozen=True)
class Inspect:
    """What do these binaries say? Limits are for one file: seconds, and MiB."""

    op: ClassVar[str] = "inspect"
    workers: int
    seconds: int
    memory: int
    files: list[InspectFile] = field(default_factory=list)


@dataclass(frozen=True)
class Symbol:
    """A dynamic symbol; ``library`` is where an undefined one is expected."""

    name: str
    version: str = ""
    hidden: bool = False
    library: str = ""
    weak: bool = False


@dataclass(frozen=True)
class Version:
    """A version that a library must define (ELF verneed)."""

    library: str
    name: str
    weak: bool = False


@dataclass(frozen=True)
class Image:
    """A binary as its loader sees it; Go's helper.Image has the meaning of each field."""

    format: str
    arch: str
    bits: int
    endian: str
    type: str
    name: str = ""
    needed: list[str] = field(default_factory=list)
    weak: list[str] = field(default_factory=list)
    rpath: list[str] = field(default_factory=list)
    runpath: list[str] = field(default_factory=list)
    interp: str = ""
    imports: list[Symbol] = field(default_factory=list)
    exports: list[Symbol] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)
    defines: list[str] = field(default_factory=list)
    minos: str = ""
    platform: str = ""
    stack: str = ""
    writable_code: list[str] = field(default_factory=list)
    relro: bool = False
    bind_now: bool = False
    textrel: bool = False
    signed: bool = False


@dataclass(frozen=True)
class Reading:
    """What one reader found in one file: images, or the one line of an error."""

    type: ClassVar[str] = "reading"
    name: str
    reader: str
    error: str = ""
    images: list[Image] = field(default_factory=list)


@dataclass(frozen=True)
class Inspected:
    """The answer to Inspect, when all readings were sent."""

    type: ClassVar[str] = "inspected"
    count: int


@dataclass(frozen=True)
class ImportsFile:
    """A .py or .pyc file; ``package`` if it is an ``__init__``."""

    path: str
    source: str
    module: str
    package: bool = False


@dataclass(frozen=True)
class Imports:
    """What do these modules import? Limits are for one file: seconds, and MiB."""

    op: ClassVar[str] = "imports"
    workers: int
    seconds: int
    memory: int
    files: list[ImportsFile] = field(default_factory=list)


@dataclass(frozen=True)
class Import:
    """One import statement, its module absolute."""

    module: str
    names: list[str] = field(default_factory=list)
    line: int = 0
    guarded: bool = False
    delayed: bool = False
    conditional: bool = False


@dataclass(frozen=True)
class PythonModule:
    """A module and its imports; ``error`` says why they are not known."""

    name: str
    path: str
    package: bool = False
    error: str = ""
    imports: list[Import] = field(default_factory=list)


@dataclass(frozen=True)
class ImportsAnswer:
    """The answer to Imports, modules in its order."""

    type: ClassVar[str] = "imports"
    version: str
    builtins: list[str]
    modules: list[PythonModule]
