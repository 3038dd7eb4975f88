"""Plugins: modules that nothing but the entry points of a distribution names.

A program that says ``entry_points(group="keyring.backends")`` imports what the
installed distributions offer in that group, and no import statement tells. The
group's name does: where it is a constant in a module of the program, the modules
behind its entry points belong to the program as well (and with a file of a
distribution travels its metadata, which the program will ask).

Format: https://packaging.python.org/en/latest/specifications/entry-points/
"""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING, Any

from pyhelper.outline import code_strings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType

# An installer reads these, to write commands into bin/; programs do not.
_COMMANDS = frozenset({"console_scripts", "gui_scripts"})


class Plugins:
    """The entry points of the distributions on a path, by group."""

    def __init__(self, search: list[str]) -> None:
        self._modules: dict[str, set[str]] = {}
        for dist in metadata.distributions(path=search):
            for entry in dist.entry_points:
                if entry.group not in _COMMANDS:
                    module = entry.value.partition(":")[0].strip()
                    self._modules.setdefault(entry.group, set()).add(module)
        self._seen: set[int] = set()  # of code objects, which the graph keeps

    def asked_for(self, codes: Iterator[CodeType]) -> list[str]:
        """Return the modules of every group that new ones of ``codes`` name, sorted."""
        groups: set[str] = set()
        for code in codes:
            if id(code) not in self._seen:
                self._seen.add(id(code))
                groups.update(self._modules.keys() & set(code_strings(code)))
        return sorted(module for group in groups for module in self._modules.pop(group))


def complete(graph: Any, search: list[str]) -> None:
    """Let ``graph``, PyInstaller's, take in plugins before and after it runs hooks."""
    plugins = Plugins(search)
    run_hooks = graph.process_post_graph_hooks

    def with_plugins(analysis: Any) -> None:
        run_hooks(analysis)  # they may import what asks for plugins, and the other way round
        while modules := plugins.asked_for(_codes(graph)):
            graph.add_hiddenimports(modules)
            run_hooks(analysis)

    graph.process_post_graph_hooks = with_plugins


def _codes(graph: Any) -> Iterator[CodeType]:
    for node in graph.nodes():
        code = getattr(node, "code", None)
        if code is not None:
            yield code
