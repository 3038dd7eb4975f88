"""The protocol between the Go half and this package: version 1.

One request, a JSON object, arrives on stdin. Messages leave on stdout, one JSON
object a line, each with a ``type``. Exactly one message is the last one: the
answer of the operation, or ``error``; then the process exits 0 or 1.

Every request and message is a dataclass here and a struct in Go's
internal/helper. ``testdata/protocol.golden.jsonl`` holds an example of each and
is read by both test suites: a change on one side alone fails on the other.

Decoding is strict (:mod:`pyhelper.coding`); so is the version.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Union, get_args

from pyhelper import coding
from pyhelper.check.messages import Imports, ImportsAnswer, Inspect, Inspected, Reading
from pyhelper.coding import ProtocolError

VERSION = 1


# --- requests ---------------------------------------------------------------


@dataclass(frozen=True)
class Hello:
    """Who answers: version of Python and of the packages the helper brought."""

    op: ClassVar[str] = "hello"


@dataclass(frozen=True)
class Module:
    """A module the program asks for, and where.

    That is a place in Go, ``file.go:line:column``, or the flag or line of a file
    that names a hidden import.
    """

    name: str
    positions: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Snippet:
    """Python source the program runs from a literal; ``name`` is its position."""

    name: str
    code: str


@dataclass(frozen=True)
class Collect:
    """Collect something of a package by name; see ``COLLECT`` of analysis.options.

    ``origin`` is the flag, or file and line, that says so.
    """

    what: str
    name: str
    origin: str = ""


@dataclass(frozen=True)
class Addition:
    """A file to take along: ``dest`` is a directory below site-packages, or ".".

    It is data, or ``binary``: a shared library, whose own libraries come along.
    """

    source: str
    dest: str
    binary: bool = False


@dataclass(frozen=True)
class Options:
    """What the user adds to an analysis and takes away. Paths are absolute.

    ``paths`` are directories with modules of the program's own; ``excludes`` are
    modules that are left out, whoever imports them; ``everything`` asks for all
    that is installed, ``farm`` for the places of that layout and the whole
    standard library.
    """

    paths: list[str] = field(default_factory=list)
    excludes: list[Module] = field(default_factory=list)
    collect: list[Collect] = field(default_factory=list)
    additions: list[Addition] = field(default_factory=list)
    hook_dirs: list[str] = field(default_factory=list)
    runtime_hooks: list[str] = field(default_factory=list)
    everything: bool = False
    farm: bool = False


@dataclass(frozen=True)
class Analyze:
    """Which files do these modules need? ``workdir`` is an empty directory.

    ``bytecode`` is one for the byte code of modules that it compiles anyway, if that
    is wanted.
    """

    op: ClassVar[str] = "analyze"
    workdir: str
    modules: list[Module] = field(default_factory=list)
    snippets: list[Snippet] = field(default_factory=list)
    options: Options = field(default_factory=Options)
    bytecode: str = ""


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
class Outline:
    """What can an analysis see of these files of Python source?"""

    op: ClassVar[str] = "outline"
    sources: list[str] = field(default_factory=list)


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
    extensions have the paths of their own making in them. ``program`` is an
    executable that is to find the bundle's python directory beside itself. If
    there is a ``starter``, a library among ``files``, it takes the place of the
    library ``instead_of`` among what the program needs. ``farm`` asks for that
    layout: every shared object once, reached by links. ``strip`` takes symbols and
    debug information out of libraries and extension modules (ELF only). ``bind`` is the
    ``dest`` of a library that the program opens, and nothing is linked with: see
    pyhelper.binaries.bind. ``unused`` are modules built into libpython, which is the
    first of ``files``, that go with all that only they need, but for those that an
    extension module names; ``survey`` is what Survey wrote about it.
    """

    op: ClassVar[str] = "link"
    output: str
    files: list[Binary] = field(default_factory=list)
    neutral: list[Neutral] = field(default_factory=list)
    program: str = ""
    starter: str = ""
    instead_of: str = ""
    farm: bool = False
    strip: bool = False
    bind: str = ""
    unused: list[str] = field(default_factory=list)
    survey: str = ""


@dataclass(frozen=True)
class Survey:
    """Read what the code of a library refers to, for Link; see pyhelper.deadcode."""

    op: ClassVar[str] = "survey"
    library: str
    output: str


@dataclass(frozen=True)
class Entry:
    """One change of a list of strings, ``key`` in ``[table]``.

    Without ``old``, ``new`` is added at the end; without ``new``, ``old`` is
    taken out; with both, ``new`` stands where ``old`` stood. Tables and lists
    that do not exist yet are made.
    """

    key: str
    table: list[str] = field(default_factory=list)
    old: str = ""
    new: str = ""


@dataclass(frozen=True)
class Edit:
    """Change entries of a TOML file, given as its text, and keep all the rest."""

    op: ClassVar[str] = "edit"
    text: str
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True)
class Compress:
    """Write each source as one zstd frame; ``level`` and ``window_log`` are libzstd's.

    ``tuned`` are its parameters that are to be other than the level's, by the names
    that ``zstandard.ZstdCompressionParameters`` has for them. ``text``, if there is any,
    is instead of it for text, which has no NUL within its first 4096 bytes, and for what
    begins with one of ``as_text``.
    """

    op: ClassVar[str] = "compress"
    jobs: list[Content] = field(default_factory=list)
    level: int = 19
    window_log: int = 22
    tuned: dict[str, int] = field(default_factory=dict)
    text: dict[str, int] = field(default_factory=dict)
    as_text: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Content:
    """A file to compress from ``source`` to ``output``."""

    source: str
    output: str


@dataclass(frozen=True)
class Relocation:
    """A native file to write to ``output`` with the search path ``search``.

    ``names`` says which libraries it is to need in place of others. ``install_name``
    is for Mach-O: what a library calls itself, "" for what it did.
    """

    source: str
    output: str
    search: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    install_name: str = ""


@dataclass(frozen=True)
class Relocate:
    """Change where native files look for libraries, and nothing else."""

    op: ClassVar[str] = "relocate"
    jobs: list[Relocation] = field(default_factory=list)


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
    """The last message of a failed operation; ``text`` is one line.

    ``missing`` are the modules, ``module`` first, that fail the analysis because
    no installed distribution has them.
    """

    type: ClassVar[str] = "error"
    text: str
    hint: str = ""
    module: str = ""
    positions: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
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
    relative; no source). ``asked_by`` is the module whose hook, or whose code
    for ctypes, asks for a file that is no module.
    """

    dest: str
    source: str
    kind: str
    module: str = ""
    distribution: str = ""
    target: str = ""
    asked_by: str = ""


@dataclass(frozen=True)
class Distribution:
    """An installed distribution that contributes files.

    ``license`` is what the metadata says, or empty; ``spdx`` the same as an SPDX
    expression in its canonical form, or empty if it is none.
    """

    name: str
    version: str
    license: str
    spdx: str = ""


@dataclass(frozen=True)
class ImportedModule:
    """A module of the graph of imports; ``state``: missing, invalid, excluded or ''.

    ``importers`` are indices of ``Plan.imports``, ascending, and ``how`` has one
    letter for each: i plainly, t inside try, c inside if, d in a function, h a
    hook's hidden import, s in the stub of an extension, p a part of this package.

    ``<program>`` imports what the program asks for, ``<snippet:…>`` what a literal
    of it does (the first 12 hexadecimal digits of the SHA-256 of its UTF-8),
    ``<startup>`` what an interpreter needs in any case.
    """

    name: str
    importers: list[int]
    how: str
    state: str = ""


@dataclass(frozen=True)
class Missing:
    """A module that someone imports and nobody has.

    ``reason``: required (the program can fail), guarded, platform, attribute (of
    a package, made at run time) or excluded; see pyhelper.analysis.missing.
    """

    module: str
    importers: list[str]
    reason: str


@dataclass(frozen=True)
class Made:
    """Byte code, without optimisation, as Compile would write it.

    ``sha256`` is that of the source it was made of.
    """

    source: str
    sha256: str
    name: str
    output: str


@dataclass(frozen=True)
class Plan:
    """The answer to Analyze; ``files`` sorted by ``dest``, ``imports`` by ``name``.

    ``made`` is the byte code that was asked for, of what ``files`` has.
    """

    type: ClassVar[str] = "plan"
    python: Python
    files: list[PlanFile]
    distributions: list[Distribution]
    missing: list[Missing]
    imports: list[ImportedModule]
    toc: str
    made: list[Made] = field(default_factory=list)


@dataclass(frozen=True)
class Failure:
    """A source that could not be compiled, or a native file that could not be changed."""

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
    """A native file after linking: what to copy and what it says about itself.

    ``real`` is where the file itself is, if at ``dest`` there is only a link to it;
    ``stripped`` how many bytes of symbols were taken out.
    """

    dest: str
    source: str
    patched: bool
    soname: str
    needed: list[str]
    runpath: list[str]
    real: str = ""
    stripped: int = 0


@dataclass(frozen=True)
class Surveyed:
    """The answer to Survey; with a ``doubt`` nothing was written."""

    type: ClassVar[str] = "surveyed"
    functions: int = 0
    doubt: str = ""


@dataclass(frozen=True)
class Name:
    """A link by which a file is found: ``target`` is relative to it."""

    dest: str
    target: str


@dataclass(frozen=True)
class Linked:
    """The answer to Link.

    ``files`` is every native file to copy, sorted by ``dest``: those of the
    request and those that joined. ``added`` says which joined and where on the
    build machine they were found (``source`` in files may be a patched copy).
    ``program`` is the executable to ship, "" if the request has none. ``looked`` are
    the paths on the build machine that the answer depends on, sorted, whether
    something is there or not (ELF only). ``names`` are links besides those from
    ``dest`` to ``real``, sorted. ``unused`` are the modules that libpython lacks now,
    and ``emptied`` how many of its bytes became traps and zeros.
    """

    type: ClassVar[str] = "linked"
    files: list[LinkedFile]
    added: list[Binary]
    program: str = ""
    looked: list[str] = field(default_factory=list)
    names: list[Name] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    emptied: int = 0


@dataclass(frozen=True)
class ModuleOutline:
    """What an analysis can see of a module: see outline.py. With a ``doubt`` it is empty."""

    doubt: str = ""
    imports: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    strings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Outlined:
    """The answer to Outline, in the order of its sources."""

    type: ClassVar[str] = "outlined"
    modules: list[ModuleOutline]


@dataclass(frozen=True)
class Edited:
    """The answer to Edit: the new text."""

    type: ClassVar[str] = "edited"
    text: str


@dataclass(frozen=True)
class Compressed:
    """The answer to Compress; ``count`` frames were written."""

    type: ClassVar[str] = "compressed"
    count: int


@dataclass(frozen=True)
class Relocated:
    """The answer to Relocate; ``count`` files were written, ``failed`` cannot be."""

    type: ClassVar[str] = "relocated"
    count: int
    failed: list[Failure]


Request = Union[
    Hello, Analyze, Compile, Outline, Survey, Link, Relocate, Edit, Compress, Inspect, Imports
]
Message = Union[
    Progress,
    Warn,
    Finding,
    Error,
    Greeting,
    Plan,
    Compiled,
    Outlined,
    Surveyed,
    Linked,
    Relocated,
    Edited,
    Compressed,
    Reading,
    Inspected,
    ImportsAnswer,
]

REQUESTS: dict[str, type[Request]] = {c.op: c for c in get_args(Request)}
MESSAGES: dict[str, type[Message]] = {c.type: c for c in get_args(Message)}


# --- coding -----------------------------------------------------------------


def decode_request(text: str) -> Request:
    """Turn what arrived on stdin into a request."""
    raw = coding.parse(text)
    version = raw.pop("protocol", None)
    if version != VERSION:
        raise ProtocolError(f"protocol version {version!r}, this helper speaks {VERSION}")
    op = raw.pop("op", None)
    cls = REQUESTS.get(op) if isinstance(op, str) else None
    if cls is None:
        raise ProtocolError(f"unknown op {op!r}")
    request: Request = coding.decode(cls, raw, cls.op)
    return request


def decode_message(text: str) -> Message:
    """Turn one line of stdout back into a message."""
    raw = coding.parse(text)
    kind = raw.pop("type", None)
    cls = MESSAGES.get(kind) if isinstance(kind, str) else None
    if cls is None:
        raise ProtocolError(f"unknown message type {kind!r}")
    message: Message = coding.decode(cls, raw, cls.type)
    return message


def encode_request(request: Request) -> str:
    """Write a request as one line of JSON, without the newline."""
    return coding.dump({"protocol": VERSION, "op": request.op, **vars(request)})


def encode_message(message: Message) -> str:
    """Write a message as one line of JSON, without the newline."""
    return coding.dump({"type": message.type, **vars(message)})
