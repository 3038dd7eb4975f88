"""Where files are on this machine, and where they belong in the bundle.

In the bundle (paths relative to its ``python`` directory):

    lib/python3.X                    the standard library
    lib/python3.X/lib-dynload        its extension modules
    lib/python3.X/site-packages      everything installed
    lib                              shared libraries of the machine

On the machine the same four are anywhere: a venv keeps its packages apart from
the library, Debian has dist-packages beside it, pyenv site-packages inside it.
"""

from __future__ import annotations

import os
import platform
import sys
import sysconfig
from dataclasses import dataclass

from pyhelper import neutral
from pyhelper.protocol import Python


@dataclass(frozen=True)
class Places:
    """The machine's directories (absolute) and the name of the library's."""

    libdir_name: str  # python3.14, python3.14t
    stdlib: tuple[str, ...]  # with symlinks and without
    sites: tuple[str, ...]  # every other directory modules come from
    own: tuple[str, ...]  # what the helper brought: never part of a program
    hooks: tuple[str, ...] = ()  # but for these: modules for run-time hooks

    def is_own(self, path: str) -> bool:
        """Is it a file of the helper's tools?"""
        return relative(path, self.own) is not None and relative(path, self.hooks) is None

    def in_stdlib(self, path: str) -> bool:
        """Is it a file of the standard library?

        Packages are often installed below it, so its inside is not enough.
        """
        inside = relative(path, self.stdlib)
        if inside is None:
            return False
        return inside.split("/")[0] not in {"site-packages", "dist-packages"}

    def top(self, path: str) -> str:
        """Return the bundle's directory that modules from ``path`` belong under."""
        stdlib = f"lib/{self.libdir_name}"
        return stdlib if self.in_stdlib(path) else f"{stdlib}/site-packages"

    @property
    def site(self) -> str:
        """The bundle's site-packages."""
        return f"lib/{self.libdir_name}/site-packages"

    @property
    def dynload(self) -> str:
        """The bundle's directory of the library's extension modules."""
        return f"lib/{self.libdir_name}/lib-dynload"


def relative(path: str, roots: tuple[str, ...]) -> str | None:
    """Return ``path`` below the innermost root that holds it, or None."""
    below = [path[len(root) + 1 :] for root in roots if path.startswith(root + os.sep)]
    return min(below, key=len).replace(os.sep, "/") if below else None


def of_this_interpreter(search: list[str], own: list[str], hooks: list[str]) -> Places:
    """Describe the running interpreter; ``search`` is its own ``sys.path``."""
    stdlib = _variants([os.path.dirname(os.__file__)])
    dirs = [p for p in search if os.path.isdir(p) and os.path.basename(p) != "lib-dynload"]
    sites = tuple(p for p in _variants(dirs) if p not in stdlib)
    return Places(_libdir_name(), stdlib, sites, _variants(own), _variants(hooks))


def _variants(paths: list[str]) -> tuple[str, ...]:
    """Each path absolute, and with its symlinks resolved where that differs."""
    both = ((os.path.abspath(p), os.path.realpath(p)) for p in paths)
    return tuple(dict.fromkeys(p for pair in both for p in pair))


def _libdir_name() -> str:
    threads = "t" if sysconfig.get_config_var("Py_GIL_DISABLED") else ""
    return f"python{sys.version_info.major}.{sys.version_info.minor}{threads}"


def python() -> Python:
    """Describe the running interpreter for the plan."""
    return Python(
        version=platform.python_version(),
        abiflags=getattr(sys, "abiflags", ""),
        soabi=str(sysconfig.get_config_var("SOABI") or ""),
        platform=sysconfig.get_platform(),
        stdlib=os.path.dirname(os.path.abspath(os.__file__)),
        libdir_name=_libdir_name(),
        neutral=list(neutral.of_this_interpreter().pairs),
    )
