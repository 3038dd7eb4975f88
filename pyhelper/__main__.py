"""Entry point: one request in, messages out, exit code 0 or 1.

The Go half starts it by path, never with ``-m``::

    python3 -I -B -X utf8 ROOT/pyhelper/__main__.py [TOOLS]

ROOT holds this package; TOOLS is the directory that one group of the lock was
installed into: "analysis" for analyze, "native" for link and edit, none for compile.
``-I`` keeps PYTHON* variables, the user's site directory and the current
directory out of it; the byte code does not depend on the hash seed, so nothing
has to be set in the environment either. But analyze is started with ``-s`` and
PYTHONHASHSEED instead: PyInstaller and its hooks iterate over sets of names, and so the
order of what they find is the same each time.

TOOLS is put on ``sys.path`` here and not by PYTHONPATH or a .pth file, so that
the target interpreter itself stays as it is.
"""

from __future__ import annotations

import os
import sys

_PACKAGE = os.path.dirname(os.path.abspath(__file__))
_ROOT = os.path.dirname(_PACKAGE)


def _open_path(tools: list[str]) -> None:
    """Make pyhelper and TOOLS importable, ahead of what the target has.

    Started without -I, Python puts the directory of this file first; from
    there ``protocol`` and ``analysis`` would pass for modules of the program.
    """
    target = [p for p in sys.path if os.path.abspath(p) != _PACKAGE]
    sys.path[:] = [*tools, _ROOT, *target]


def main(tools: list[str]) -> int:
    """Answer the one request on stdin; the result is the exit code."""
    from pyhelper import channel, dispatch  # noqa: PLC0415  (needs _open_path)

    out = channel.take_stdout()
    return dispatch.answer(out, channel.take_stdin(), _ROOT, tools)


if __name__ == "__main__":
    _tools = [os.path.abspath(p) for p in sys.argv[1:]]
    _open_path(_tools)
    sys.exit(main(_tools))
