"""Operation relocate: native files get another search path, and can be copied anywhere.

Which one, the caller decides. Every file is written once, with everything that
changes; ELF by :mod:`pyhelper.binaries.patch`, Mach-O, signed again, by
:mod:`pyhelper.binaries.macho_patch`. Both read what they wrote with another library.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pyhelper.binaries import macho, macho_patch, patch, scrub
from pyhelper.channel import Failed
from pyhelper.protocol import Failure, Relocated

if TYPE_CHECKING:
    from pyhelper.channel import Channel
    from pyhelper.protocol import Relocate, Relocation

_CLEAN = scrub.scrubber([])


def run(out: Channel, request: Relocate) -> Relocated:
    """Write every file of the request that can be written; say which cannot."""
    failed = []
    for done, job in enumerate(request.jobs):
        out.progress("relocate", done, len(request.jobs), os.path.basename(job.source))
        try:
            _write(job)
        except (Failed, ValueError, OSError) as err:
            failed.append(Failure(job.source, " ".join(str(err).split())))
    return Relocated(len(request.jobs) - len(failed), failed)


def _write(job: Relocation) -> None:
    if not macho.is_macho(job.source):
        patch.write(job.source, job.output, job.search, _CLEAN, renamed=job.names)
        return
    changes = macho_patch.Changes(job.install_name, job.names, rpaths=job.search)
    macho_patch.write(job.source, job.output, changes, _CLEAN)
