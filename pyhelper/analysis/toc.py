"""Read ``Analysis-00.toc``: what PyInstaller's Analysis found, as it wrote it.

The file is a Python literal, one tuple with the values named by
``Analysis._GUTS``. Five of them matter, all lists of (name, source, typecode):

``pure``                  modules meant for PyInstaller's archive: PYMODULE, or
                          PYMODULE-1, -2 when optimised; source ``-`` or empty
                          for a namespace package, which has no file
``_modules_outside_pyz``  modules that are not: those of base_library.zip (the
                          ones encodings, re and traceback need), and those a
                          hook wants as files (module_collection_mode py, pyc)
``binaries``              EXTENSION (name is already a file name, in
                          python3.X/lib-dynload for the library's own) and
                          BINARY (shared libraries; libpython is one of them)
``datas``                 DATA, and SYMLINK with the link's target as source.
                          Besides real data: base_library.zip, byte code made
                          for mode pyc, sources for mode py and pyz+py
``scripts``               PYSOURCE: run-time hooks in their order, then the scripts
                          given, which are ours

Names of files are relative to PyInstaller's one directory for everything, the
parent of packages.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import NamedTuple


class Entry(NamedTuple):
    """One line of a list of the toc."""

    name: str
    source: str
    typecode: str


@dataclass(frozen=True)
class Toc:
    """The lists of the toc that say what to collect."""

    modules: list[Entry]  # pure and _modules_outside_pyz together
    binaries: list[Entry]
    datas: list[Entry]
    scripts: list[Entry]


def read(path: str, names: list[str]) -> Toc:
    """Read the file at ``path`` whose values are called ``names``."""
    with open(path, encoding="utf-8") as f:
        values = dict(zip(names, ast.literal_eval(f.read())))

    def entries(name: str) -> list[Entry]:
        return [Entry(*entry) for entry in values[name]]

    modules = entries("pure") + entries("_modules_outside_pyz")
    return Toc(modules, entries("binaries"), entries("datas"), entries("scripts"))


def names_of_values() -> list[str]:
    """Return what this PyInstaller calls the values, in order."""
    from PyInstaller.building.build_main import Analysis  # noqa: PLC0415

    return [name for name, _check in Analysis._GUTS]
