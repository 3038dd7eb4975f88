"""Modules that travel with every program, asked for or not.

PyInstaller's own minimum is the modules that encodings, re and traceback need,
and the whole of the encodings package: which codec a program needs is said by
the locale, by files and by peers at run time, never by its source. All of it
is half a megabyte, and a missing one is a LookupError at the customer's.

The bundle is more than PyInstaller's: ``python/bin/python3`` starts child
processes (multiprocessing, ``subprocess.run([sys.executable, ...])``), so what
an interpreter imports on its own way up has to be there as well.
"""

from __future__ import annotations

import importlib.util

_INTERPRETER = (
    # site, and what it imports by hand (getsitepackages, .pth files, exit()).
    *("site", "_sitebuiltins", "os", "io", "abc", "stat", "codecs"),
    # python -m, and running a directory or a zip file.
    *("runpy", "pkgutil", "zipimport", "importlib.util", "importlib.machinery"),
    # A traceback with source lines, and warnings.
    *("traceback", "linecache", "tokenize", "warnings", "threading"),
    # The module file (pyhelper.mapped) is opened with it, before anything else.
    "mmap",
    # Imported by C code, by name, so that no scan of sources finds them.
    *("_strptime", "_pydatetime", "_pylong", "_compat_pickle", "_colorize", "contextlib"),
)


def modules() -> list[str]:
    """Return those of them that this version of Python has."""
    return [name for name in _INTERPRETER if importlib.util.find_spec(name)]
