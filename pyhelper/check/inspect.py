"""Operation inspect: two readers for every binary."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyhelper import protocol
from pyhelper.check import elf_lief, elf_pyelftools, macho_lief, macho_macholib
from pyhelper.check.messages import Inspect, Inspected, Reading
from pyhelper.check.pool import Limits, Pool

if TYPE_CHECKING:
    from pyhelper.channel import Channel

_ELF = b"\x7fELF"
_MIB = 1 << 20
# lief holds a file two or three times, and pyelftools makes objects of its symbols.
_COPIES = 8

_READERS = {
    "lief": (elf_lief.read, macho_lief.read),
    "pyelftools": (elf_pyelftools.read, None),
    "macholib": (None, macho_macholib.read),
}


@dataclass(frozen=True)
class _Job:
    name: str
    source: str
    reader: str


def run(out: Channel, request: Inspect) -> Inspected:
    """Send the readings of every file; readers of one file are two jobs."""
    jobs = [
        _Job(file.name, file.source, reader)
        for file in request.files
        for reader in _readers(file.source)
    ]
    largest = max((os.path.getsize(file.source) for file in request.files), default=0)
    limits = Limits(request.seconds, request.memory + _COPIES * largest // _MIB)
    pool = Pool(_read, _failed, limits)
    for done, (index, reading) in enumerate(pool.run(jobs, request.workers)):
        out.progress("inspect", done, len(jobs), os.path.basename(jobs[index].name))
        out.send_encoded(reading)
    return Inspected(len(request.files))


def _is_elf(source: str) -> bool:
    with open(source, "rb") as f:
        return f.read(len(_ELF)) == _ELF


def _readers(source: str) -> list[str]:
    at = 0 if _is_elf(source) else 1
    return [name for name, reads in _READERS.items() if reads[at] is not None]


def _read(job: _Job) -> str:
    read = _READERS[job.reader][0 if _is_elf(job.source) else 1]
    if read is None:
        raise ValueError(f"{job.reader} does not read {job.source}")
    return protocol.encode_message(Reading(job.name, job.reader, images=read(job.source)))


def _failed(job: _Job, reason: str) -> str:
    return protocol.encode_message(Reading(job.name, job.reader, error=reason))
