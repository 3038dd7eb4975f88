"""From the toc to files of the bundle.

PyInstaller puts everything below one directory; the bundle is a Python
installation. What this module decides is only which of the directories of
:mod:`pyhelper.analysis.places` each entry goes to, and what is left out:

* libpython and everything that is the helper's own;
* libraries that the policy of the link operation expects on every machine;
* symlinks to the libraries of packages in the top directory (numpy.libs/...).
  PyInstaller makes them for LD_LIBRARY_PATH; here each file finds its libraries
  by its own search path.

What the user adds by name is left where PyInstaller puts it, below site-packages.
"""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING

from pyhelper.binaries import policy
from pyhelper.protocol import PlanFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyhelper.analysis.places import Places
    from pyhelper.analysis.toc import Entry, Toc

_LIBPYTHON = re.compile(r"(libpython3.*\.(so|dylib)\b.*|Python|Python3)$")
_TCL_MODULES = re.compile(r"tcl[0-9]+")
_OURS = "base_library.zip"

# Data that its library looks for below sys.prefix, where that saves a run-time
# hook: by PyInstaller's name of the directory. See runtimehooks.TABLE.
_PLACED = {"nltk_data": "lib/nltk_data", "share/proj": "share/proj"}


def of_toc(toc: Toc, places: Places, added: frozenset[tuple[str, str]]) -> list[PlanFile]:
    """Return every file the toc asks for, without origins, in no order.

    ``added`` are the user's own additions, (name, source) as the toc has them.
    """
    modules = [m for m in toc.modules if m.source not in {"", "-"} and not places.is_own(m.source)]
    sources = {(_file_name(m), m.source) for m in modules}
    kept_as_source = {d.source for d in toc.datas if (d.name, d.source) in sources}
    files = [file for m in modules for file in _module(m, m.source in kept_as_source, places)]
    for entry in [*toc.binaries, *toc.datas]:
        if (entry.name, entry.source) in added:
            files.append(_added(entry, places))
        elif not (_is_ours(entry, places) or (entry.name, entry.source) in sources):
            files.extend(_other(entry, places))
    return files


def _file_name(module: Entry) -> str:
    """Return what PyInstaller calls the file of a module."""
    base = module.name.replace(".", os.sep)
    stem, extension = os.path.splitext(os.path.basename(module.source))
    return (os.path.join(base, stem) if stem == "__init__" else base) + extension


def _added(entry: Entry, places: Places) -> PlanFile:
    name = entry.name.replace(os.sep, "/")
    if entry.typecode == "BINARY":
        return PlanFile(f"{places.site}/{name}" if "/" in name else f"lib/{name}",
                        entry.source, "library")  # fmt: skip
    return PlanFile(_placed(name, entry.source) or f"{places.site}/{name}", entry.source, "data")


def _placed(name: str, source: str) -> str:
    """Return where data goes that is found below sys.prefix, "" for all other."""
    for start, place in _PLACED.items():
        if name.startswith(start + "/"):
            return place + name[len(start) :]
    return _tcl_script(name, source)


def for_hooks(files: list[PlanFile], places: Places) -> Iterator[PlanFile]:
    """Yield links to shared libraries for run-time hooks that look in sys._MEIPASS."""
    for file in files:
        directory, _, base = file.dest.rpartition("/")
        if file.kind == "library" and directory == "lib":
            yield PlanFile(f"{places.site}/{base}", "", "symlink", target=f"../../{base}")


def _module(entry: Entry, kept_as_source: bool, places: Places) -> Iterator[PlanFile]:
    """Place a pure module; as source and byte code if a hook wants the source.

    With the source beside it, Python looks for byte code in __pycache__ only. That is
    in the bundle, wherever this interpreter has its own (sys.pycache_prefix).
    """
    base = f"{places.top(entry.source)}/{entry.name.replace('.', '/')}"
    stem, extension = os.path.splitext(os.path.basename(entry.source))
    if stem == "__init__":
        base += "/__init__"
    if extension == ".pyc":  # installed without source: shipped as found
        yield PlanFile(f"{base}.pyc", entry.source, "data", entry.name)
    elif kept_as_source:
        yield PlanFile(f"{base}.py", entry.source, "source", entry.name)
        directory, _, name = base.rpartition("/")
        cached = f"{directory}/__pycache__/{name}.{sys.implementation.cache_tag}.pyc"
        yield PlanFile(cached, entry.source, "module", entry.name)
    else:
        yield PlanFile(f"{base}.pyc", entry.source, "module", entry.name)


def _other(entry: Entry, places: Places) -> Iterator[PlanFile]:
    """Place a native file, data or a link.

    A library alone in PyInstaller's top directory, and not from a package, is
    one of the machine's.
    """
    name = entry.name.replace(os.sep, "/")
    in_directory = "/" in name
    top = places.top(entry.source)
    if entry.typecode == "EXTENSION":
        yield PlanFile(_extension(name, places, top), entry.source, "extension", _dotted(name))
    elif entry.typecode == "BINARY" and (in_directory or _is_installed(entry, places)):
        yield PlanFile(f"{top}/{name}", entry.source, "library")
    elif entry.typecode == "BINARY" and not policy.is_system(name):
        top = policy.FALLBACK if policy.is_fallback(name, entry.source) else "lib"
        yield PlanFile(f"{top}/{name}", entry.source, "library")
    elif entry.typecode == "DATA":
        yield PlanFile(_placed(name, entry.source) or f"{top}/{name}", entry.source, "data")
    elif entry.typecode == "SYMLINK" and (in_directory or "/" not in entry.source):
        under = places.site if in_directory else "lib"
        yield PlanFile(f"{under}/{name}", "", "symlink", target=entry.source)


def _tcl_script(name: str, source: str) -> str:
    """Return the place of a script of Tcl or Tk, or '' for any other data.

    Tcl itself looks for lib/tcl8.6 beside the directory of the executable, which
    tkinter tells it, and Tk for tk8.6 beside that (tclvars(n), Tcl_Init(3)). So
    there is no need of PyInstaller's names, nor of the variables TCL_LIBRARY and
    TK_LIBRARY, which children would inherit.
    """
    root, _, inside = name.partition("/")
    if root in {"_tcl_data", "_tk_data"}:
        versioned = os.path.basename(source[: -len(inside) - 1])  # tcl8.6
        return f"lib/{versioned}/{inside}"
    return f"lib/{name}" if _TCL_MODULES.fullmatch(root) and name.endswith(".tm") else ""


def _extension(name: str, places: Places, top: str) -> str:
    directory, _, base = name.rpartition("/")
    return f"{places.dynload}/{base}" if directory.endswith("lib-dynload") else f"{top}/{name}"


def _dotted(name: str) -> str:
    """Return the name of the module that an extension's file name stands for."""
    name = name.rpartition("lib-dynload/")[2]
    directory, slash, base = name.rpartition("/")
    return (directory + slash + base.partition(".")[0]).replace("/", ".")


def _is_ours(entry: Entry, places: Places) -> bool:
    if entry.typecode == "SYMLINK":
        return bool(_LIBPYTHON.match(entry.name))
    base = os.path.basename(entry.source)
    return entry.name == _OURS or bool(_LIBPYTHON.match(base)) or places.is_own(entry.source)


def _is_installed(entry: Entry, places: Places) -> bool:
    return os.path.dirname(entry.source) in places.sites
