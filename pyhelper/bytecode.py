"""Operation compile: sources to byte code that is the same every time.

The file format is PEP 552's unchecked-hash pyc: the interpreter trusts it
without looking for the source, which does not travel. Four things would make
its bytes depend on more than the source; each is taken away here:

* ``co_filename`` is the name inside the bundle, never the path read from;
* marshal marks an object for back reference when its reference count is not 1,
  so whatever else lives in this process (an earlier job, an interned name)
  shows. Every object reachable is therefore held once more: all are marked;
* the qualified name of a class is a constant of its body as well, and one object with
  it unless another code object of that name lives in this process (CPython 3.11 and
  later intern them): it is made one object;
* set constants follow the hash seed: :mod:`pyhelper.frozensets` sorts them.

Paths of the build machine inside constants (``_sysconfigdata`` is made of them)
are replaced by the neutral ones of :mod:`pyhelper.neutral`.
"""

from __future__ import annotations

import importlib.util
import marshal
import os
import warnings
from types import CodeType
from typing import TYPE_CHECKING, Any

from pyhelper import frozensets, neutral
from pyhelper.protocol import Compile, Compiled, Failure, Job

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyhelper.channel import Channel

# Flags of a pyc (PEP 552): based on a hash, and the hash is never checked.
_UNCHECKED_HASH = (0b01).to_bytes(4, "little")
_REPORT_EVERY = 50

# What a code object is made of: 3.9 has co_lnotab where 3.10 has co_linetable,
# and 3.11 added the last two.
_PARTS = tuple(
    name
    for name in (
        *("co_code", "co_consts", "co_names", "co_varnames", "co_freevars", "co_cellvars"),
        *("co_filename", "co_name", "co_qualname", "co_exceptiontable"),
        "co_linetable" if hasattr(CodeType, "co_linetable") else "co_lnotab",
    )
    if hasattr(CodeType, name)
)


def run(out: Channel, request: Compile) -> Compiled:
    """Compile every job; a source that cannot be compiled is reported, not fatal."""
    warnings.simplefilter("ignore")  # SyntaxWarnings of other people's code
    paths = neutral.of_this_interpreter()
    failed: list[Failure] = []
    for done, job in enumerate(request.jobs):
        if done % _REPORT_EVERY == 0:
            out.progress("compile", done, len(request.jobs), job.name)
        try:
            write(job.output, compile_file(job, request.optimize, paths))
        except (SyntaxError, ValueError, RecursionError, OverflowError) as err:
            failed.append(Failure(job.source, f"{type(err).__name__}: {err}"))
    return Compiled(len(request.jobs) - len(failed), failed)


def compile_file(job: Job, optimize: int, paths: neutral.Paths) -> bytes:
    """Return the pyc of one source file."""
    with open(job.source, "rb") as f:
        source = f.read()
    code = compile(source, job.name, "exec", dont_inherit=True, optimize=optimize)
    return pyc(code, source, job.name, paths)


def pyc(code: CodeType, source: bytes, name: str, paths: neutral.Paths) -> bytes:
    """Return the pyc of a module that is compiled; tracebacks will call it ``name``."""
    names = {c.co_qualname: c.co_qualname for c in _codes(code)} if _QUALIFIED else {}
    code = paths.rewrite(_settle(code, name, names))
    return b"".join(
        (
            importlib.util.MAGIC_NUMBER,
            _UNCHECKED_HASH,
            importlib.util.source_hash(source),
            _dump(code),
        )
    )


_QUALIFIED = hasattr(CodeType, "co_qualname")


def _codes(code: CodeType) -> Iterator[Any]:
    """Yield ``code`` and every code object below."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _settle(code: CodeType, filename: str, names: dict[str, str]) -> CodeType:
    """Give ``code`` and all below its file name, and the objects of ``names``."""
    consts = tuple(_settled(c, filename, names) for c in code.co_consts)
    same = all(new is old for new, old in zip(consts, code.co_consts))
    return code.replace(co_filename=filename, co_consts=code.co_consts if same else consts)


def _settled(value: Any, filename: str, names: dict[str, str]) -> Any:
    if isinstance(value, CodeType):
        return _settle(value, filename, names)
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, tuple):
        items = tuple(_settled(v, filename, names) for v in value)
        return value if all(new is old for new, old in zip(items, value)) else items
    return value


def _dump(code: CodeType) -> bytes:
    code, sets = frozensets.set_aside(code)
    held = list(_reachable(code))
    data = marshal.dumps(code)
    del held  # alive until here: that is its whole use
    return frozensets.put_back(data, sets)


def _reachable(value: Any) -> Iterator[Any]:
    """Yield every object that marshal visits below ``value`` and Python can see."""
    yield value
    if isinstance(value, CodeType):
        for name in _PARTS:
            yield from _reachable(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from _reachable(item)


def write(output: str, data: bytes) -> None:
    """Write a file, with its directory."""
    os.makedirs(os.path.dirname(output), exist_ok=True)
    with open(output, "wb") as f:
        f.write(data)
