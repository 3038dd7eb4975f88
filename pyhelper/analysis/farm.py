"""The layout ``farm``: packages stay in the directories that they come from.

One plan with other places (relative to the bundle's ``python`` directory):

    site-packages/p1, p2, …     what comes from each directory of ``sys.path``, in its
                                order; only those that something is taken from count
    ld_library_paths/l          the shared libraries that belong to no package, by the
                                names that ``dlopen`` and child processes ask for
    lib/python3.X               the standard library, whole (see ``driver``)
    lib/python3.X/site-packages what was made for the bundle, and what the user adds;
                                a ``.pth`` file there leads an interpreter to p1, p2, …

A directory each is what tells two of them apart: the same package in both, or a
module that one of them hides, is where it was. So a module that comes from none of
them has no place, and that is an error.
"""

from __future__ import annotations

import os
import posixpath
from dataclasses import replace
from typing import TYPE_CHECKING

from pyhelper.analysis import runtimehooks
from pyhelper.analysis.places import relative
from pyhelper.channel import Failed
from pyhelper.protocol import PlanFile

if TYPE_CHECKING:
    from pyhelper.analysis.places import Places

PACKAGES = "site-packages"
OPENED = "ld_library_paths/l"
_PATHS = "_llgo_farm.pth"


def arrange(planned: list[PlanFile], here: Places, workdir: str) -> list[PlanFile]:
    """Return ``planned`` at the places of the farm, with the file that leads there.

    ``workdir``, where the analysis writes files of its own, gets that file.
    """
    roots = _roots(here)
    origin = {f.dest: _root_of(f, here, roots, workdir) for f in planned}
    used = sorted({root for root in origin.values() if root >= 0})
    number = {root: place for place, root in enumerate(used, 1)}
    tops = _tops(planned, here, origin)
    moved = {f.dest: _place(f, here, number, origin, tops) for f in planned}
    arranged = [_moved(f, moved) for f in planned]
    if used:
        arranged.append(_paths(here, len(used), workdir))
    return sorted(arranged, key=lambda f: f.dest)


def _roots(here: Places) -> list[tuple[str, ...]]:
    """Return the directories of sys.path, each by all its names."""
    names: dict[str, list[str]] = {}
    for path in here.sites:
        names.setdefault(os.path.realpath(path), []).append(path)
    return [tuple(n) for n in names.values()]


def _root_of(file: PlanFile, here: Places, roots: list[tuple[str, ...]], workdir: str) -> int:
    """Return the index of the directory that a file comes from, -1 for none."""
    inside = _inside(file.dest, here)
    if inside is None or not file.source:
        return -1
    found = [(len(rest), i) for i, names in enumerate(roots)
             if (rest := relative(file.source, names)) is not None]  # fmt: skip
    if found:
        return min(found)[1]  # the innermost
    made = (workdir, *here.own)
    is_ours = relative(file.source, made) is not None or _top(inside) == runtimehooks.PACKAGE
    if file.module and not is_ours:
        raise Failed(
            f"python module {file.module} comes from {file.source}, which is neither of the"
            " standard library nor below a directory of sys.path: layout farm has no place for it",
            hint="name the directory of its package with --py-path, or install it",
            module=file.module,
        )
    return -1


def _inside(dest: str, here: Places) -> str | None:
    """Return a place below the bundle's site-packages relative to it, None for any other."""
    site = here.site + "/"
    return dest[len(site) :] if dest.startswith(site) else None


def _top(inside: str) -> str:
    return inside.partition("/")[0]


def _tops(planned: list[PlanFile], here: Places, origin: dict[str, int]) -> dict[str, int]:
    """Return which directory has each package: what is added to one goes with it."""
    tops: dict[str, int] = {}
    for file in planned:
        inside = _inside(file.dest, here)
        if inside and "/" in inside and origin[file.dest] >= 0:
            top = _top(inside)
            tops[top] = min(origin[file.dest], tops.get(top, origin[file.dest]))
    return tops


def _place(
    file: PlanFile,
    here: Places,
    number: dict[int, int],
    origin: dict[str, int],
    tops: dict[str, int],
) -> str:
    inside = _inside(file.dest, here)
    if inside is not None:
        root = origin[file.dest]
        if root < 0 and "/" in inside:
            root = tops.get(_top(inside), -1)
        return f"{PACKAGES}/p{number[root]}/{inside}" if root >= 0 else file.dest
    directory, name = posixpath.split(file.dest)
    if directory == "lib" and file.kind in {"library", "symlink"}:
        return f"{OPENED}/{name}"
    return file.dest


def _moved(file: PlanFile, moved: dict[str, str]) -> PlanFile:
    """Return the file at its place; a link leads to where its target went."""
    dest = moved[file.dest]
    if file.kind != "symlink":
        return replace(file, dest=dest)
    target = posixpath.normpath(posixpath.join(posixpath.dirname(file.dest), file.target))
    if target in moved:
        to = posixpath.relpath(moved[target], posixpath.dirname(dest))
        return replace(file, dest=dest, target=to)
    return replace(file, dest=dest)


def _paths(here: Places, count: int, workdir: str) -> PlanFile:
    """Write the .pth file by which ``python/bin/python3`` finds the directories.

    site joins its lines with the directory the file is in (``site.addpackage``).
    """
    up = posixpath.relpath(PACKAGES, here.site)
    path = os.path.join(workdir, _PATHS)
    with open(path, "w", encoding="utf-8") as f:
        f.writelines(f"{up}/p{n}\n" for n in range(1, count + 1))
    return PlanFile(f"{here.site}/{_PATHS}", path, "data")
