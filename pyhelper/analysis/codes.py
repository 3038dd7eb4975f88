"""Byte code of modules that the graph of imports compiles anyway.

modulegraph compiles every module to see which names it binds: the same that travels but
for the name in tracebacks, and for what makes its bytes depend on this process, which
:mod:`pyhelper.bytecode` takes away. So it need not be compiled twice.

Only what was made of the very text that the file has now is handed out.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import os
from types import CodeType
from typing import TYPE_CHECKING, Any

from pyhelper import bytecode, neutral
from pyhelper.protocol import Made

if TYPE_CHECKING:
    from pyhelper.protocol import PlanFile


class Codes:
    """What the graph compiled, by the path of its source."""

    def __init__(self) -> None:
        self._texts: dict[int, bytes] = {}  # of syntax trees, by their identity: hashes
        self._made: dict[str, tuple[bytes, CodeType]] = {}

    def compile(
        self, source: Any, filename: str, mode: str, flags: int = 0, dont_inherit: bool = False
    ) -> Any:
        """Compile as the built-in function does.

        modulegraph calls it twice for each module: for a syntax tree, and with that for code.
        """
        made = compile(source, filename, mode, flags, dont_inherit)
        if flags & ast.PyCF_ONLY_AST:
            self._texts[id(made)] = _digest(source)
        elif isinstance(made, CodeType):
            self._made[filename] = self._texts.pop(id(source), b""), made
        return made

    def write(self, planned: list[PlanFile], directory: str) -> list[Made]:
        """Write the byte code of planned modules to ``directory``."""
        paths = neutral.of_this_interpreter()
        found: list[Made] = []
        for file in planned:
            digest, code = self._made.get(file.source, (b"", None))
            if file.kind != "module" or code is None:
                continue
            with open(file.source, "rb") as f:
                source = f.read()
            if digest != _digest(_text(source)):
                continue
            name = file.dest[: -len("c")]
            output = os.path.join(directory, f"{len(found)}.pyc")
            bytecode.write(output, bytecode.pyc(code, source, name, paths))
            sha256 = hashlib.sha256(source).hexdigest()
            found.append(Made(file.source, sha256, name, output))
        return found


def _text(source: bytes) -> str:
    """Return what modulegraph has compiled if it read ``source``."""
    try:
        return importlib.util.decode_source(source)
    except (SyntaxError, UnicodeDecodeError):
        return ""


def _digest(source: Any) -> bytes:
    if isinstance(source, str):
        source = source.encode("utf-8", "surrogatepass")
    return hashlib.sha256(source).digest()
