"""What the user adds to an analysis and takes away from it.

All of it goes through PyInstaller's own machinery, as its flags of the same
names do: this module writes the arguments of Analysis. What it checks before,
PyInstaller would only log: that a package to collect is there, is a package, and
that nothing is excluded without which there is no Python, or no program.
"""

from __future__ import annotations

import ast
import json
import os
import pkgutil
import sys
from importlib import metadata
from typing import TYPE_CHECKING, NamedTuple

from pyhelper.channel import Failed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyhelper.protocol import Analyze, Collect, Module, Options

# How the spec file collects each kind; x is the name, as a literal. The flags of
# PyInstaller mean the same.
COLLECT = {
    "submodules": "hidden += hooks.collect_submodules({x})",
    "data": "datas += hooks.collect_data_files({x})",
    "binaries": "binaries += hooks.collect_dynamic_libs({x})",
    "all": "d, b, h = hooks.collect_all({x}); datas += d; binaries += b; hidden += h",
    "metadata": "datas += hooks.copy_metadata({x})",
    "metadata of all": "datas += hooks.copy_metadata({x}, recursive=True)",
}
_OF_DISTRIBUTIONS = {"metadata", "metadata of all"}

# Beside the spec file, since tens of thousands of files make a syntax tree of hundreds of
# megabytes there.
_ADDITIONS = "additions.json"

_SPEC = """\
import json, os
import PyInstaller.utils.hooks as hooks
with open(os.path.join(SPECPATH, {additions!r}), encoding="ascii") as f:
    datas, binaries = json.load(f)
hidden = {hidden!r}
{collect}
Analysis(
    {scripts!r},
    datas=datas,
    binaries=binaries,
    hiddenimports=hidden,
    hookspath={hookspath!r},
    runtime_hooks={runtime_hooks!r},
    excludes={excludes!r},
    optimize=0,
)
"""

# Imported before the first line of a program, or by the interpreter's C code.
_ESSENTIAL = frozenset(
    {
        *("_collections_abc", "_sitebuiltins", "abc", "codecs", "encodings", "genericpath"),
        *("importlib", "io", "os", "posixpath", "site", "stat", "types", "warnings"),
    }
)


class Found(NamedTuple):
    """A module that is there; ``path`` is where modules of it are, if it is a package.

    ``is_shared`` says that distributions have it together (a namespace of PEP 420).
    """

    path: list[str] | None
    is_shared: bool = False


def spec(options: Options, scripts: list[str], hidden: list[str], hooks: str) -> str:
    """Return a spec file, to lie where ``write_additions`` writes.

    ``hidden`` and the directory ``hooks`` are the helper's own.
    """
    return _SPEC.format(
        scripts=scripts,
        hidden=hidden,
        additions=_ADDITIONS,
        collect="\n".join(COLLECT[c.what].format(x=repr(c.name)) for c in options.collect),
        hookspath=[*options.hook_dirs, hooks],
        runtime_hooks=options.runtime_hooks,
        excludes=[module.name for module in options.excludes],
    )


def write_additions(options: Options, directory: str) -> None:
    """Write what the spec file reads: datas and binaries, each (source, dest)."""
    datas = [(a.source, a.dest) for a in options.additions if not a.binary]
    binaries = [(a.source, a.dest) for a in options.additions if a.binary]
    with open(os.path.join(directory, _ADDITIONS), "w", encoding="ascii") as f:
        json.dump([datas, binaries], f)


def check(request: Analyze, search: list[str]) -> None:
    """Fail if the options cannot be carried out with what ``search`` has."""
    for collect in request.options.collect:
        if collect.what in _OF_DISTRIBUTIONS:
            _check_distribution(collect, search)
        else:
            _check_package(collect, search)
    for module in request.options.excludes:
        if module.name.split(".")[0] in _ESSENTIAL:
            raise Failed(f"{module.name} cannot be excluded: python does not start without it",
                         positions=module.positions)  # fmt: skip
    for directory in request.options.hook_dirs:
        _check_hooks(os.path.join(directory, "rthooks.dat"), os.path.join(directory, "rthooks"))
    need(request.modules, request.options)


def need(modules: list[Module], options: Options) -> None:
    """Fail if one of ``modules``, which the program needs, is excluded."""
    for module in modules:
        if is_below(module.name, options.excludes):
            where = _origin(options.excludes, module.name)
            raise Failed(
                f"python module {module.name} is needed here and excluded by {where}",
                module=module.name,
                positions=module.positions,
            )


def is_below(name: str, modules: Iterable[Module]) -> bool:
    """Is ``name`` one of the modules, or in one of them?"""
    return any(name == m.name or name.startswith(m.name + ".") for m in modules)


def _origin(modules: list[Module], name: str) -> str:
    return next(m.positions[0] for m in modules if is_below(name, [m]) and m.positions)


def _check_hooks(path: str, directory: str) -> None:
    """Check a list of run-time hooks, which PyInstaller would ignore or stumble over."""
    if not os.path.isfile(path):
        return
    names = _listed(path)
    if names is None:
        raise Failed(f"{path} must be a dictionary of modules and lists of files in rthooks")
    for name in names:
        if not os.path.isfile(os.path.join(directory, name)):
            raise Failed(f"{path} names {name}, which is not in {directory}")


def _listed(path: str) -> list[str] | None:
    """Return the names of files in an rthooks.dat, None if it is not such a file."""
    try:
        with open(path, encoding="utf-8") as f:
            hooks = ast.literal_eval(f.read())
    except (ValueError, SyntaxError):
        return None
    if not isinstance(hooks, dict) or not all(isinstance(v, list) for v in hooks.values()):
        return None
    names = [name for names in hooks.values() for name in names]
    return names if all(isinstance(name, str) for name in names) else None


def _check_package(collect: Collect, search: list[str]) -> None:
    found = find(collect.name, search)
    if found is None:
        raise Failed(
            f"python package {collect.name} not found",
            module=collect.name,
            positions=[collect.origin],
            missing=[collect.name] if _may_be_added(collect.name, search) else [],
        )
    if found.path is None:
        raise Failed(
            f"{collect.name} is a module and not a package: it has nothing to collect",
            hint=f"--py-hidden-import {collect.name}",
            module=collect.name,
            positions=[collect.origin],
        )


def _may_be_added(name: str, search: list[str]) -> bool:
    """Can another distribution have ``name``? Not if its top package is there and whole."""
    top = name.partition(".")[0]
    found = find(top, search)
    if found is None:
        return top not in getattr(sys, "stdlib_module_names", ())
    return found.is_shared


def _check_distribution(collect: Collect, search: list[str]) -> None:
    if not any(metadata.distributions(name=collect.name, path=search)):
        raise Failed(
            f"distribution {collect.name} is not installed",
            hint=f"llgo py add {collect.name}",
            positions=[collect.origin],
        )


def find(name: str, search: list[str]) -> Found | None:
    """Find a module on a path without importing the packages it is in."""
    path: list[str] | None = search
    found = None
    for part in name.split("."):
        found = None if path is None else _find_one(part, path)
        if found is None:
            return None
        path = found.path
    return found


def _find_one(part: str, path: list[str]) -> Found | None:
    portions: list[str] = []  # of a namespace package (PEP 420)
    for finder in filter(None, map(pkgutil.get_importer, path)):
        spec = finder.find_spec(part)
        if spec is None:
            continue
        locations = spec.submodule_search_locations
        if spec.loader is not None:
            return Found(None if locations is None else list(locations))
        portions += locations or ()
    return Found(portions, is_shared=True) if portions else None
