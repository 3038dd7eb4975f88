"""Which files a plan has: those found, what options add, and what they take away."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pyhelper.analysis import everything, files, options, runtimehooks
from pyhelper.binaries import policy

if TYPE_CHECKING:
    from pyhelper.analysis.places import Places
    from pyhelper.analysis.toc import Toc
    from pyhelper.protocol import Addition, Analyze, Options, PlanFile


def files_of(request: Analyze, found: Toc, hooks: list[str], here: Places) -> list[PlanFile]:
    """Return all files but metadata: those found, what the options add, and the hooks."""
    wanted = request.options
    added = frozenset((_name_of(a), os.path.normpath(a.source)) for a in wanted.additions)
    planned = files.of_toc(found, here, added)
    if wanted.everything:
        planned += everything.rest(planned, here, wanted.excludes)
    additions = frozenset(source for _, source in added)
    planned = [f for f in planned if not _is_excluded(f, wanted, additions, here)]
    own = (f.source for f in planned if f.module and not here.in_stdlib(f.source))
    assumed = bool(hooks or added or runtimehooks.mentions(own, (s.code for s in request.snippets)))
    fallback = any(f.dest.startswith(policy.FALLBACK + "/") for f in planned)
    if assumed or fallback:
        work = os.path.realpath(request.workdir)
        planned += runtimehooks.files(hooks, work, here, fallback=fallback, assumed=assumed)
    if runtimehooks.want_libraries(hooks):
        planned += files.for_hooks(planned, here)
    return planned


def _name_of(addition: Addition) -> str:
    base = os.path.basename(addition.source)
    return os.path.normpath(os.path.join(addition.dest, base))


def _is_excluded(file: PlanFile, wanted: Options, additions: frozenset[str], here: Places) -> bool:
    """Is it an excluded module, or data in an excluded package that nobody added?

    PyInstaller's excludes keep a module out of the graph of imports, not its data
    out of what a hook collects.
    """
    if file.module:
        return options.is_below(file.module, wanted.excludes)
    tops = (here.site, f"lib/{here.libdir_name}")
    inside = next((file.dest[len(t) + 1 :] for t in tops if file.dest.startswith(t + "/")), "")
    return file.source not in additions and options.is_below(
        inside.replace("/", "."), wanted.excludes
    )
