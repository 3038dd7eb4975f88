"""How PyInstaller's graph of imports reads a module: the same, in a quarter of the time.

For each module modulegraph asks two questions, and each has one method that answers it:

* which import statements are there, and within what? ``_Visitor`` visits every node of
  the syntax tree. An import is a statement, and statements are in statements, so
  visiting these is enough (``_Visitor.generic_visit``);
* which names does the module bind globally? ``ModuleGraph._scan_bytecode`` has dis
  explain every instruction to look at four kinds of them. Here these are looked for in
  the bytes. Only where there is no source, and imports have to be found in byte code as
  well, is it asked itself.

Both belong to classes that PyInstaller pins with modulegraph in its own distribution; a
test compares what they find with what they found before, module for module.
"""

from __future__ import annotations

import dis
import re
from types import CodeType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterator

# Fields that hold statements, or what statements are in (handlers and cases).
_BLOCKS = frozenset({"body", "handlers", "orelse", "finalbody", "cases"})

_STORES = ("STORE_NAME", "STORE_GLOBAL")
_DELETES = ("DELETE_NAME", "DELETE_GLOBAL")
_ADDING = frozenset(dis.opmap[name] for name in _STORES)


def _any_of(*names: str) -> bytes:
    return b"[" + b"".join(re.escape(bytes((dis.opmap[name],))) for name in names) + b"]"


# In a string of operations alone. An argument of more than a byte comes in the
# EXTENDED_ARGs before its instruction, the highest byte first (module dis).
_GLOBAL_NAME = re.compile(_any_of("EXTENDED_ARG") + b"*" + _any_of(*_STORES, *_DELETES), re.DOTALL)


def quicken(modulegraph: Any) -> None:
    """Have the classes of ``modulegraph``, the module, look at what counts only."""
    modulegraph._Visitor.generic_visit = visit_statements
    modulegraph.ModuleGraph._scan_bytecode = with_names(modulegraph.ModuleGraph._scan_bytecode)


def visit_statements(visitor: ast.NodeVisitor, node: ast.AST) -> None:
    """Visit the statements within a node, in order."""
    for field in node._fields:
        if field in _BLOCKS:
            children = getattr(node, field)
            for child in children if isinstance(children, list) else ():
                visitor.visit(child)


def with_names(scan: Callable[..., None]) -> Callable[..., None]:
    """Return ``scan``, a ``_scan_bytecode``, for modules of which only names count."""

    def scan_bytecode(found: Any, module: Any, code: CodeType, is_scanning_imports: bool) -> None:
        if is_scanning_imports:
            scan(found, module, code, is_scanning_imports)
            return
        for name, is_bound in global_names(code):
            if is_bound:
                module.add_global_attr(name)
            else:
                module.remove_global_attr_if_found(name)

    return scan_bytecode


def global_names(code: CodeType) -> Iterator[tuple[str, bool]]:
    """Yield each name that code binds (True) or deletes in a global or class scope.

    In order of the instructions, those of functions and classes after the code that
    they are in.
    """
    operations, arguments = code.co_code[::2], code.co_code[1::2]
    for match in _GLOBAL_NAME.finditer(operations):
        index = int.from_bytes(arguments[match.start() : match.end()], "big")
        yield code.co_names[index], operations[match.end() - 1] in _ADDING
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from global_names(constant)
