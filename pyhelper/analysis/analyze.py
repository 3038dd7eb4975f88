"""From a request to a plan: the steps, in order."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pyhelper.analysis import distributions, driver, files, places, scripts, toc, warnfile
from pyhelper.channel import Failed
from pyhelper.protocol import Module, Plan

if TYPE_CHECKING:
    from pyhelper.analysis.distributions import Installed
    from pyhelper.analysis.places import Places
    from pyhelper.channel import Channel
    from pyhelper.protocol import Analyze, Missing, PlanFile, Snippet


def run(out: Channel, request: Analyze, root: str, tools: list[str]) -> Plan:
    """Analyse what ``request`` asks for in the interpreter this runs in."""
    workdir = os.path.realpath(request.workdir)
    paths, snippets = scripts.write(request, workdir)
    search = driver.open_path(workdir, root, tools)
    directory = driver.run(out, search, workdir, paths)

    toc_file = os.path.join(directory, "Analysis-00.toc")
    found = toc.read(toc_file, toc.names_of_values())
    missing = warnfile.read(os.path.join(directory, "warn-llgo.txt"))
    asked, guessed = _imports_of_snippets(snippets, missing)
    _require([*scripts.requested(request), *asked], missing)
    for module in guessed:
        out.warn(f"{module.positions[0]}: python module {module.name} not found")

    here = places.of_this_interpreter(search.target, search.own)
    installed = distributions.Installed(search.target)
    planned = _complete(files.of_toc(found, here), installed, here)
    stdlib = {m.name for m in found.modules if here.in_stdlib(m.source)}
    owners = sorted({f.distribution for f in planned} - {""}, key=str.lower)
    return Plan(
        python=places.python(),
        files=planned,
        distributions=[installed.describe(name) for name in owners],
        missing=warnfile.worth_telling(missing, {m.name for m in found.modules}, stdlib),
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


def _require(requested: list[Module], missing: list[Missing]) -> None:
    """Fail if a module the program asks for is missing."""
    names = {m.module for m in missing}
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


def _imports_of_snippets(
    snippets: dict[str, Snippet], missing: list[Missing]
) -> tuple[list[Module], list[Module]]:
    """Return what Python in literals imports in vain: surely, and perhaps.

    An import at the top level of a literal fails when the program runs it. But a
    literal that is no Python as it stands (a template) may become anything.
    """
    surely: list[Module] = []
    perhaps: list[Module] = []
    for entry in missing:
        for importer in entry.importers:
            snippet = snippets.get(os.path.splitext(os.path.basename(importer))[0])
            if snippet and not entry.optional:
                found = surely if scripts.parses(snippet.code) else perhaps
                found.append(Module(entry.module, [snippet.name]))
    return surely, perhaps
