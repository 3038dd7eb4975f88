"""From a request to a plan: the steps, in order."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from pyhelper.analysis import (
    distributions,
    driver,
    files,
    graph,
    missing,
    places,
    scripts,
    startup,
    toc,
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
    workdir = os.path.realpath(request.workdir)
    paths, snippets = scripts.write(request, workdir)
    search = driver.open_path(workdir, root, tools)
    analysed = driver.run(out, search, workdir, paths)

    toc_file = os.path.join(analysed.directory, "Analysis-00.toc")
    found = toc.read(toc_file, toc.names_of_values())
    base = {str(node.identifier) for node in analysed.graph._base_modules}
    imports = graph.read(
        analysed.graph, scripts.stand_for(paths, snippets), base | set(startup.modules())
    )
    asked, guessed = _imports_of_snippets(request.snippets, imports)
    _require([*scripts.requested(request), *asked], imports)
    for module in guessed:
        out.warn(f"{module.positions[0]}: python module {module.name} not found")

    here = places.of_this_interpreter(search.target, search.own)
    installed = distributions.Installed(search.target)
    planned = _complete(files.of_toc(found, here), installed, here)
    planned = _with_reasons(planned, analysed)
    owners = sorted({f.distribution for f in planned} - {""}, key=str.lower)
    return Plan(
        python=places.python(),
        files=planned,
        distributions=[installed.describe(name) for name in owners],
        missing=missing.sort(imports),
        imports=imports.message(),
        toc=toc_file,
    )


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
    # Only a hidden import has no position: it comes from the command line.
    source = "" if first.positions else "--py-hidden-import: "
    raise Failed(
        f"{source}python module {first.name} not found" + (f" (nor {more})" if more else ""),
        hint=f"llgo build --py-requirement {top} … installs it for this build",
        module=first.name,
        positions=first.positions,
    )


def _not_found(imports: Graph) -> set[str]:
    return {name for name, state in imports.states.items() if state in {"missing", "invalid"}}


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
