"""Shared libraries that Python code loads by itself, with ctypes or cffi.

PyInstaller reads constant names out of code that uses ctypes: ``CDLL("libz.so.1")``,
``cdll.LoadLibrary(...)``, ``util.find_library("z")``. Three things are added here:

* ``ffi.dlopen("libz.so.1")``, what cffi calls it, wherever it is called;
* libraries that a package has among its own files and loads by their path,
  computed from ``__file__``: every ``lib*.so`` of a package with a module that
  uses ctypes or cffi. Hooks name them for the packages that somebody wrote a
  hook for;
* at run time names lead to the bundle before they lead to the machine, by
  run-time hooks for programs that have such libraries.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType

_LIBRARY = re.compile(r"lib.*\.(so(\.[0-9.]+)?|dylib)")
_LOADERS = ("ctypes", "cffi", "_cffi_backend")
_HOOKS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rthooks")


def complete(graph: Any, found: dict[str, str]) -> None:
    """Let ``graph``, PyInstaller's, give more code and hooks than it would.

    ``found`` is filled by the scan of that code, before run-time hooks are chosen.
    """
    using, choose = graph.get_code_using, graph.analyze_runtime_hooks
    collect = graph.make_hook_binaries_toc

    def get_code_using(module: str) -> dict[str, CodeType]:
        code: dict[str, CodeType] = using(module)
        if module == "ctypes":
            code.update(_with_name(graph, "dlopen"))
        return code

    def analyze_runtime_hooks(custom: Any) -> Any:
        hooks = graph._available_rthooks
        if found:
            hooks.setdefault("ctypes", []).append(os.path.join(_HOOKS, "bundled_libraries.py"))
        if found and _with_name(graph, "find_library"):
            hooks.setdefault("ctypes.util", []).append(os.path.join(_HOOKS, "bundled_names.py"))
        return choose(custom)

    def make_hook_binaries_toc() -> list[tuple[str, str, str]]:
        return [*collect(), *_beside(graph)]

    graph.get_code_using = get_code_using
    graph.make_hook_binaries_toc = make_hook_binaries_toc
    graph.analyze_runtime_hooks = analyze_runtime_hooks


def by_cffi(code: CodeType) -> list[tuple[str, str, str]]:
    """Return what ``code`` opens with cffi, as PyInstaller's scan of ctypes does."""
    if not _names(code, "dlopen"):
        return []
    from PyInstaller.depend import bytecode, utils  # noqa: PLC0415

    calls = (c for calls in bytecode.recursive_function_calls(code).values() for c in calls)
    named = {
        args[0]
        for name, args in calls
        if name.endswith(".dlopen") and args and isinstance(args[0], str) and "/" not in args[0]
    }
    libraries: list[tuple[str, str, str]] = utils._resolveCtypesImports(sorted(named))
    return libraries


def _beside(graph: Any) -> Iterator[tuple[str, str, str]]:
    """Yield the libraries of packages that load some, as entries of the toc."""
    loading = {name.partition(".")[0] for by in _LOADERS for name in graph.get_code_using(by)}
    for package in sorted(loading):
        node = graph.find_node(package, create_nspkg=False)
        for top in getattr(node, "packagepath", None) or ():
            if os.path.dirname(top) != os.path.dirname(os.__file__):  # the standard library's
                yield from _libraries(top)


def _libraries(top: str) -> Iterator[tuple[str, str, str]]:
    for directory, dirs, names in os.walk(top):
        dirs.sort()
        for name in sorted(filter(_LIBRARY.fullmatch, names)):
            path = os.path.join(directory, name)
            yield os.path.relpath(path, os.path.dirname(top)), path, "BINARY"


def _with_name(graph: Any, name: str) -> dict[str, CodeType]:
    """Return the code of every module that mentions ``name``, by its own."""
    nodes = ((str(node.identifier), getattr(node, "code", None)) for node in graph.nodes())
    return {
        identifier: code
        for identifier, code in nodes
        if code is not None and identifier.partition(".")[0] not in _LOADERS and _names(code, name)
    }


def _names(code: CodeType, name: str) -> bool:
    return name in code.co_names or any(
        _names(const, name) for const in code.co_consts if isinstance(const, type(code))
    )
