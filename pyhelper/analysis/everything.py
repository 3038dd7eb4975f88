"""``--py-deps=all``: the whole environment, for programs that import computed names.

Every module of the standard library and of site-packages becomes a hidden
import, so that PyInstaller finds what each needs and runs its hooks; every other
file of site-packages follows as it is. What stays behind: test suites and tools
of the standard library, pip, and what the installer left for itself.
"""

from __future__ import annotations

import os
from importlib.machinery import all_suffixes
from typing import TYPE_CHECKING

from pyhelper.analysis import options
from pyhelper.analysis.distributions import is_installers
from pyhelper.protocol import PlanFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyhelper.analysis.places import Places
    from pyhelper.protocol import Module

# Of the standard library: suites, and programs that are no libraries.
_NOT_LIBRARY = frozenset(
    {
        *("test", "tests", "idlelib", "turtledemo", "ensurepip", "__phello__"),
        *("site-packages", "dist-packages", "antigravity", "this", "pydoc_data", "idle_test"),
        *("_ctypes_test", "_testbuffer", "_testcapi", "_testclinic", "_testclinic_limited"),
        *(
            "_testexternalinspection",
            "_testimportmultiple",
            "_testinternalcapi",
            "_testlimitedcapi",
        ),
        *("_testmultiphase", "_testsinglephase", "_xxtestfuzz", "xxlimited", "xxlimited_35"),
    }
)
# Of site-packages: the installer, and what virtualenv leaves for its own start.
_OF_INSTALLERS = frozenset({"pip", "_virtualenv", "__pycache__", "_distutils_hack"})
_NATIVE = (b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")


def modules(search: list[str], stdlib: tuple[str, ...], excludes: list[Module]) -> list[str]:
    """Return the names of all modules on a path, packages before what is in them."""
    names: dict[str, None] = {}
    for directory in search:
        skip = (
            _NOT_LIBRARY
            if directory.startswith(stdlib) and _is_plain(directory)
            else _OF_INSTALLERS
        )
        if os.path.isdir(directory):
            names.update(dict.fromkeys(_modules(directory, "", skip)))
    return [name for name in names if not options.is_below(name, excludes)]


def library(search: list[str], stdlib: tuple[str, ...]) -> list[str]:
    """Return the directories of the standard library on a path."""
    return [d for d in search if d.startswith(stdlib) and _is_plain(d)]


def _is_plain(directory: str) -> bool:
    return os.path.basename(directory) not in {"site-packages", "dist-packages"}


def _modules(directory: str, package: str, skip: frozenset[str]) -> Iterator[str]:
    for entry in sorted(os.scandir(directory), key=lambda e: e.name):
        name = entry.name
        if entry.is_dir():
            if name.isidentifier() and name not in skip:
                inside = list(_modules(entry.path, f"{package}{name}.", skip))
                yield from [package + name, *inside] if inside else []
            continue
        suffix = next((s for s in all_suffixes() if name.endswith(s)), "")
        stem = name[: len(name) - len(suffix)] if suffix else ""
        if stem.isidentifier() and stem not in skip:
            yield package.rstrip(".") if stem == "__init__" else package + stem


def rest(planned: list[PlanFile], places: Places, excludes: list[Module]) -> Iterator[PlanFile]:
    """Yield the files of site-packages that no module, hook or library asked for."""
    have = {os.path.realpath(f.source) for f in planned if f.source}
    for root in dict.fromkeys(os.path.realpath(s) for s in places.sites if not _is_plain(s)):
        for path in _files(root):
            inside = os.path.relpath(path, root).replace(os.sep, "/")
            dotted = inside.replace("/", ".")
            if os.path.realpath(path) in have or options.is_below(dotted, excludes):
                continue
            kind = "library" if _is_native(path) else "data"
            yield PlanFile(f"{places.site}/{inside}", path, kind)


def _files(root: str) -> Iterable[str]:
    for directory, names, bases in os.walk(root):
        names[:] = sorted(n for n in names if not _is_of_installers(n))
        for base in sorted(bases):
            if not (base.endswith((".pth", ".pyc")) or _is_of_installers(base)):
                path = os.path.join(directory, base)
                if not is_installers(path.replace(os.sep, "/")):
                    yield path


def _is_of_installers(name: str) -> bool:
    return name.partition(".")[0] in _OF_INSTALLERS or name.startswith("pip-")


def _is_native(path: str) -> bool:
    with open(path, "rb") as f:
        return f.read(4) in _NATIVE
