"""Close the set of native files: plan first, then write what must be written.

For each file and each library it needs, in this order: the policy says every
machine has it; the file's own search path finds it in the bundle; it is
elsewhere in the bundle, then the file gets that directory; it is on the build
machine, then it joins the bundle in lib/ and is looked at itself. Else it is a
finding, not a failure: an extension nobody imports may well need what nobody
has.

Nothing is written before everything is decided.

In the layout farm directories mean nothing to the loader: what each file needs is
the same, and how it gets there is in farm.py.

This file is for ELF. A request for Mach-O files, whose loader knows other ways, goes
to macho_link.py; one bundle has one format.
"""

from __future__ import annotations

import posixpath
from dataclasses import replace
from typing import TYPE_CHECKING

from pyhelper.binaries import (
    bind,
    closure,
    elf,
    farm,
    machine,
    macho,
    patch,
    places,
    policy,
    rewritten,
    scrub,
    strip,
    unused,
)
from pyhelper.binaries.closure import Closure
from pyhelper.binaries.nativefile import File, in_bundle
from pyhelper.channel import Failed
from pyhelper.protocol import Binary, Link, Linked, LinkedFile, Name

if TYPE_CHECKING:
    from pyhelper.binaries.scrub import Scrubber
    from pyhelper.channel import Channel


def run(out: Channel, request: Link) -> Linked:
    """Link every file of the request; see the top of the file for the order."""
    program = places.program(request)
    if _is_macho([*request.files, *program]):
        from pyhelper.binaries import macho_link  # noqa: PLC0415  (it needs lief, see patch.py)

        return macho_link.run(out, request)
    bundle = _Bundle([*request.files, *program], farm.OPENED if request.farm else places.LIB)
    if request.starter:
        bundle.start_with(request.starter, request.instead_of)
    bundle.close(out)
    clean = scrub.scrubber(request.neutral)
    files = bundle.files()
    if request.strip:
        for file in files:
            _strip(file, request.output)
    names: list[Name] = []
    if request.farm:
        linked, names = _as_farm(files, request.output, clean)
    else:
        bundle.reach_by_name()
        linked = {f.dest: _write(f, f.search(), "", request.output, clean) for f in files}
        if request.bind:
            linked[request.bind] = _bind(linked[request.bind], request.output)
    gone = unused.take_out(request, linked) if request.unused else {}
    looked = sorted({*bundle.looked, *machine.configuration()})
    return replace(bundle.answer(linked, program), looked=looked, names=names, **gone)


def _is_macho(files: list[Binary]) -> bool:
    """Is the first file, which is the interpreter's library, a Mach-O file?"""
    try:
        return bool(files) and macho.is_macho(files[0].source)
    except OSError:
        return False  # said when it is read


class _Bundle(Closure[File]):
    """The ELF files of the bundle."""

    def __init__(self, binaries: list[Binary], lib: str = places.LIB) -> None:
        super().__init__(binaries, _read)
        self._lib = lib  # where libraries of the machine go
        self.looked: set[str] = set()  # for what, on the build machine
        system = machine.system_directories()
        self.beside = tuple(d for d in self.beside if d not in system)

    def start_with(self, starter: str, instead_of: str) -> None:
        """Let the program need ``starter`` instead of another library."""
        for file in filter(File.is_program, self.queue):
            file.renamed = {instead_of: starter}
            needed = tuple(file.renamed.get(name, name) for name in file.elf.needed)
            file.elf = replace(file.elf, needed=needed)

    def resolve(self, file: File, name: str) -> bool:
        """See that ``file`` finds ``name``; False if nobody has it."""
        own = self._within_reach(file, name)
        if own is not None:
            file.found[name] = own
        if own is not None or policy.is_system(name, "linux"):
            return True
        found = self._elsewhere(file, name) or self._from_machine(file, name)
        if found is None:
            return False
        file.found[name] = found
        directory = posixpath.dirname(found.dest)
        # What a program lends to a machine that lacks it is loaded before it is needed,
        # but not before libpython is.
        if directory != policy.FALLBACK or not _is_imported(file):
            file.reach.append(directory)
        return True

    def reach_by_name(self) -> None:
        """Let cffi find the libraries in lib/ that it opens by name.

        The loader searches the path of the file that calls dlopen, cffi's own
        extension module. (ctypes is told by a run-time hook: it may be built into
        libpython.) A library that no file needs is there to be opened.
        """
        needed = {name for file in self.queue for name in file.elf.needed}
        in_lib = {
            posixpath.basename(f.dest) for f in self.queue if f.dest.startswith(places.LIB + "/")
        }
        opened = {n for n in in_lib - needed if not n.startswith("libpython")}
        for file in self.queue:
            if opened and posixpath.basename(file.dest).startswith("_cffi_backend."):
                file.reach.append(places.LIB)

    def _within_reach(self, file: File, name: str) -> File | None:
        """Find the library where the search path leads that the file came with."""
        here = posixpath.dirname(file.dest)
        if "/" in name:  # no name to search for, but a path (python-build-standalone's python3.10)
            return self.by_dest.get(in_bundle(name, here) or "")
        own = (in_bundle(directory, here) for directory in file.elf.search)
        found = (self.by_dest.get(posixpath.join(d, name)) for d in own if d is not None)
        return next((f for f in found if f is not None and _fits(file, f)), None)

    def _elsewhere(self, file: File, name: str) -> File | None:
        """Find the library anywhere in the bundle; the nearest to the file wins."""
        found = (f for f in self.queue if posixpath.basename(f.dest) == name and _fits(file, f))
        return self.nearest(posixpath.dirname(file.dest), found)

    def _from_machine(self, file: File, name: str) -> File | None:
        """Let the build machine's library of that name join the bundle."""
        path = machine.find(name, file.elf, file.source, self.beside, self.looked)
        return self.join(f"{self._lib}/{name}", path) if path else None


def _read(binary: Binary) -> File:
    return File(binary.dest, binary.source, closure.read(binary, elf.read, "an elf file"))


def _is_imported(file: File) -> bool:
    """Is it loaded by what runs in Python, or by such a file?"""
    return not file.dest.startswith(("bin/", "lib/libpython"))


def _fits(file: File, other: File) -> bool:
    return other.elf.machine == file.elf.machine


def _as_farm(
    files: list[File], output: str, clean: Scrubber
) -> tuple[dict[str, LinkedFile], list[Name]]:
    """Write what the layout farm says, each real once."""
    plan = farm.Farm(files)
    linked: dict[str, LinkedFile] = {}
    written: dict[str, LinkedFile] = {}
    for file in files:
        real = plan.real(file)
        done = written.get(real) or _write(file, plan.search(file), real, output, clean)
        linked[file.dest] = replace(done, dest=file.dest)
        if real:
            written[real] = done
    return linked, plan.names()


def _write(file: File, search: list[str], real: str, output: str, clean: Scrubber) -> LinkedFile:
    """Patch the file if its search path or a path in it must change; describe it.

    ``real`` is where it goes if its ``dest`` is a link: one file for several of them.
    """
    given = file.content or file.source
    source, described, program = given, file.elf, file.is_program()
    if search != list(described.search) or file.renamed or places.is_dirty(given, clean):
        source = places.output(output, real or file.dest)
        described = patch.write(given, source, search, clean, program=program, renamed=file.renamed)
    return LinkedFile(
        dest=file.dest,
        source=source,
        patched=source != file.source,
        soname=described.soname,
        needed=list(described.needed),
        runpath=list(described.search),
        real=real,
        stripped=file.stripped,
    )


def _bind(file: LinkedFile, output: str) -> LinkedFile:
    """Write the library with its own symbols bound, if that can be done."""
    with open(file.source, "rb") as f:
        data = bind.bind(f.read())
    return file if data is None else rewritten.write(file, data, output, "bound")


def _strip(file: File, output: str) -> None:
    """Let the file be written without symbols; programs keep theirs."""
    if file.is_program():
        return
    with open(file.source, "rb") as f:
        original = f.read()
    data = strip.strip(original)
    if data is None:
        return
    path = rewritten.put(data, file.source, places.output(output, f"{file.dest}.stripped"))
    described = elf.read(path)
    if (
        described is None
        or described.needed != file.elf.needed
        or described.search != file.elf.search
    ):
        raise Failed(f"{file.source}: it cannot be stripped without breaking it")
    file.content, file.stripped = path, len(original) - len(data)
