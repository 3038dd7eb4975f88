"""The native files of the layout ``farm``: each once, and every other name a link.

Relative to the bundle's ``python`` directory:

    reals/r             every shared object, once: the only regular files among them
    symlinks            their names as the loader asks for them (DT_NEEDED, dlopen)
    symlinks/2, /3, …   the same for files that mean another library by a name than
                        most do, or by one that is the machine's elsewhere
    ld_library_paths/l  what dlopen by a bare name, or a child process, should find
    everywhere else     links where Python and its packages look for files

A file that needs another one searches symlinks, so what it loads is decided there,
by links that can be listed and changed, and not by the place of a file.

The trap: glibc (elf/dl-object.c), and musl, replace $ORIGIN in a library by the
directory of the path it was opened by, and not of the file behind links. So the
search path of a real must hold wherever a link to it is. It must not lead to strangers
either, which ``$ORIGIN/../../../symlinks`` does from all places that are less deep: out
of the bundle, and out of the program's directory. Hence

* an extension module, which is opened where Python finds it, gets an entry for each
  such place, the least deep first;
* a library, which is opened in symlinks, gets entries for symlinks and reals/r only
  (the latter leads from symlinks to the program's directory, no further), and if a
  package may open it elsewhere, what it needs is linked beside it there.

Programs are known to the loader by the path of the real file. They stay where they
are, because they look for their own files in the same way.
"""

from __future__ import annotations

import hashlib
import posixpath
from typing import TYPE_CHECKING

from pyhelper.binaries import elf, places, policy
from pyhelper.protocol import Name

if TYPE_CHECKING:
    from pyhelper.binaries.nativefile import File

SYMLINKS = "symlinks"
REALS = "reals/r"
OPENED = "ld_library_paths/l"


class _Real:
    """A shared object, or a program: the files of the bundle that are equal."""

    def __init__(self, files: list[File], path: str) -> None:
        self.files = files
        self.path = path
        # Directories with links to it.
        self.places = dict.fromkeys(posixpath.dirname(f.dest) for f in files)
        self.directories: dict[str, None] = {}  # where it has to search
        self.opens = False  # does it search for more than it needs?
        self.search: list[str] = []

    @property
    def stays(self) -> bool:
        """Is it a program, which has no links?"""
        return not self.path

    @property
    def is_library(self) -> bool:
        return any(_is_view(p) for p in self.places)


class Farm:
    """Decides where the files go and what their search paths are."""

    def __init__(self, files: list[File]) -> None:
        self._reals = _reals(files)
        self._of = {f.dest: real for real in self._reals for f in real.files}
        self._links: dict[str, _Real] = {}  # besides those from dest
        for real in self._reals:
            if not real.stays:
                self._find_needed(real)
        for real in self._reals:
            self._offer(real)
        holding = {posixpath.dirname(f.dest) for f in files}
        opened = OPENED in holding
        for real in self._reals:
            # A search path that it came with may be for what it opens.
            own = {d for f in real.files for d in f.searched() if d != posixpath.dirname(f.dest)}
            real.opens = bool(own & holding) or (opened and elf.opens(real.files[0].source))
        for real in self._reals:
            real.search = _search(real)
        self._close()

    def real(self, file: File) -> str:
        """Return where the file itself goes, "" if to its own place."""
        return self._of[file.dest].path

    def search(self, file: File) -> list[str]:
        """Return the search path the file should have."""
        return self._of[file.dest].search

    def names(self) -> list[Name]:
        """Return the links besides those from each file's own place."""
        here = sorted(self._links)
        return [
            Name(dest, posixpath.relpath(self._links[dest].path, posixpath.dirname(dest)))
            for dest in here
        ]

    def _find_needed(self, real: _Real) -> None:
        """Name the libraries that it needs in one directory, which it searches."""
        wanted: dict[str, _Real] = {}
        for file in real.files:
            for name, found in sorted(file.found.items()):
                if _is_lent(found):
                    if not _is_imported(file):
                        real.directories[policy.FALLBACK] = None
                    continue
                base = posixpath.basename(name)
                if base != name:
                    file.renamed[name] = base
                wanted[base] = self._of[found.dest]
        if not wanted:
            return
        directory = self._view(wanted)
        real.directories[directory] = None
        for name, library in wanted.items():
            self._links[f"{directory}/{name}"] = library
            library.places[directory] = None

    def _view(self, wanted: dict[str, _Real]) -> str:
        """Return the first directory in which all of these names are free, or mean these."""
        packages = (name for name, library in wanted.items() if OPENED not in library.places)
        number = 2 if any(map(policy.is_machines, packages)) else 1
        while True:
            directory = SYMLINKS if number == 1 else f"{SYMLINKS}/{number}"
            named = {name: self._links.get(f"{directory}/{name}") for name in wanted}
            if all(named[name] in (None, wanted[name]) for name in wanted):
                return directory
            number += 1

    def _offer(self, real: _Real) -> None:
        """Let a library that nobody needs be opened by name, if the name is free."""
        first = real.files[0]
        if real.stays or _is_lent(first) or not _is_library(first):
            return
        for name in (posixpath.basename(first.dest), first.elf.soname):
            if name and "/" not in name and not policy.is_machines(name):
                taken = self._links.setdefault(f"{SYMLINKS}/{name}", real)
                if taken is real:
                    real.places[SYMLINKS] = None

    def _close(self) -> None:
        """Link beside a library what it needs, where its search path does not lead."""
        libraries = [real for real in self._reals if real.is_library]
        todo = [(real, place) for real in libraries for place in real.places]
        for real, place in todo:  # grows while it is walked
            for file in real.files:
                for name, found in sorted(file.found.items()):
                    library, base = self._of[found.dest], posixpath.basename(name)
                    if _is_lent(found) or self._finds(real, place, base):
                        continue
                    self._links[f"{place}/{base}"] = library
                    library.places[place] = None
                    todo.append((library, place))

    def _finds(self, real: _Real, place: str, name: str) -> bool:
        """Does a file opened in ``place`` find ``name`` in the bundle?"""
        for entry in real.search:
            path = posixpath.normpath(posixpath.join(place, entry.replace("$ORIGIN", ".")))
            at = posixpath.join(path, name)
            if at in self._links or at in self._of:
                return True
        return False


def _reals(files: list[File]) -> list[_Real]:
    """Put equal files of one name together; each gets its place."""
    groups: dict[tuple[str, str], list[File]] = {}
    for file in files:
        if _stays(file):
            groups[file.dest, ""] = [file]
        else:
            key = posixpath.basename(file.dest), _sum(file.source)
            groups.setdefault(key, []).append(file)
    reals: list[_Real] = []
    taken: set[str] = set()
    for (name, content), group in groups.items():
        if not content:
            reals.append(_Real(group, ""))
            continue
        if name in taken:
            name = _dotted(group[0].dest)  # noqa: PLW2901
        taken.add(name)
        reals.append(_Real(group, f"{REALS}/{name}"))
    return reals


def _stays(file: File) -> bool:
    return places.is_program(file.dest) or file.elf.starts


def _sum(path: str) -> str:
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def _dotted(dest: str) -> str:
    """Return a name that no other file has: its whole place."""
    return dest.replace("/", ".")


def _is_view(directory: str) -> bool:
    return directory == SYMLINKS or directory.startswith(SYMLINKS + "/")


def _is_lent(file: File) -> bool:
    """Is it for machines that have none of that name? No search path leads there."""
    return posixpath.dirname(file.dest) == policy.FALLBACK


def _is_library(file: File) -> bool:
    name = posixpath.basename(file.dest)
    return bool(file.elf.soname) or name.startswith("lib")


def _is_imported(file: File) -> bool:
    return not (places.is_program(file.dest) or file.dest.startswith("lib/libpython"))


def _search(real: _Real) -> list[str]:
    """Return the search path that holds in the places it is opened in."""
    if real.stays:
        return real.files[0].search()
    if real.is_library:
        # From lib, where libpython is opened, it is ../symlinks, and so it is from there.
        views = [p for p in real.places if _is_view(p)]
        opened_in = [places.LIB] if places.LIB in real.places else views
    else:
        opened_in = sorted(real.places, key=lambda p: (p.count("/"), p))
    directories = dict(real.directories)
    if real.directories:
        # Nobody opens it in reals/r, but whoever looks at it there should see all.
        opened_in = [*opened_in, REALS] if real.is_library else _with_reals(opened_in)
    if real.opens:
        directories[SYMLINKS] = None
    return list(dict.fromkeys(places.from_origin(d, p) for p in opened_in for d in directories))


def _with_reals(opened_in: list[str]) -> list[str]:
    """Return the places with that of the real among them, the least deep first."""
    return sorted([REALS, *opened_in], key=lambda p: (p.count("/"), p))
