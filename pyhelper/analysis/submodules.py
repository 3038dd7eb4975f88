"""What is in a package of the standard library, without another process.

``collect_submodules`` of PyInstaller's hooks imports a package and what is in it, for
that may change where it looks for modules, so it does in a child process. It is asked
for ``collections``, ``encodings`` and ``re`` in every analysis, each a start of Python
and PyInstaller that takes a fifth of a second. Those that this process has imported
already can say the same here.
"""

from __future__ import annotations

import os
import pkgutil
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_STDLIB = os.path.dirname(os.path.abspath(os.__file__))


def stay_here(*users: Any) -> None:
    """Replace ``collect_submodules`` in modules of PyInstaller that have that name."""
    for user in users:
        user.collect_submodules = here_if_possible(user.collect_submodules)


def here_if_possible(collect: Callable[..., list[str]]) -> Callable[..., list[str]]:
    """Return ``collect``, a ``collect_submodules``, that starts no process in vain."""

    def collect_submodules(package: str, *args: Any, **options: Any) -> list[str]:
        found = None if args or options else _submodules(package)
        return collect(package, *args, **options) if found is None else found

    return collect_submodules


def _submodules(package: str) -> list[str] | None:
    """Return a package and its modules, sorted; None if it takes more to tell."""
    path = getattr(sys.modules.get(package), "__path__", None)
    if path is None or list(path) != [os.path.join(_STDLIB, *package.split("."))]:
        return None
    modules = list(pkgutil.iter_modules(path, f"{package}."))
    if any(module.ispkg for module in modules):
        return None
    return sorted([package, *(module.name for module in modules)])
