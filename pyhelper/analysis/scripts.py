"""The scripts PyInstaller is shown in place of the Go program.

One imports every module the program asks for; one for each literal of Python
source the program runs.
"""

from __future__ import annotations

import ast
import hashlib
import keyword
import os
import re
from typing import TYPE_CHECKING

from pyhelper.analysis.graph import PROGRAM
from pyhelper.channel import Failed

if TYPE_CHECKING:
    from pyhelper.protocol import Analyze, Module, Snippet

# Names no module of a program has: the directory of the scripts is searched.
_ENTRY = "llgo_pyhelper_entry"
_SNIPPET = "llgo_pyhelper_snippet_{:03d}"

_IMPORT_LINE = re.compile(r"^\s*(import\s+\w|from\s+\w[\w.]*\s+import\s)")


def write(request: Analyze, directory: str) -> tuple[list[str], dict[str, Snippet]]:
    """Write the scripts; return their paths and which of them is which snippet."""
    lines = [f"import {_checked(module)}\n" for module in requested(request)]
    snippets = {_SNIPPET.format(i): s for i, s in enumerate(request.snippets)}
    sources = {_ENTRY: "".join(lines) or "pass\n"}
    sources.update((name, _importable(s.code)) for name, s in snippets.items())
    return [_write(directory, name, text) for name, text in sources.items()], snippets


def stand_for(paths: list[str], snippets: dict[str, Snippet]) -> dict[str, str]:
    """Return what each script is in the graph of imports: the program or a snippet."""
    return {path: _node(snippets.get(_stem(path))) for path in paths}


def node_of(snippet: Snippet) -> str:
    """Return the name of a snippet in the graph: by content, its place may change."""
    code = snippet.code.encode("utf-8", "surrogateescape")
    return f"<snippet:{hashlib.sha256(code).hexdigest()[:12]}>"


def _node(snippet: Snippet | None) -> str:
    return node_of(snippet) if snippet else PROGRAM


def _stem(path: str) -> str:
    return os.path.splitext(os.path.basename(path))[0]


def requested(request: Analyze) -> list[Module]:
    """Return what must exist, once each."""
    return list({m.name: m for m in request.modules}.values())


def _checked(module: Module) -> str:
    parts = module.name.split(".")
    if all(p.isidentifier() and not keyword.iskeyword(p) for p in parts):
        return module.name
    raise Failed(
        f"{module.name!r} is not the name of a python module",
        hint="a module is named like package.module",
        module=module.name,
        positions=module.positions,
    )


def _importable(code: str) -> str:
    """Return ``code``, or its import lines if it is not Python as it stands.

    A literal may be a template or half of a program; its imports still count.
    """
    if parses(code):
        return code
    lines = (line.strip() for line in code.splitlines() if _IMPORT_LINE.match(line))
    return "".join(f"{line}\n" for line in lines if parses(line))


def parses(code: str) -> bool:
    """Tell whether ``code`` is Python as it stands, for this interpreter."""
    try:
        ast.parse(code)
    except (SyntaxError, ValueError):  # ValueError: a NUL in the literal
        return False
    return True


def _write(directory: str, name: str, text: str) -> str:
    path = os.path.join(directory, name + ".py")
    with open(path, "w", encoding="utf-8", errors="surrogateescape") as f:
        f.write(text)
    return path
