"""A library with other content, and nothing else about it changed."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

from pyhelper.binaries import elf, places
from pyhelper.channel import Failed

if TYPE_CHECKING:
    from pyhelper.protocol import LinkedFile


def write(file: LinkedFile, data: bytes, output: str, how: str) -> LinkedFile:
    """Write ``data`` below ``output`` in place of a file's content; ``how`` is part of the name.

    What the loader is told by the file must be the same as before.
    """
    path = put(data, file.source, places.output(output, f"{file.dest}.{how}"))
    if elf.read(path) != elf.read(file.source):
        raise Failed(f"{file.source}: it cannot be {how} without breaking it")
    return replace(file, source=path, patched=True)


def put(data: bytes, source: str, path: str) -> str:
    """Write ``data`` to ``path``, with the permissions of the file that it is made from."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)
    shutil.copymode(source, path)
    return path
