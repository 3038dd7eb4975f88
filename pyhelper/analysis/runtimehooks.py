"""Run-time hooks: what runs in a program before its own Python does.

PyInstaller's hooks, those of other packages (``rthooks.dat`` beside their hooks)
and the user's assume that they run before anything else, that data files were
collected below ``sys._MEIPASS`` and that the program is ``sys.frozen``. In the
bundle ``sys._MEIPASS`` is site-packages: below it data lies by the names that
PyInstaller gives it, and packages find theirs beside themselves as in any
installation. ``ASSUMED`` says what else a program may count on.

What runs is the package ``_llgo_start`` in site-packages, made here. It is
imported by the bootstrap, whatever compiler made it, and by a .pth file where
python/bin/python3 runs child processes. A program without hooks, without added
files and without a mention of ``_MEIPASS`` has none of it.

Most of PyInstaller's own hooks repair what a real tree of files never broke;
``TABLE`` says for each what becomes of it. One that is not in it, of a package
or of the user's, runs as it is.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from pyhelper.protocol import PlanFile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyhelper.analysis.places import Places

_HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGE = "_llgo_start"
_FALLBACK = os.path.join(_HERE, "rthooks", "fallback_libraries.py")
MARK = b"_MEIPASS"


class Decision(NamedTuple):
    """What becomes of a hook: ``how`` is unneeded, placed, run or ours."""

    how: str
    why: str
    libraries: bool = False  # it looks for shared libraries in sys._MEIPASS


def _each(names: str, decision: Decision) -> dict[str, Decision]:
    return dict.fromkeys(names.split(), decision)


TABLE: dict[str, Decision] = {
    "inspect": Decision("unneeded", "file names of code are those of the tree: no archive"),
    "pkgutil": Decision("unneeded", "modules are files: the finders that pkgutil knows"),
    "pkgres": Decision("unneeded", "pkg_resources knows directories and dist-info"),
    "multiprocessing": Decision("unneeded", "children are started with an interpreter"),
    "pyqtgraph_multiprocess": Decision(
        "unneeded", "the same; the child's script travels as source"
    ),
    "mplconfig": Decision("unneeded", "it puts the cache of fonts where it is deleted after"),
    "django": Decision("unneeded", "its reloader restarts a python command, not a program"),
    "traitlets": Decision("unneeded", "the warning it silences copes with a missing source"),
    **_each(
        "pyqt5 pyqt6 pyside2 pyside6",
        Decision("unneeded", "Qt's wheels find plugins by the path of their own library"),
    ),
    **_each("pythoncom pywintypes", Decision("unneeded", "for Windows")),
    "_tkinter": Decision(
        "placed", "Tcl looks in lib/tclX.Y beside bin of sys.executable: no variable is needed"
    ),
    "nltk": Decision("placed", "nltk looks in lib/nltk_data of sys.prefix: nothing is imported"),
    "pyproj": Decision("placed", "pyproj looks in share/proj of sys.prefix"),
    "setuptools": Decision("ours", "only the part that a .pth file does in an installation"),
    "usb": Decision("run", "it looks for the bundled libusb", libraries=True),
    "findlibs": Decision("run", "it looks for bundled libraries", libraries=True),
    "pygraphviz": Decision("run", "it looks for the bundled programs", libraries=True),
    "ffpyplayer": Decision("run", "it needs site.USER_BASE, which only a full start of site sets"),
    "tensorflow": Decision("run", "it needs site.USER_SITE, which only a full start of site sets"),
    "enchant": Decision("run", "macOS: where the library looks for its providers"),
    "osgeo": Decision("run", "GDAL, if it is not a wheel's, knows its data by GDAL_DATA only"),
    "cryptography_openssl": Decision(
        "run", "a shared OpenSSL needs a variable to find its modules"
    ),
    **_each(
        "gi gio glib gdkpixbuf gtk gstreamer kivy",
        Decision("run", "the library takes its directories from variables only; children see them"),
    ),
}

# What programs count on besides, and what they find.
ASSUMED = {
    "sys._MEIPASS": "site-packages; set where a hook, an added file or a module's code is about it",
    "sys.frozen": "true while hooks run; absent after, since multiprocessing would start children"
    " of the program's own file, and others look for an archive",
    "sys.executable": "an interpreter, unless it was left out",
    "pkgutil": "walks packages: they are directories",
    "importlib.resources": "files of packages, beside their modules",
    "importlib.metadata": "the metadata of every distribution that has a file in the bundle",
    "entry points": "of these; of others with --py-copy-metadata and --py-hidden-import",
    "ctypes": "the bundle's libraries first, also in find_library: hooks of ours (analysis.loaded)",
    "certifi": "cacert.pem is a file of the package, by PyInstaller's hook",
    "matplotlib": "mpl-data is a directory of the package, by PyInstaller's hook",
}


def select(graph: Any) -> None:
    """Take the hooks out of PyInstaller's ``graph`` that do not run, and put ours in."""
    available = graph._available_rthooks
    for module, paths in list(available.items()):
        available[module] = [chosen for path in paths for chosen in _chosen(path)]


def _chosen(path: str) -> list[str]:
    name = _name(path)
    decision = TABLE.get(name) if _is_known(path) else None
    if decision is None or decision.how == "run":
        return [path]
    return [os.path.join(_HERE, "rthooks", f"{name}.py")] if decision.how == "ours" else []


def _is_known(path: str) -> bool:
    """Is it PyInstaller's or of its collection? Others may have the same names."""
    packages = {"PyInstaller", "_pyinstaller_hooks_contrib"}
    return not packages.isdisjoint(os.path.abspath(path).split(os.sep))


def _name(path: str) -> str:
    stem = os.path.splitext(os.path.basename(path))[0]
    return stem.removeprefix("pyi_rth_")


def want_libraries(hooks: Iterable[str]) -> bool:
    """Does one of these hooks look for shared libraries in ``sys._MEIPASS``?"""
    decisions = (TABLE.get(_name(path)) for path in hooks if _is_known(path))
    return any(decision.libraries for decision in decisions if decision)


def files(
    hooks: list[str], workdir: str, places: Places, *, fallback: bool = False, assumed: bool = True
) -> list[PlanFile]:
    """Write what runs ``hooks``, paths of scripts, in their order; return its files.

    ``fallback``: the bundle has libraries to lend, which comes first; ``assumed``:
    something counts on sys._MEIPASS.
    """
    first = {_FALLBACK: f"{PACKAGE}.{_identifier(_FALLBACK)}"} if fallback else {}
    named = {**first, **modules(hooks)}
    text = _start(list(first.values()), list(named.values())[len(first) :], places, assumed)
    start = _write(workdir, f"{PACKAGE}.py", text)
    pth = _write(workdir, f"{PACKAGE}.pth", f"import {PACKAGE}\n")
    return [
        PlanFile(f"{places.site}/{PACKAGE}.pth", pth, "data"),
        PlanFile(f"{places.site}/{PACKAGE}/__init__.pyc", start, "module", PACKAGE),
        *(
            PlanFile(f"{places.site}/{module.replace('.', '/')}.pyc", path, "module", module)
            for path, module in named.items()
        ),
    ]


def modules(hooks: list[str]) -> dict[str, str]:
    """Return what each hook is called as a module, by its path."""
    return {
        path: f"{PACKAGE}.hook_{i:02d}_{_identifier(path)}"
        for i, path in enumerate(dict.fromkeys(hooks))
    }


def _start(first: list[str], names: list[str], places: Places, assumed: bool) -> str:
    lines = [f"import {name}" for name in first]
    if assumed:
        lines += ["import sys", f"sys._MEIPASS = sys.prefix + '/{places.site}'"]
    if names:
        lines.append("sys.frozen = True")
        lines.append("try:")
        lines += [f"    import {name}" for name in names]
        lines += ["finally:", "    del sys.frozen"]
    return "\n".join(lines) + "\n"


def _identifier(path: str) -> str:
    return re.sub(r"\W", "_", os.path.splitext(os.path.basename(path))[0], flags=re.ASCII)


def _write(directory: str, name: str, text: str) -> str:
    path = os.path.join(directory, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def mentions(paths: Iterable[str], texts: Iterable[str]) -> bool:
    """Does one of these files, or texts, name ``sys._MEIPASS``?"""
    if any(MARK.decode() in text for text in texts):
        return True
    for path in paths:
        with open(path, "rb") as f:
            if MARK in f.read():
                return True
    return False
