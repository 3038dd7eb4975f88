"""Imports whose failure ``with contextlib.suppress(ImportError)`` swallows.

modulegraph knows try, if and functions as guards, and takes the body of a
``with`` for code that is always carried out.
"""

from __future__ import annotations

import ast
import functools
import re
import tokenize

_CAUGHT = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
_WORD = "suppress"
# A call of it with one of these names, or with something that takes a parser to tell.
_CALL = re.compile(rf"\b{_WORD}[\s\\]*\([^()#'\"]*?(?:[(#'\"]|\b(?:{'|'.join(sorted(_CAUGHT))})\b)")


@functools.cache
def imports(path: str) -> frozenset[str]:
    """Return what the module at ``path`` imports within a suppress, and nowhere else."""
    try:
        with tokenize.open(path) as f:  # heeds the coding cookie
            source = f.read()
        # To parse takes a hundred times as long as to look, and a pattern ten times.
        if _WORD not in source or not _CALL.search(source):
            return frozenset()
        tree = ast.parse(source)
    except (OSError, SyntaxError, ValueError):  # ValueError: a NUL, or not text
        return frozenset()
    inside = [node for w in ast.walk(tree) if _suppresses(w) for node in ast.walk(w)]
    within = {id(node) for node in inside}
    outside = [node for node in ast.walk(tree) if id(node) not in within]
    return frozenset(_names(inside) - _names(outside))


def _suppresses(node: ast.AST) -> bool:
    if not isinstance(node, (ast.With, ast.AsyncWith)):
        return False
    calls = [i.context_expr for i in node.items if isinstance(i.context_expr, ast.Call)]
    return any(
        _last(call.func) == "suppress" and any(_last(arg) in _CAUGHT for arg in call.args)
        for call in calls
    )


def _last(node: ast.expr) -> str:
    """Return ``b`` of ``a.b`` and ``b``."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _names(nodes: list[ast.AST]) -> set[str]:
    """Return the modules that import statements name, with their packages."""
    named: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            named.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            named.add(node.module)
    return named | {name[:i] for name in named for i, c in enumerate(name) if c == "."}
