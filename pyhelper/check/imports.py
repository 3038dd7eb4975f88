"""Operation imports: what modules import, by their code objects.

Byte code is read by the interpreter whose version wrote it, and source is compiled
by it; neither is executed. marshal is not made for hostile data and may crash: that
is why every file is read in a process of its own making.
"""

from __future__ import annotations

import importlib.util
import json
import marshal
import os
import platform
import sys
from dataclasses import asdict
from importlib.machinery import FrozenImporter
from types import CodeType
from typing import TYPE_CHECKING

from pyhelper import coding
from pyhelper.check import statements
from pyhelper.check.messages import ImportsAnswer, PythonModule
from pyhelper.check.pool import Limits, Pool

if TYPE_CHECKING:
    from pyhelper.channel import Channel
    from pyhelper.check.messages import Imports, ImportsFile

_HEADER = 16  # of a .pyc since PEP 552
_LARGEST = 64 << 20  # bytes; the largest real module has a tenth of that


def run(out: Channel, request: Imports) -> ImportsAnswer:
    """Read every module of the request."""
    pool = Pool(_read, _failed, Limits(request.seconds, request.memory))
    answers: list[PythonModule | None] = [None] * len(request.files)
    for done, (index, text) in enumerate(pool.run(request.files, request.workers)):
        if done % 100 == 0:
            out.progress("imports", done, len(request.files), request.files[index].module)
        answers[index] = coding.decode(PythonModule, coding.parse(text), "module")
    return ImportsAnswer(
        platform.python_version(), _builtins(), [a for a in answers if a is not None]
    )


def _builtins() -> list[str]:
    """List the modules that have no file: built in, or frozen."""
    names = getattr(sys, "stdlib_module_names", frozenset({"_frozen_importlib", "zipimport"}))
    frozen = {name for name in names if FrozenImporter.find_spec(name) is not None}
    return sorted(frozen | set(sys.builtin_module_names) | {"__main__"})


def _read(file: ImportsFile) -> str:
    code = _code(file.source)
    package = file.module if file.package else file.module.rpartition(".")[0]
    found = statements.imports(code, package)
    return json.dumps(asdict(PythonModule(file.module, file.path, file.package, "", found)))


def _failed(file: ImportsFile, reason: str) -> str:
    return json.dumps(asdict(PythonModule(file.module, file.path, file.package, reason)))


def _code(source: str) -> CodeType:
    if os.path.getsize(source) > _LARGEST:
        raise ValueError("larger than any real module")
    with open(source, "rb") as f:
        data = f.read()
    if data[:2] == importlib.util.MAGIC_NUMBER[:2] and data[2:4] == b"\r\n":
        code = marshal.loads(data[_HEADER:])  # noqa: S302  (this process may die)
    elif data[2:4] == b"\r\n":
        raise ValueError(f"byte code of another version than {platform.python_version()}")
    else:
        code = compile(data, os.path.basename(source), "exec", dont_inherit=True)
    if not isinstance(code, CodeType):
        raise ValueError("byte code without code")
    return code
