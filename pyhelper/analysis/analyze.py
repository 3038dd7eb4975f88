"""From a request to a plan: the steps, in order."""

from __future__ import annotations

import gc
import importlib.machinery
import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from pyhelper.analysis import (
    contents,
    distributions,
    driver,
    farm,
    graph,
    missing,
    options,
    places,
    runtimehooks,
    scripts,
    startup,
)
from pyhelper.channel import Failed
from pyhelper.protocol import Module, Plan

if TYPE_CHECKING:
    from pyhelper.analysis.distributions import Installed
    from pyhelper.analysis.driver import Found
    from pyhelper.analysis.graph import Graph
    from pyhelper.analysis.places import Places
    from pyhelper.channel import Channel
    from pyhelper.protocol import Analyze, PlanFile, Snippet


def run(out: Channel, request: Analyze, root: str, tools: list[str]) -> Plan:
    """Analyse what ``request`` asks for in the interpreter this runs in."""
    gc.disable()  # a syntax tree has no cycles, and there are millions of nodes to look at
    workdir = os.path.realpath(request.workdir)
    paths, snippets = scripts.write(request, workdir)
    search = driver.open_path(workdir, root, tools, request.options.paths)
    options.check(request, search.target)
    analysed = driver.run(out, search, workdir, paths, request.options)

    found = analysed.toc
    base = {str(node.identifier) for node in analysed.graph._base_modules}
    hooks = [s.source for s in found.scripts if s.source not in paths]
    stand_for = {**scripts.stand_for(paths, snippets), **runtimehooks.modules(hooks)}
    imports = graph.read(analysed.graph, stand_for, base | set(startup.modules()))
    asked, guessed = _imports_of_snippets(request.snippets, imports)
    options.need(_excluded(request, imports), request.options)
    _require([*scripts.requested(request), *asked], imports)
    for module in guessed:
        out.warn(f"{module.positions[0]}: python module {module.name} not found")

    here = places.of_this_interpreter(search.target, search.own, search.hooks)
    installed = distributions.Installed(search.target)
    planned = _complete(contents.files_of(request, found, hooks, here), installed, here)
    planned = _with_reasons(planned, analysed)
    if request.options.farm:
        planned = farm.arrange(planned, here, workdir)
    imports.start(f.module for f in planned if options.is_below(f.module, [_START]))
    owners = sorted({f.distribution for f in planned} - {""}, key=str.lower)
    return Plan(
        python=places.python(),
        files=planned,
        distributions=[installed.describe(name) for name in owners],
        missing=[
            replace(m, reason="excluded")
            if options.is_below(m.module, request.options.excludes)
            else m
            for m in missing.sort(imports)
        ],
        imports=imports.message(),
        toc=analysed.toc_file,
        made=analysed.codes.write(planned, request.bytecode) if request.bytecode else [],
    )


_START = Module(runtimehooks.PACKAGE)


def _complete(planned: list[PlanFile], installed: Installed, here: Places) -> list[PlanFile]:
    """Add origins and metadata; one file for each place, sorted."""
    planned = distributions.with_owners(planned, installed, here)
    for name in sorted({f.distribution for f in planned} - {""}):
        planned.extend(installed.metadata_files(name, here))
    # The same dest twice is the same file found twice (a hook's copy of
    # metadata, a library that two packages need); the first is as good.
    unique: dict[str, PlanFile] = {}
    for file in planned:
        if not distributions.is_installers(file.dest):
            unique.setdefault(file.dest, file)
    return [unique[dest] for dest in sorted(unique)]


def _with_reasons(planned: list[PlanFile], analysed: Found) -> list[PlanFile]:
    """Return the files with the module that asks for each that is none itself."""
    modules = {f.source: f.module for f in planned if f.module}
    wanted = {source: modules.get(by, "") for source, by in analysed.ctypes.items()}
    wanted.update(graph.asked_for(analysed.graph))
    return [
        f if f.module else replace(f, asked_by=wanted.get(os.path.abspath(f.source), ""))
        for f in planned
    ]


def _require(requested: list[Module], imports: Graph) -> None:
    """Fail if a module the program asks for is missing."""
    names = _not_found(imports)
    lacking = [m for m in requested if m.name in names or m.name.split(".")[0] in names]
    if not lacking:
        return
    first, more = lacking[0], ", ".join(m.name for m in lacking[1:])
    top = first.name.split(".")[0]
    if top in names and top in getattr(sys, "stdlib_module_names", ()):
        raise Failed(
            f"python module {first.name} is part of the standard library,"
            f" but {sys.executable} was built without it",
            hint="llgo build --py-python … takes another CPython",
            module=first.name,
            positions=first.positions,
        )
    raise Failed(
        f"python module {first.name} not found" + (f" (nor {more})" if more else ""),
        module=first.name,
        positions=first.positions,
        missing=_not_installed([m.name for m in lacking], names),
    )


def _not_installed(lacking: list[str], absent: set[str]) -> list[str]:
    """Return those that no distribution has, if the first is one of them.

    A package that is there and lacks a module is something else, unless many
    distributions share it (PEP 420), as they do "google".
    """

    def is_shared(package: str) -> bool:
        spec = importlib.machinery.PathFinder.find_spec(package)
        return spec is not None and spec.origin is None

    found = [m for m in lacking if m.split(".")[0] in absent or is_shared(m.split(".")[0])]
    return list(dict.fromkeys(found)) if lacking[0] in found else []


def _not_found(imports: Graph) -> set[str]:
    return {name for name, state in imports.states.items() if state in {"missing", "invalid"}}


def _excluded(request: Analyze, imports: Graph) -> list[Module]:
    """Return what a literal always imports and was left out."""
    by_node = {scripts.node_of(snippet): snippet for snippet in request.snippets}
    return [
        Module(edge.name, [by_node[edge.importer].name])
        for edge in imports.imports
        if edge.importer in by_node
        and edge.how == graph.PLAIN
        and imports.states.get(edge.name) == "excluded"
        and scripts.parses(by_node[edge.importer].code)
    ]


def _imports_of_snippets(
    snippets: list[Snippet], imports: Graph
) -> tuple[list[Module], list[Module]]:
    """Return what Python in literals imports in vain: surely, and perhaps.

    An import at the top level of a literal fails when the program runs it. But a
    literal that is no Python as it stands (a template) may become anything, and
    a name that a package does not have as a module it may have as an attribute.
    """
    surely: list[Module] = []
    perhaps: list[Module] = []
    absent = _not_found(imports)
    by_node = {scripts.node_of(snippet): snippet for snippet in snippets}
    for edge in sorted(set(imports.imports), key=lambda edge: edge.name):
        snippet = by_node.get(edge.importer)
        if snippet and edge.name in absent and edge.how == graph.PLAIN and not edge.attribute:
            found = surely if scripts.parses(snippet.code) else perhaps
            found.append(Module(edge.name, [snippet.name]))
    return surely, perhaps
