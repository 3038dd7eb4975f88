"""Close the set of Mach-O files; the counterpart of link.py, in the same order.

dyld has no list of directories to add to: each load command names its library by a
path, absolute or with a token. So a library that its file does not find by itself in
the bundle is named anew, as @loader_path and the way from the one to the other. Paths
of LC_RPATH that lead out of the bundle are removed.

@executable_path means the program's directory or python/bin, by who was started: what
is named by it is always named anew.

Not done here, unlike for ELF: no path is added for libraries that cffi opens by name.
"""

from __future__ import annotations

import os
import posixpath
from dataclasses import dataclass, field

from pyhelper.binaries import closure, macho, macho_patch, places, policy, scrub
from pyhelper.binaries.closure import Closure
from pyhelper.channel import Channel, Failed
from pyhelper.protocol import Binary, Link, Linked, LinkedFile

_LOADER, _EXECUTABLE, _RPATH = "@loader_path/", "@executable_path/", "@rpath/"


@dataclass
class _File:
    """A native file of the bundle, and what is to change in it."""

    dest: str
    source: str
    says: macho.MachO
    changes: macho_patch.Changes = field(default_factory=macho_patch.Changes)

    @property
    def needed(self) -> tuple[str, ...]:
        """The libraries that it needs."""
        return self.says.needed

    def here(self) -> str:
        return posixpath.dirname(self.dest)

    def fits(self, other: macho.MachO) -> bool:
        """Is there a processor both are for? Which one runs, the interpreter decides."""
        return bool(self.says.archs & other.archs)


def run(out: Channel, request: Link) -> Linked:
    """Link every file of the request."""
    if request.farm:
        raise Failed(
            "layout farm: it is not known from which path dyld takes @loader_path behind a"
            " link, so there is none of Mach-O files",
            hint="build with --py-layout=tree or mapped",
        )
    program = places.program(request)
    bundle = _Bundle([*request.files, *program])
    if request.starter:
        bundle.start_with(request.starter, request.instead_of)
    bundle.close(out)
    for file in bundle.queue:
        _tidy(file)
    clean = scrub.scrubber(request.neutral)
    linked = {file.dest: _write(file, request.output, clean) for file in bundle.files()}
    return bundle.answer(linked, program)


class _Bundle(Closure[_File]):
    """The Mach-O files of the bundle."""

    def __init__(self, binaries: list[Binary]) -> None:
        super().__init__(binaries, _read)

    def start_with(self, starter: str, instead_of: str) -> None:
        """Let the program need ``starter`` instead of another library."""
        for file in self.queue:
            if not places.is_program(file.dest):
                continue
            found = self.by_dest[f"{places.LIB}/{starter}"]
            for name in file.says.needed:
                if posixpath.basename(name) == instead_of:
                    file.changes.loads[name] = _from_loader(found.dest, file.here())

    def resolve(self, file: _File, name: str) -> bool:
        """See that ``file`` finds ``name``; False if nobody has it."""
        if name in file.changes.loads or policy.is_system(name, "darwin"):
            return True
        if self._within_reach(file, name):
            return True
        found = self._elsewhere(file, name) or self._from_machine(file, name)
        if found is None:
            return file.says.is_optional(name) or _is_left_to_system(file, name)
        file.changes.loads[name] = _from_loader(found.dest, file.here())
        return True

    def _within_reach(self, file: _File, name: str) -> bool:
        """Does the name it came with lead to it, whoever is started?"""
        if name.startswith(_RPATH):
            rest = name.removeprefix(_RPATH)
            tried = [posixpath.join(path, rest) for path in file.says.rpaths]
        else:
            tried = [name]
        found = (self.by_dest.get(_in_bundle(path, file.here()) or "") for path in tried)
        return any(f is not None and file.fits(f.says) for f in found)

    def _elsewhere(self, file: _File, name: str) -> _File | None:
        """Find the library anywhere in the bundle; the nearest to the file wins.

        A file may be known by the name in its LC_ID_DYLIB, where others are symlinks.
        """
        wanted = posixpath.basename(name)
        others = (f for f in self.queue if f is not file and wanted in _names(f))
        return self.nearest(file.here(), (f for f in others if file.fits(f.says)))

    def _from_machine(self, file: _File, name: str) -> _File | None:
        """Let the build machine's library join the bundle: a Mac's, from Homebrew say."""
        dest = f"{places.LIB}/{posixpath.basename(name)}"
        for path in _on_machine(file, name, self.beside):
            if dest not in self.by_dest and os.path.isfile(path) and _is_usable(file, path):
                return self.join(dest, path)
        return None


def _read(binary: Binary) -> _File:
    return _File(binary.dest, binary.source, closure.read(binary, macho.read, "a mach-o file"))


def _names(file: _File) -> set[str]:
    known = {posixpath.basename(file.dest), posixpath.basename(file.says.install_name)}
    return known - {""}


def _on_machine(file: _File, name: str, beside: tuple[str, ...]) -> list[str]:
    """Return where dyld would look on this machine, and beside the interpreter's own."""
    origin = os.path.dirname(os.path.realpath(file.source))
    if name.startswith(_RPATH):
        rest = name.removeprefix(_RPATH)
        tried = [posixpath.join(path, rest) for path in file.says.rpaths]
    else:
        tried = [name]
    expanded = [
        posixpath.join(origin, path.removeprefix(_LOADER)) if path.startswith(_LOADER) else path
        for path in tried
    ]
    found = [os.path.normpath(path) for path in expanded if os.path.isabs(path)]
    return found + [os.path.join(directory, posixpath.basename(name)) for directory in beside]


def _is_usable(file: _File, path: str) -> bool:
    try:
        found = macho.read(path)
    except (OSError, ValueError):
        return False
    return found is not None and file.fits(found)


def _is_left_to_system(file: _File, name: str) -> bool:
    """Does only a Mac know? Swift's libraries are found by an rpath into the system."""
    tried = [posixpath.join(p, name.removeprefix(_RPATH)) for p in file.says.rpaths]
    return name.startswith(_RPATH) and any(policy.is_system(path, "darwin") for path in tried)


def _tidy(file: _File) -> None:
    """Take out what leads out of the bundle besides the names of libraries."""
    own = file.says.install_name
    if own.startswith("/") and not policy.is_system(own, "darwin"):
        file.changes.install_name = _RPATH + posixpath.basename(file.dest)
    for path in file.says.rpaths:
        kept = _in_bundle(posixpath.join(path, ""), file.here()) is not None
        if not kept and not policy.is_system(posixpath.join(path, ""), "darwin"):
            file.changes.without.add(path)


def _write(file: _File, output: str, clean: scrub.Scrubber) -> LinkedFile:
    """Patch the file if a name or a path in it must change; describe it."""
    source, described = file.source, file.says
    if file.changes or places.is_dirty(source, clean):
        source = places.output(output, file.dest)
        described = macho_patch.write(file.source, source, file.changes, clean)
    return LinkedFile(
        dest=file.dest,
        source=source,
        patched=source != file.source,
        soname=described.install_name,
        needed=list(described.needed),
        runpath=list(described.rpaths),
    )


def _in_bundle(path: str, here: str) -> str | None:
    """Return the bundle's file or directory that a path means; None if it leaves it."""
    if not path.startswith(_LOADER):
        return None
    rest = path.removeprefix(_LOADER)
    return places.inside(posixpath.normpath(f"{places.HOME}/{here}/{rest}"))


def _from_loader(dest: str, here: str) -> str:
    return _LOADER + posixpath.relpath(f"{places.HOME}/{dest}", f"{places.HOME}/{here}")
