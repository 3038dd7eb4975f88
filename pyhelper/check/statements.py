"""Find import statements in code objects and what stands between them and execution.

From byte code and not from source, for a bundle has no source. ``dis`` knows the
instructions of its own version, so this runs on any (3.9 to 3.14); what differs is
how handlers are found: in the exception table since 3.11, by SETUP_FINALLY before.
"""

from __future__ import annotations

import dis
import sys
from dataclasses import dataclass, field
from types import CodeType
from typing import TYPE_CHECKING, Any

from pyhelper.check.messages import Import

if TYPE_CHECKING:
    from collections.abc import Iterator

# Who catches one of these gets over a missing module.
_CAUGHT = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
_LOADS = {"LOAD_NAME", "LOAD_GLOBAL", "LOAD_BUILTIN"}
_ENDS = {"RETURN_VALUE", "RETURN_CONST", "RAISE_VARARGS", "RERAISE"}
# Instructions a handler may begin with before it says what it catches.
_DEEPEST = 20


@dataclass
class _Handler:
    """The instructions ``start`` to ``end`` (offsets) are protected by ``target``."""

    start: int
    end: int
    target: int


@dataclass
class _Block:
    """One code object, its instructions by offset, and where control can go."""

    code: CodeType
    instructions: list[dis.Instruction] = field(default_factory=list)
    handlers: list[_Handler] = field(default_factory=list)


def imports(code: CodeType, package: str) -> list[Import]:
    """Return the imports of a module's code; ``package`` is what relative ones start from."""
    found = [i for block, delayed in _blocks(code, False) for i in _of(block, package, delayed)]
    return sorted(found, key=lambda i: (i.line, i.module))


def _blocks(code: CodeType, delayed: bool) -> Iterator[tuple[_Block, bool]]:
    """Walk the code objects; the body of a class runs with its module."""
    yield _block(code), delayed
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            is_class = not constant.co_flags & 0x2  # CO_NEWLOCALS: a function has locals of its own
            yield from _blocks(constant, delayed or not is_class)


def _block(code: CodeType) -> _Block:
    instructions = list(dis.get_instructions(code))
    if sys.version_info >= (3, 11):
        entries = dis._parse_exception_table(code)  # type: ignore[attr-defined]
        handlers = [_Handler(e.start, e.end, e.target) for e in entries]
    else:
        # The protected part ends before its handler, or where POP_BLOCK is; the
        # latter differs between versions, and what lies between does not import.
        handlers = [
            _Handler(i.offset, int(i.argval), int(i.argval))
            for i in instructions
            if i.opname == "SETUP_FINALLY"
        ]
    return _Block(code, instructions, handlers)


def _of(block: _Block, package: str, delayed: bool) -> Iterator[Import]:
    places = [n for n, i in enumerate(block.instructions) if i.opname == "IMPORT_NAME"]
    if not places:
        return
    catching = [h for h in block.handlers if _catches(block, h.target)]
    reached = _reached(block)
    line = _Lines(block)
    for at in places:
        instruction = block.instructions[at]
        level, names = _arguments(block, at)
        module = _absolute(str(instruction.argval), level, package)
        if module:
            offset = instruction.offset
            yield Import(
                module=module,
                names=names,
                line=line.of(at),
                guarded=any(h.start <= offset < h.end for h in catching),
                delayed=delayed,
                conditional=offset not in reached or _skipped(block, offset),
            )


def _arguments(block: _Block, at: int) -> tuple[int, list[str]]:
    """Return level and names: the two constants that were pushed before."""
    constants: list[Any] = []
    for instruction in reversed(block.instructions[max(0, at - 8) : at]):
        if instruction.opname in ("LOAD_CONST", "LOAD_SMALL_INT", "LOAD_CONST_IMMORTAL"):
            constants.append(instruction.argval)
        if len(constants) == 2:
            break
    if len(constants) < 2 or not isinstance(constants[1], int):
        return 0, []
    names = constants[0] if isinstance(constants[0], tuple) else ()
    return constants[1], [str(name) for name in names]


def _absolute(name: str, level: int, package: str) -> str:
    """Resolve a relative import; '' if it leads out of the package."""
    if level == 0:
        return name
    parts = package.split(".") if package else []
    if level - 1 >= len(parts):
        return ""
    return ".".join([*parts[: len(parts) - level + 1], *([name] if name else [])])


def _catches(block: _Block, target: int) -> bool:
    """Does the handler at ``target`` get over a missing module?

    A handler that names exceptions compares with them; one that names none goes on
    without comparing. ``finally`` and ``with`` raise again.
    """
    compared = False
    inside = [i for i in block.instructions if i.offset >= target][:_DEEPEST]
    for instruction in inside:
        name = instruction.opname
        if name in _LOADS and instruction.argval in _CAUGHT:
            return True
        if name in ("CHECK_EXC_MATCH", "JUMP_IF_NOT_EXC_MATCH"):
            compared = True
        if name == "WITH_EXCEPT_START":
            return False
        if name == "POP_TOP" and not compared:
            return _is_bare(block, target)
        if name == "RERAISE":
            return False
    return False


def _is_bare(block: _Block, target: int) -> bool:
    """Tell ``except:`` from ``finally:``, whose code may pop as well, by its beginning."""
    names = [
        i.opname for i in block.instructions if i.offset >= target and i.opname != "PUSH_EXC_INFO"
    ]
    return names[:1] == ["POP_TOP"]


def _jump(instruction: dis.Instruction) -> int:
    """Return the offset an instruction may jump to, -1 if it does not jump."""
    if instruction.opcode in dis.hasjrel or instruction.opcode in dis.hasjabs:
        if instruction.opname in ("SETUP_FINALLY", "SETUP_WITH", "SETUP_ASYNC_WITH"):
            return -1
        return int(instruction.argval)
    return -1


def _reached(block: _Block) -> set[int]:
    """Return the offsets that are reached if nothing raises."""
    index = {i.offset: n for n, i in enumerate(block.instructions)}
    reached: set[int] = set()
    todo = [0]
    while todo:
        at = todo.pop()
        while at < len(block.instructions):
            instruction = block.instructions[at]
            if instruction.offset in reached:
                break
            reached.add(instruction.offset)
            target = _jump(instruction)
            if target in index:
                todo.append(index[target])
            name = instruction.opname
            if name in _ENDS or name.startswith(("JUMP_FORWARD", "JUMP_ABSOLUTE", "JUMP_BACKWARD")):
                break
            at += 1
    return reached


def _skipped(block: _Block, offset: int) -> bool:
    """Can control jump over the instruction?"""
    reached_by = (i for i in block.instructions if i.offset < offset)
    return any(_jump(i) > offset for i in reached_by)


class _Lines:
    """Line numbers, where an instruction without one has that of those before it."""

    def __init__(self, block: _Block) -> None:
        self._starts = sorted((o, n) for o, n in dis.findlinestarts(block.code) if n is not None)
        self._block = block

    def of(self, at: int) -> int:
        offset = self._block.instructions[at].offset
        return max((s for s in self._starts if s[0] <= offset), default=(0, 0))[1]
