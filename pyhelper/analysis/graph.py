"""Who imports whom: PyInstaller's graph of imports, in words of the protocol.

Of the graph no file is written that says all of it: the warn file has the
missing modules only, the cross-reference no word on how an import is written.
So this is read from the graph itself, by the few names of it that have been
there for a decade: ``iter_graph``, ``get_edges``, ``edgeData``, ``identifier``,
``code`` and the types of its nodes.

Three things of it are not imports and become what they are:

* the script that stands in for the program imports what the program asks for
  (``<program>``) and, by PyInstaller's doing, what an interpreter needs on its
  own way up (``<startup>``);
* ``from package import name`` makes the graph say that ``package`` imports
  ``package.name``, too. Where the package's own code has no such name, it does not;
* what an extension module imports is a guess: C code cannot be read, so
  PyInstaller takes the imports of the stub (``.pyi``) beside it, of which many
  are for type checkers only.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pyhelper.analysis import suppressed
from pyhelper.protocol import ImportedModule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PROGRAM = "<program>"
STARTUP = "<startup>"

# How an import is written; see protocol.ImportedModule.
PLAIN, TRY, IF, DELAYED, HOOK, STUB, PACKAGE = "i", "t", "c", "d", "h", "s", "p"

_RANK = PLAIN + PACKAGE + IF + DELAYED + TRY + HOOK + STUB

_STATES = {
    "MissingModule": "missing",
    "InvalidSourceModule": "invalid",
    "InvalidCompiledModule": "invalid",
    "InvalidRelativeImport": "invalid",
    "ExcludedModule": "excluded",
}


@dataclass(frozen=True)
class Import:
    """One edge: ``importer`` imports ``name``; ``attribute``: by ``from … import``."""

    importer: str
    name: str
    how: str
    attribute: bool = False


@dataclass
class Graph:
    """All modules by name, with their state, and all imports."""

    states: dict[str, str] = field(default_factory=dict)
    imports: list[Import] = field(default_factory=list)

    def importers(self) -> dict[str, list[Import]]:
        """Return the imports of each module, both sorted by name."""
        found: dict[str, dict[str, Import]] = {name: {} for name in sorted(self.states)}
        # Two literals may be the same; what is written plainly anywhere comes first.
        ranked = sorted(self.imports, key=lambda e: (e.name, e.importer, _RANK.index(e.how)))
        for edge in ranked:
            found[edge.name].setdefault(edge.importer, edge)
        return {name: list(edges.values()) for name, edges in found.items()}

    def start(self, modules: Iterable[str]) -> None:
        """Add modules that run at the start of the program, not found by an import."""
        for name in modules:
            self.states.setdefault(name, "")
            self.imports.append(Import(STARTUP, name, PLAIN))

    def message(self) -> list[ImportedModule]:
        """Return the graph as the plan carries it."""
        importers = self.importers()
        index = {name: i for i, name in enumerate(importers)}
        return [
            ImportedModule(
                name,
                importers=[index[edge.importer] for edge in edges],
                how="".join(edge.how for edge in edges),
                state=self.states[name],
            )
            for name, edges in importers.items()
        ]


def read(found: Any, scripts: dict[str, str], startup: set[str]) -> Graph:
    """Read PyInstaller's graph ``found``.

    ``scripts`` maps the paths of the scripts it was shown to what they stand
    for; the first stands for the program. ``startup`` are the modules that
    were added to it for the interpreter's sake.
    """
    graph = Graph({PROGRAM: "", STARTUP: "", **dict.fromkeys(scripts.values(), "")})
    nodes = [n for n in found.iter_graph(start=found._top_script_node) if n is not None]
    names = {id(n): _name(n, scripts) for n in nodes}
    for node in nodes:
        graph.states.setdefault(names[id(node)], _STATES.get(type(node).__name__, ""))
        outgoing, _incoming = found.get_edges(node)
        for target in {id(t): t for t in outgoing if id(t) in names}.values():
            data = found.edgeData(node, target)
            if target is node or _is_script(target) or _is_artefact(node, target, data):
                continue
            importer, name = names[id(node)], names[id(target)]
            edge = Import(importer, name, _how(node, importer, name, data), _by_from(data))
            graph.imports.extend([edge] if importer != PROGRAM else _split(edge, node, startup))
    return graph


def _split(edge: Import, script: Any, startup: set[str]) -> Iterator[Import]:
    """Tell what the program asks for from what the interpreter needs."""
    if edge.name in startup:
        yield Import(STARTUP, edge.name, PLAIN)
    # One edge may be both; then the script's own lines tell.
    named = edge.name in _imported_by(script)
    if edge.name not in startup or named:
        # What is not in its lines, an option collects: nobody knows that it is imported.
        yield replace(edge, importer=PROGRAM, how=PLAIN if named else HOOK)


def _how(node: Any, importer: str, name: str, data: Any) -> str:
    if importer.startswith(name + "."):
        return PACKAGE
    if not hasattr(data, "tryexcept"):  # a hook's hidden import, or PyInstaller's own table
        return HOOK
    if type(node).__name__ in {"Extension", "ExtensionPackage"}:
        return STUB
    return _guard(node, name, data)


def _guard(node: Any, name: str, data: Any) -> str:
    path = getattr(node, "filename", None) or ""
    if data.tryexcept or (path.endswith(".py") and name in suppressed.imports(path)):
        return TRY
    if data.function:
        return DELAYED
    return IF if data.conditional else PLAIN


def _name(node: Any, scripts: dict[str, str]) -> str:
    # Of a name that is missing modulegraph keeps the quotes of the ImportError.
    name = str(node.identifier).strip("'\"")
    return scripts.get(name, name)


def _is_script(node: Any) -> bool:
    return type(node).__name__ == "Script"


def _by_from(data: Any) -> bool:
    return bool(getattr(data, "fromlist", False))


def _is_artefact(node: Any, target: Any, data: Any) -> bool:
    """Does the graph say so only since another module has ``from node import target``?"""
    package, _, base = str(target.identifier).rpartition(".")
    if package != str(node.identifier) or not _by_from(data):
        return False
    return base not in _names(node.code)


def _names(code: Any) -> set[str]:
    """Return every name that a code object uses, and the parts of dotted ones."""
    if code is None:
        return set()
    names = {part for name in code.co_names for part in name.split(".")}
    for constant in code.co_consts:
        if hasattr(constant, "co_names"):
            names |= _names(constant)
    return names


def _imported_by(script: Any) -> set[str]:
    """Return the modules that the program's script names, and their packages."""
    names = {str(name) for name in script.code.co_names}
    return names | {name[:i] for name in names for i, c in enumerate(name) if c == "."}


def guard_hooks(found: Any) -> None:
    """Keep an import's own record when a hook asks for the same one as well.

    PyInstaller overwrites it; then nothing tells any more how the import is written.
    """
    update = found._updateReference

    def update_reference(source: Any, target: Any, edge_data: Any) -> None:
        if edge_data is None and source is not None and _is_import(found, source, target):
            return
        update(source, target, edge_data)

    found._updateReference = update_reference


def _is_import(found: Any, source: Any, target: Any) -> bool:
    try:
        return hasattr(found.edgeData(source, target), "tryexcept")
    except Exception:  # KeyError, or altgraph's own GraphError
        return False


def asked_for(found: Any) -> dict[str, str]:
    """Return which module's hook asks for a file: absolute source to module.

    A hook lists files as (destination, source) pairs in its final form.
    """
    cache = found._additional_files_cache
    wanted: dict[str, str] = {}
    for files in (cache._binaries, cache._datas):
        for module in sorted(files):
            for entry in files[module]:
                wanted.setdefault(os.path.abspath(str(entry[1])), module)
    return wanted
