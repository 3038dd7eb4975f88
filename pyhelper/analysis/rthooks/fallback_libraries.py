"""Lends the compiler's run time (libgcc_s, libstdc++) to a machine that has none.

Where the machine has its own, that is the right one: it is as new as the machine's
other libraries want it, and the bundle's would ask for a glibc as new as the build
machine's. So the bundle's lie where no search path leads. A library that is loaded
is found by its name ever after, so loading it once, here, is enough.

The import system opens it, since nothing else is sure to be in every bundle: an
extension module without an init function stays open (dynload_shlib.c).
"""

from __future__ import annotations

import os
import sys

_DIRECTORY = os.path.join(sys.prefix, "lib", "fallback")
_MULTIARCH = getattr(sys.implementation, "_multiarch", "")
_USUAL = (f"/lib/{_MULTIARCH}/", f"/usr/lib/{_MULTIARCH}/", "/lib64/", "/usr/lib64/")


def _machine_has(name: str) -> bool:
    if any(os.path.exists(directory + name) for directory in _USUAL):
        return True
    try:  # elsewhere, the loader knows it by its cache: paths, each with a zero byte
        with open("/etc/ld.so.cache", "rb") as f:
            return f"/{name}\0".encode() in f.read()
    except OSError:
        return False


def _open(path: str) -> None:
    # Rarely needed, so not at every start.
    import _imp  # noqa: PLC0415
    from importlib.machinery import ExtensionFileLoader, ModuleSpec  # noqa: PLC0415

    spec = ModuleSpec("_llgo_fallback", ExtensionFileLoader("", path), origin=path)
    try:  # noqa: SIM105  (contextlib may not be there)
        _imp.create_dynamic(spec)
    except ImportError:
        pass  # no init function


for _name in sorted(os.listdir(_DIRECTORY)):  # libgcc_s goes first: libstdc++ needs it
    if not _machine_has(_name):
        _open(os.path.join(_DIRECTORY, _name))
