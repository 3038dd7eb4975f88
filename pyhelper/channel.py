"""The way out: messages on what was stdout, everything else on stderr.

PyInstaller, its hooks and the packages they import print when they like, and
their child processes inherit file descriptor 1. So the descriptor itself is
moved away before anything is imported, not only ``sys.stdout``.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, TextIO

from pyhelper import protocol

if TYPE_CHECKING:
    from pyhelper.protocol import Message


class Failed(Exception):
    """An operation failed in a way that people can do something about.

    ``text`` is one line; ``hint`` the next command to type; ``module`` and
    ``positions`` name the import of the Go program that led here, ``missing``
    what is not installed.
    """

    def __init__(
        self,
        text: str,
        *,
        hint: str = "",
        module: str = "",
        positions: list[str] | None = None,
        missing: list[str] | None = None,
    ) -> None:
        super().__init__(text)
        self.message = protocol.Error(text, hint, module, positions or [], missing or [])


# How often at most to say how far something is: each time is a message to encode, to
# flush, to decode and to show.
_STEPS = 100


class Channel:
    """Writes messages, one a line, each flushed so that progress is live."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def send(self, message: Message) -> None:
        """Write one message."""
        self.send_encoded(protocol.encode_message(message))

    def send_encoded(self, line: str) -> None:
        """Write a message that another process has encoded."""
        self._stream.write(line.replace("\n", " ") + "\n")
        self._stream.flush()

    def progress(self, phase: str, done: int, total: int, text: str) -> None:
        """Say how far a phase is, unless that is less than a hundredth further."""
        if total > _STEPS and done * _STEPS // total == (done - 1) * _STEPS // total:
            return
        self.send(protocol.Progress(phase, done, total, text))

    def warn(self, text: str) -> None:
        """Say something people should see."""
        self.send(protocol.Warn(text))


def take_stdout() -> Channel:
    """Keep stdout for messages and let everybody else's output go to stderr."""
    private = os.dup(1)  # not inherited by children (PEP 446)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return Channel(os.fdopen(private, "w", encoding="ascii", newline="\n"))


def take_stdin() -> str:
    """Read the request to its end and leave an empty stdin to everybody else."""
    with os.fdopen(os.dup(0), encoding="utf-8") as stream:
        text = stream.read()
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)
    return text
