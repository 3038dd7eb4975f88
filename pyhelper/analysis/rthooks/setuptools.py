"""Lets ``import distutils`` find the copy in setuptools, as an installation does.

There, distutils-precedence.pth does it at every start; a bundle runs no .pth
files, and since Python 3.12 there is no other distutils. The variable is
setuptools' own switch.
"""

import contextlib
import os

if os.environ.get("SETUPTOOLS_USE_DISTUTILS", "local") == "local":
    with contextlib.suppress(ImportError):
        import _distutils_hack  # type: ignore[import-not-found,unused-ignore]

        _distutils_hack.add_shim()
