from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile
from elftools.elf.relocation import RelocationSection
from elftools.elf.sections import SymbolTableSection

from pyhelper.binaries.bind import bind
from pyhelper.protocol import Link, Linked
from pyhelper.tests.conftest import ask, interpreter_files

if sys.platform != "linux":
    pytest.skip("elf files", allow_module_level=True)


def relocations(path: Path) -> tuple[set[int], list[str], int]:
    """Return the places that the loader fills, the names it looks up at once, DT_RELACOUNT."""
    with path.open("rb") as f:
        file = ELFFile(f)
        symbols, table = file.get_section_by_name(".dynsym"), file.get_section_by_name(".rela.dyn")
        dynamic = file.get_section_by_name(".dynamic")
        assert isinstance(symbols, SymbolTableSection)
        assert isinstance(table, RelocationSection)
        assert isinstance(dynamic, DynamicSection)
        found = list(table.iter_relocations())
        names = [symbols.get_symbol(r["r_info_sym"]).name for r in found if r["r_info_sym"]]
        tags = dynamic.iter_tags()
        count = next((t["d_val"] for t in tags if t["d_tag"] == "DT_RELACOUNT"), 0)
        return {r["r_offset"] for r in found}, names, count


SOURCE = """
#include <string.h>
int value = 41;
int *pointer = &value;
__attribute__((weak)) int weakly(void) { return 1; }
int plain(void) { return value + 1; }
int (*table[])(void) = {plain, weakly};
size_t outside(const char *s) { return strlen(s) + plain() + *pointer + table[0](); }
"""


def compiled(tmp_path: Path) -> Path:
    cc = shutil.which("cc") or shutil.which("gcc")
    if cc is None:
        pytest.skip("skipped: no C compiler")
    (tmp_path / "x.c").write_text(SOURCE)
    path = tmp_path / "libx.so"
    command = [cc, "-shared", "-fPIC", "-Wl,-z,lazy", str(tmp_path / "x.c"), "-o", str(path)]
    subprocess.run(command, check=True)
    return path


def called(path: Path, **env: str) -> str:
    code = f"import ctypes; x = ctypes.CDLL({str(path)!r}); print(x.outside(b'abc'), x.weakly())"
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, check=True, capture_output=True, text=True, env={**os.environ, **env}
    ).stdout


def test_own_symbols_are_bound(tmp_path: Path) -> None:
    path, bound = compiled(tmp_path), tmp_path / "bound.so"
    data = bind(path.read_bytes())
    assert data is not None
    bound.write_bytes(data)
    before, after = relocations(path), relocations(bound)
    assert {"value", "pointer", "plain", "weakly", "table"} <= set(before[1])
    assert "weakly" in after[1]
    assert not {"value", "pointer", "plain", "table"} & set(after[1])
    assert before[0] == after[0]
    assert after[2] > before[2]
    assert called(bound) == called(path) == f"{3 + 42 + 41 + 42} 1\n"
    assert called(bound, LD_BIND_NOW="1") == called(path)


def test_what_is_not_as_expected_stays(tmp_path: Path) -> None:
    data = compiled(tmp_path).read_bytes()
    assert bind(b"#!/bin/sh") is None
    assert bind(data[:4] + b"\x01" + data[5:]) is None
    assert bind(data[:18] + b"\x03\x00" + data[20:]) is None  # another machine


def test_the_library_of_an_interpreter(python: str, tmp_path: Path) -> None:
    files = interpreter_files(python)
    library = next(f for f in files if f.dest.startswith("lib/libpython"))
    request = Link(str(tmp_path / "patched"), files, bind=library.dest)
    linked = next(f for f in ask(sys.executable, request, Linked).files if f.dest == library.dest)
    before, after = relocations(Path(library.source)), relocations(Path(linked.source))
    assert linked.patched
    assert before[0] == after[0]
    assert not [n for n in after[1] if n.startswith(("PyExc_", "PyList_", "PyUnicode_"))]
