"""What PyInstaller starts processes for, said by fewer of them.

* Where packages have hooks of their own, their entry points tell. To load one imports
  the package, so it is done in a child process. Mostly the only one is that of
  PyInstaller's own collection of hooks, which may be imported here as well.
* ``ldd`` is a shell script that starts the loader three times for each file: which one
  is it, does it take the file, and then what is wanted. The loader of this process is
  asked at once; where it does not answer, ldd is.
* What setuptools brings for others (distutils, packages it vendors) is told by importing
  it. The target may have none: the one that is found then is of our own tools, and what
  it brings is not there for the program.
"""

from __future__ import annotations

import functools
import importlib.machinery
import os
import struct
import subprocess
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_OURS = "_pyinstaller_hooks_contrib"

# ELF-64, little-endian: what all our platforms have.
_MAGIC = b"\x7fELF\x02\x01"
_TABLE = struct.Struct("<32xQ14xHH")  # where program headers are, the size of one, how many
_HEADER = struct.Struct("<I4xQ16xQ")  # type, offset and size in the file
_INTERPRETER = 3


def save(build_main: Any, bindepend: Any) -> None:
    """Have these modules of PyInstaller start fewer processes."""
    build_main.discover_hook_directories = here_if_ours(build_main.discover_hook_directories)
    loader = _loader(sys.executable)
    if loader:
        bindepend.subprocess = Loader(loader)


def no_setuptools_but(target: list[str], setuptools: Any) -> None:
    """Have PyInstaller's module about it know of no setuptools if ``target`` has none."""
    if importlib.machinery.PathFinder.find_spec("setuptools", target) is None:
        setuptools._retrieve_setuptools_info = lambda: None


def here_if_ours(discover: Callable[[], list[Any]]) -> Callable[[], list[Any]]:
    """Return ``discover``, a ``discover_hook_directories``, that starts no process in vain."""

    @functools.wraps(discover)
    def discover_hook_directories() -> list[Any]:
        from PyInstaller.compat import importlib_metadata  # noqa: PLC0415  (needs open_path)

        found = importlib_metadata.entry_points(group="pyinstaller40", name="hook-dirs")
        ours = all(entry.module.split(".")[0] == _OURS for entry in found)
        directories: list[Any] = (
            getattr(discover, "__wrapped__", discover) if ours else discover
        )()
        return directories

    return discover_hook_directories


class Loader:
    """Stands for the module subprocess where only ldd is run."""

    PIPE, DEVNULL = subprocess.PIPE, subprocess.DEVNULL

    def __init__(self, loader: str) -> None:
        self._loader = loader

    def run(self, command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        """Run ``ldd file`` or any other command, as subprocess.run does."""
        if len(command) == 2 and command[0] == "ldd":
            done: subprocess.CompletedProcess[str] = subprocess.run(
                [self._loader, "--list", command[1]], check=False, **options
            )
            if done.returncode == 0 and not done.stderr:
                return done
        return subprocess.run(command, check=False, **options)


def _loader(program: str) -> str:
    """Return the loader that ``program`` asks for, "" if it is not glibc's."""
    try:
        with open(program, "rb") as f:
            start = f.read(64)
            if not start.startswith(_MAGIC):
                return ""
            offset, size, count = _TABLE.unpack_from(start)
            f.seek(offset)
            table = f.read(size * count)
            headers = (_HEADER.unpack_from(table, at) for at in range(0, len(table), size))
            place = next(((at, n) for kind, at, n in headers if kind == _INTERPRETER), None)
            if place is None:
                return ""
            f.seek(place[0])
            path = os.fsdecode(f.read(place[1]).rstrip(b"\0"))
    except (OSError, struct.error):
        return ""
    return path if os.path.basename(path).startswith("ld-linux") else ""
