"""Places in a bundle, and what every format's closure says and asks of them."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from pyhelper.protocol import Binary, Finding

if TYPE_CHECKING:
    from pyhelper.binaries.scrub import Scrubber
    from pyhelper.protocol import Link

LIB = "lib"
HOME = "/python"  # the bundle, where the files of a request are taken to be
PROGRAM = ".."  # and from there the directory of a program


def program(request: Link) -> list[Binary]:
    """Return the program of the request, if it has one, at its place beside the bundle."""
    return [Binary(f"{PROGRAM}/program", request.program)] if request.program else []


def is_program(dest: str) -> bool:
    """Is that the place of a program?"""
    return posixpath.dirname(dest) == PROGRAM


def output(request_output: str, dest: str) -> str:
    """Return where the changed copy of a file is written."""
    place = posixpath.join(".program", "exe") if is_program(dest) else dest
    return posixpath.join(request_output, place)


def distance(here: str, dest: str) -> int:
    """Count the steps from directory ``here`` to that of ``dest``."""
    return len(posixpath.relpath(f"/{posixpath.dirname(dest)}", f"/{here}").split("/"))


def inside(path: str) -> str | None:
    """Return an absolute path below HOME relative to it; None if it leaves the bundle."""
    if path == HOME:
        return ""
    return path.removeprefix(f"{HOME}/") if path.startswith(f"{HOME}/") else None


def from_origin(directory: str, here: str) -> str:
    """Return what a file in ``here`` calls ``directory``, both of the bundle."""
    relative = posixpath.relpath(f"{HOME}/{directory}", f"{HOME}/{here}")
    return "$ORIGIN" if relative == "." else f"$ORIGIN/{relative}"


def is_dirty(path: str, clean: Scrubber) -> bool:
    """Are there paths of the build machine in the file?"""
    with open(path, "rb") as f:
        data = f.read()
    return clean.scrub(data) != data


def not_found(dest: str, name: str) -> Finding:
    """Tell of a library that nobody has."""
    text = f"needs {name}, which is neither in the bundle nor on this machine"
    return Finding("library-not-found", "warning", dest, text)
