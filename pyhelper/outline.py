"""Operation outline: what an analysis can see of modules, and what it cannot.

Most edits of a module change nothing of what a program needs, and an analysis takes
seconds. Two modules with the same outline lead to the same plan; an outline is

``imports``    every import statement, and what stands around it: try with what it
               catches, if with its condition, with, loops, functions, classes (how an
               import is guarded decides whether its failure matters)
``asked``      the names in ``from … import``: they may be modules of a package
``names``      every name in the module, for an ``asked`` one that is not a module
               must be one of them
``strings``    string constants without blanks, in which analysis looks for the names
               of groups of entry points

What else analysis reads in code (names of libraries for ctypes, distributions for
importlib.metadata, changed ``__path__``) and what nobody can follow is not described
but told as ``doubt``: then the module counts as it is, byte for byte.

Runs in the target interpreter, whose syntax decides.
"""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from types import CodeType
from typing import TYPE_CHECKING

from pyhelper.protocol import ModuleOutline, Outlined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyhelper.channel import Channel
    from pyhelper.protocol import Outline

# Who imports one of these may do things that only its own words tell.
_MODULES = frozenset(
    {
        *("_cffi_backend", "cffi", "ctypes", "imp", "importlib", "importlib_metadata"),
        *("importlib_resources", "pkg_resources", "pkgutil", "runpy", "setuptools", "zipimport"),
    }
)
_NAMES = frozenset(
    {
        *("__all__", "__getattr__", "__import__", "__loader__", "__path__", "__spec__"),
        *("CDLL", "LoadLibrary", "_MEIPASS", "dlopen", "find_library", "load_module"),
        *("import_module", "meta_path", "path_hooks"),
    }
)
_MEIPASS = b"_MEIPASS"  # also in comments: see analysis/runtimehooks.py
_UTF8 = frozenset({"utf-8", "utf-8-sig"})
_LONGEST = 200  # characters of the name of a group

# A statement around an import: what of it counts, by the field that the import is in.
_GUARDS = (ast.If, ast.While, ast.For, ast.AsyncFor, ast.With, ast.AsyncWith)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def run(_out: Channel, request: Outline) -> Outlined:
    """Outline every source."""
    warnings.simplefilter("ignore")  # SyntaxWarnings of other people's code
    return Outlined([of_file(source) for source in request.sources])


def of_file(path: str) -> ModuleOutline:
    """Return the outline of one file."""
    with open(path, "rb") as f:
        source = f.read()
    try:
        encoding, _lines = tokenize.detect_encoding(io.BytesIO(source).readline)
        tree = ast.parse(source)
        code = compile(source, "<outline>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as err:
        return ModuleOutline(doubt=f"{type(err).__name__}")
    names = set(_names(tree))
    doubt = _doubt(tree, names) or ("_MEIPASS" if _MEIPASS in source else "")
    if encoding not in _UTF8:
        doubt = encoding
    if doubt:
        return ModuleOutline(doubt=doubt)
    asked = {a.name for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) for a in n.names}
    return ModuleOutline(
        imports=list(_imports(tree, ())),
        asked=sorted(asked),
        names=sorted(names),
        strings=sorted(
            {s for s in code_strings(code) if 0 < len(s) <= _LONGEST and s.split() == [s]}
        ),
    )


def _doubt(tree: ast.AST, names: set[str]) -> str:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = [node.module or ""] if not node.level else []
            if any(alias.name == "*" for alias in node.names):
                return "import *"
        else:
            continue
        for module in modules:
            if module.partition(".")[0] in _MODULES:
                return module
    return next(iter(sorted(names & _NAMES)), "")


def _names(tree: ast.AST) -> Iterator[str]:
    """Yield everything that is a name, whatever for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            continue
        for _field, value in ast.iter_fields(node):
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, str):
                    yield from item.split(".")


def _imports(node: ast.AST, around: tuple[str, ...]) -> Iterator[str]:
    """Yield import statements in their order, each with what is around it."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        yield " / ".join((*around, ast.dump(node)))
        return
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _imports(child, (*around, *_guard(node, name)))


def _guard(node: ast.AST, field: str) -> tuple[str, ...]:
    """Say what stands around the children in ``field`` of ``node``; nothing if that is all one."""
    if isinstance(node, _SCOPES):
        return (f"{type(node).__name__}.{field}",)
    if isinstance(node, _GUARDS):
        said = [ast.dump(e) for e in (getattr(node, "test", None),) if e is not None]
        said += [ast.dump(item) for item in getattr(node, "items", [])]
        return (f"{type(node).__name__}.{field} {' '.join(said)}",)
    handlers = getattr(node, "handlers", None)  # of try and, since 3.11, of try with except*
    if handlers is not None:
        caught = " ".join(ast.dump(h.type) if h.type else "all" for h in handlers)
        return (f"{type(node).__name__}.{field} {caught}",)
    if isinstance(node, (ast.Module, ast.ExceptHandler)):
        return ()
    return (f"{type(node).__name__}.{field}",)  # match, and what there will be


def code_strings(code: CodeType) -> Iterator[str]:
    """Yield every string constant of a module, also inside its functions."""
    for const in code.co_consts:
        if isinstance(const, str):
            yield const
        elif isinstance(const, CodeType):
            yield from code_strings(const)
        elif isinstance(const, (tuple, frozenset)):
            yield from (item for item in const if isinstance(item, str))
