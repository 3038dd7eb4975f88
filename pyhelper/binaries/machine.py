"""Find a library on the build machine, the way its loader would.

The order of ld.so(8): the search path of the file that needs it, that of the
executable (a managed interpreter finds Tcl so; its own libraries lie beside its
libpython), the directories of /etc/ld.so.conf, the built-in ones.
LD_LIBRARY_PATH is left out: what is built must not depend on the shell it was
built from.

Whoever keeps what came of it has to know what it depends on: :func:`find` tells each
path that it asked for, there or not, :func:`configuration` the files that say where.
"""

from __future__ import annotations

import functools
import glob
import os
import re
import sysconfig

from pyhelper.binaries import elf

_CONF = "/etc/ld.so.conf"
_DIRECTORIES = ("/lib64", "/usr/lib64", "/lib", "/usr/lib", "/usr/local/lib")


def find(
    name: str,
    needed_by: elf.Elf,
    source: str,
    beside: tuple[str, ...] = (),
    looked: set[str] | None = None,
) -> str:
    """Return the path of library ``name`` for the file at ``source``, or ''.

    ``beside`` are directories of the interpreter's own libraries; ``looked`` receives
    every path that was asked for.
    """
    origin = os.path.dirname(os.path.realpath(source))
    own = [d for directory in needed_by.search for d in _expansions(directory, origin)]
    for directory in (*own, *beside, *system_directories()):
        path = os.path.join(directory, name)
        if looked is not None:
            looked.add(path)
        if os.path.isfile(path) and _fits(path, needed_by):
            return path
    return ""


def _expansions(directory: str, origin: str) -> list[str]:
    """Return what a directory of a search path may mean on this machine (ld.so(8)).

    $LIB and $PLATFORM are what the loader was built with, so every common value counts.
    """
    directories = [expand(directory, origin)]
    multiarch = sysconfig.get_config_var("MULTIARCH") or ""
    for token, values in (
        ("LIB", ("lib64", "lib", *([f"lib/{multiarch}"] if multiarch else []))),
        ("PLATFORM", (os.uname().machine,)),
    ):
        pattern = re.compile(rf"\${token}\b|\${{{token}}}")
        directories = [
            os.path.normpath(pattern.sub(value, d))
            for d in directories
            for value in (values if pattern.search(d) else ("",))
        ]
    return directories


def expand(directory: str, origin: str) -> str:
    """Replace $ORIGIN, the directory of the file that searches."""
    for variable in ("$ORIGIN", "${ORIGIN}"):
        directory = directory.replace(variable, origin)
    return os.path.normpath(directory)


def _fits(path: str, needed_by: elf.Elf) -> bool:
    """Is it for the same processor? Others lie in the same directories."""
    try:
        found = elf.read(path)
    except ValueError:
        return False
    return found is not None and found.machine == needed_by.machine


def configuration() -> list[str]:
    """Return the files, and directories of files, that say which directories are searched."""
    read: list[str] = []
    _configured(_CONF, read)
    return read


@functools.cache
def system_directories() -> tuple[str, ...]:
    """Return the directories every program of this machine searches."""
    multiarch = sysconfig.get_config_var("MULTIARCH") or ""
    of_debian = (f"/lib/{multiarch}", f"/usr/lib/{multiarch}") if multiarch else ()
    return tuple(dict.fromkeys((*_configured(_CONF, []), *of_debian, *_DIRECTORIES)))


def _configured(path: str, read: list[str]) -> list[str]:
    """Return the directories of an ld.so.conf and of those it includes; tell what it read."""
    found: list[str] = []
    read.append(path)
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as f:
            lines = [line.partition("#")[0].split() for line in f]
    except OSError:
        return found
    for words in lines:
        if words[:1] == ["include"]:
            for pattern in (os.path.join(os.path.dirname(path), word) for word in words[1:]):
                read.append(os.path.dirname(pattern))
                found.extend(d for n in sorted(glob.glob(pattern)) for d in _configured(n, read))
        else:
            found.extend(words)
    return found
