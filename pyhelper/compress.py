"""Operation compress: contents to zstd frames (RFC 8878), by libzstd.

A frame depends on the content, the parameters and the version of libzstd, which the
lock pins: neither on the number of threads nor on what was compressed before. It has
no checksum and no content size, since the archive that takes it has both, and since
a known size would let libzstd make the window, which the reader bounds, as large as
the content.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING

import zstandard

from pyhelper.protocol import Compressed

if TYPE_CHECKING:
    from pyhelper.channel import Channel
    from pyhelper.protocol import Compress, Content


def run(out: Channel, request: Compress) -> Compressed:
    """Compress with all processors, large contents first; libzstd leaves the GIL."""
    jobs = sorted(request.jobs, key=lambda job: -os.path.getsize(job.source))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        waiting = {pool.submit(_compress, job, request): job for job in jobs}
        for done, future in enumerate(as_completed(waiting)):
            future.result()
            out.progress("compress", done + 1, len(jobs), os.path.basename(waiting[future].source))
    return Compressed(len(jobs))


def _compress(job: Content, request: Compress) -> None:
    with open(job.source, "rb") as source, open(job.output, "xb") as output:
        tuned = _tuned(request, source.read(_START))
        source.seek(0)
        parameters = _parameters(request, tuned, os.fstat(source.fileno()).st_size)
        zstandard.ZstdCompressor(compression_params=parameters).copy_stream(source, output)


_START = 4096


def _tuned(request: Compress, start: bytes) -> dict[str, int]:
    """Return what is tuned for a content that begins so."""
    is_text = b"\0" not in start or start.startswith(tuple(map(str.encode, request.as_text)))
    return request.text if is_text and request.text else request.tuned


def _parameters(
    request: Compress, tuned: dict[str, int], size: int
) -> zstandard.ZstdCompressionParameters:
    """Fit libzstd's tables to the content: those for large ones take 80 MB to clear.

    Those that are tuned for large contents take longer to clear than a small one to compress.
    """
    fitting = zstandard.ZstdCompressionParameters.from_level(request.level, source_size=size)
    tuned = {name: _fitted(name, value, fitting) for name, value in tuned.items()}
    return zstandard.ZstdCompressionParameters.from_level(
        request.level,
        source_size=size,
        window_log=min(fitting.window_log, request.window_log),
        write_content_size=False,
        write_checksum=False,
        **tuned,
    )


def _fitted(name: str, value: int, fitting: zstandard.ZstdCompressionParameters) -> int:
    """Return a parameter, a table's no larger than it fits."""
    is_table = name in {"chain_log", "hash_log"}
    return min(value, int(getattr(fitting, name))) if is_table else value
