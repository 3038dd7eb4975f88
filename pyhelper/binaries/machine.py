"""Find a library on the build machine, the way its loader would.

The order of ld.so(8): the search path of the file that needs it, that of the
executable (a managed interpreter finds Tcl so; its own libraries lie beside its
libpython), the directories of /etc/ld.so.conf, the built-in ones.
LD_LIBRARY_PATH is left out: what is built must not depend on the shell it was
built from.
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


def find(name: str, needed_by: elf.Elf, source: str, beside: tuple[str, ...] = ()) -> str:
    """Return the path of library ``name`` for the file at ``source``, or ''.

    ``beside`` are directories of the interpreter's own libraries.
    """
    origin = os.path.dirname(os.path.realpath(source))
    own = [d for directory in needed_by.search for d in _expansions(directory, origin)]
    for directory in (*own, *beside, *system_directories()):
        path = os.path.join(directory, name)
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


@functools.cache
def system_directories() -> tuple[str, ...]:
    """Return the directories every program of this machine searches."""
    multiarch = sysconfig.get_config_var("MULTIARCH") or ""
    of_debian = (f"/lib/{multiarch}", f"/usr/lib/{multiarch}") if multiarch else ()
    return tuple(dict.fromkeys((*_configured(_CONF), *of_debian, *_DIRECTORIES)))


def _configured(path: str) -> list[str]:
    """Return the directories of an ld.so.conf and of those it includes."""
    found: list[str] = []
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as f:
            lines = [line.partition("#")[0].split() for line in f]
    except OSError:
        return found
    for words in lines:
        if words[:1] == ["include"]:
            for pattern in words[1:]:
                names = sorted(glob.glob(os.path.join(os.path.dirname(path), pattern)))
                found.extend(d for name in names for d in _configured(name))
        else:
            found.extend(words)
    return found
