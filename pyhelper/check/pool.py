"""Call a function for many inputs in processes that may hang, swell or crash.

A few forked workers take one input after the other through a pipe. The parent kills
a worker that is late and forks another; the input is answered with the reason. That
is the whole protection: whoever reads hostile files in C++ or with marshal can end
up anywhere, and only another process survives that.

Forked and not spawned: what the readers import is loaded once, and a fork of this
small, single-threaded process takes a millisecond. A worker that died is replaced.
Answers come back as text, never pickled: whoever took over a worker could otherwise
take over its parent.

The standard library's pools give up as a whole when one worker dies.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import resource
import signal
import time
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection

T = TypeVar("T")

_MIB = 1 << 20
_LONGEST = 60 << 20  # of an answer; Go's limit for a message is 64 MiB


@dataclass(frozen=True)
class Limits:
    """For one input: wall clock and processor seconds, and MiB of memory."""

    seconds: int
    memory: int


@dataclass
class _Worker:
    """A process, our end of its pipe, and what it is busy with."""

    process: Any
    pipe: Connection
    index: int = -1
    deadline: float = 0.0


class Pool(Generic[T]):
    """Calls ``work``; ``failed`` makes an answer of an input and the reason it has none."""

    def __init__(
        self, work: Callable[[T], str], failed: Callable[[T, str], str], limits: Limits
    ) -> None:
        self._work, self._failed, self._limits = work, failed, limits
        self._context = multiprocessing.get_context("fork")

    def run(self, inputs: Sequence[T], workers: int) -> Iterator[tuple[int, str]]:
        """Yield index and answer of every input, in the order they are ready."""
        todo = iter(range(len(inputs)))
        busy: list[_Worker] = []
        try:
            for index in todo:
                busy.append(self._start(inputs, index))
                if len(busy) >= max(1, workers):
                    break
            while busy:
                for worker in self._ready(busy):
                    yield worker.index, self._answer(worker, inputs[worker.index])
                    busy.remove(worker)
                    index = next(todo, -1)
                    if index >= 0:
                        busy.append(self._again(worker, inputs, index))
                    else:
                        _stop(worker)
        finally:
            for worker in busy:
                _stop(worker)

    def _start(self, inputs: Sequence[T], index: int) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=self._serve, args=(theirs, ours, inputs))
        process.start()
        theirs.close()
        return self._give(_Worker(process, ours), index)

    def _again(self, worker: _Worker, inputs: Sequence[T], index: int) -> _Worker:
        """Give the worker its next input, or another worker if it is gone."""
        if worker.process.is_alive() and not worker.pipe.closed:
            with contextlib.suppress(OSError):
                return self._give(worker, index)
        _stop(worker)
        return self._start(inputs, index)

    def _give(self, worker: _Worker, index: int) -> _Worker:
        worker.pipe.send(index)
        worker.index = index
        worker.deadline = time.monotonic() + self._limits.seconds
        return worker

    def _ready(self, busy: list[_Worker]) -> list[_Worker]:
        """Wait for an answer, a death, or a deadline; return whom it concerns."""
        left = min(w.deadline for w in busy) - time.monotonic()
        waiting = wait([w.pipe for w in busy], max(0.0, left))
        now = time.monotonic()
        return [w for w in busy if w.pipe in waiting or w.deadline <= now]

    def _answer(self, worker: _Worker, given: T) -> str:
        """Take the answer of a worker. One that is late or broken is gone afterwards."""
        try:
            if worker.pipe.poll():
                return worker.pipe.recv_bytes(_LONGEST).decode("utf-8")
            reason = f"killed after {self._limits.seconds} s"
        except Exception:  # the pipe holds whatever a broken process wrote into it
            worker.process.join(timeout=max(1.0, worker.deadline - time.monotonic()))
            reason = _death(worker.process.exitcode)
        _stop(worker)
        return self._failed(given, reason)

    def _serve(self, pipe: Connection, theirs: Connection, inputs: Sequence[T]) -> None:
        """Live as a worker: take indices, send answers."""
        theirs.close()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self._limit()
        with contextlib.suppress(EOFError, OSError):
            while True:
                index = pipe.recv()
                pipe.send_bytes(self._try(inputs[index]).encode("utf-8"))

    def _try(self, given: T) -> str:
        try:
            return self._work(given)
        except MemoryError:
            return self._failed(given, f"needs more than {self._limits.memory} MiB of memory")
        except RecursionError:
            return self._failed(given, "is nested too deeply")
        # A reader that fails on a damaged file does so with any exception there is.
        except Exception as err:
            text = " ".join(str(err).split())[:300]
            return self._failed(given, f"{type(err).__name__}: {text}" if text else repr(err))

    def _limit(self) -> None:
        """Limit this process: macOS has no limit on memory that holds."""
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        for kind in (resource.RLIMIT_DATA, resource.RLIMIT_AS):
            with contextlib.suppress(ValueError, OSError):
                size = self._limits.memory * _MIB * (1 if kind == resource.RLIMIT_DATA else 4)
                _, hard = resource.getrlimit(kind)
                resource.setrlimit(kind, (size, hard))


def _stop(worker: _Worker) -> None:
    worker.pipe.close()
    worker.process.kill()
    worker.process.join()


def _death(code: int | None) -> str:
    if code is None:
        return "its reader hangs"
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"its reader crashed ({signal.Signals(-code).name})"
    return f"its reader ended with {code}"
