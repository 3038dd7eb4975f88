"""What PyInstaller's Analysis found, which it writes to ``Analysis-00.toc``.

That is one tuple with the values named by ``Analysis._GUTS``. They are taken where
PyInstaller writes them: of tens of thousands of files, pprint took longer to write
them than all of the analysis, and their syntax tree a quarter of a gigabyte to read.
Five of them matter, all lists of (name, source, typecode):

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

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


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


def of_values(names: Iterable[str], values: Iterable[Any]) -> Toc:
    """Return the lists among the values with these names."""
    named = dict(zip(names, values))

    def entries(name: str) -> list[Entry]:
        return [Entry(*entry) for entry in named[name]]

    modules = entries("pure") + entries("_modules_outside_pyz")
    return Toc(modules, entries("binaries"), entries("datas"), entries("scripts"))


def take(misc: Any, path: str, found: Callable[[Toc], None]) -> None:
    """Have PyInstaller's module ``misc`` hand over what it saves at ``path``."""

    def save_py_data_struct(file: str, values: Any) -> None:
        write(file, values)
        if os.path.abspath(file) == path:
            found(of_values(_names_of_values(), values))

    misc.save_py_data_struct = save_py_data_struct


def write(path: str, values: Any) -> None:
    """Write values as the Python literal that they are, for people: an entry a line."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        if not isinstance(values, tuple):
            f.write(f"{values!r}\n")
            return
        f.write("(\n")
        for value in values:
            f.writelines(_lines(value))
        f.write(")\n")


def _lines(value: Any) -> Iterable[str]:
    if not isinstance(value, list):
        return [f"{value!r},\n"]
    return ["[\n", *(f" {entry!r},\n" for entry in value), "],\n"]


def _names_of_values() -> list[str]:
    """Return what this PyInstaller calls the values, in order."""
    from PyInstaller.building.build_main import Analysis  # noqa: PLC0415

    return [name for name, _check in Analysis._GUTS]
