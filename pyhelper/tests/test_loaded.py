"""Libraries that Python code opens by itself are in the bundle, and found there."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from pyhelper.binaries import elf, machine
from pyhelper.protocol import Analyze, Plan, Snippet
from pyhelper.tests.conftest import Tree, ask, make_venv, run_tree, tools
from pyhelper.tests.test_analysis import modules

if sys.platform != "linux":
    pytest.skip("libraries of Linux", allow_module_level=True)

# Opens libraries of every kind and shows where they were found.
SHOP = """
import ctypes, ctypes.util, os
ctypes.CDLL("libz.so.1")
ctypes.CDLL(ctypes.util.find_library("expat"))
ctypes.CDLL(os.path.join(os.path.dirname(__file__), "native", "libown.so"))
"""
# What the generated module of a cffi binding looks like to an analysis.
FAKE_CFFI = """
import ctypes
class FFI:
    def dlopen(self, name): return ctypes.CDLL(name)
"""
BINDING = "from ffi import FFI\nclass B:\n  ffi = FFI()\n  lib = ffi.dlopen('libbz2.so.1.0')\n"


@pytest.fixture
def python(python: str, tmp_path: Path) -> str:
    """Return a venv with a package that opens libraries."""
    site = make_venv(python, tmp_path / "venv")
    (site / "shop" / "native").mkdir(parents=True)
    (site / "shop" / "__init__.py").write_text(SHOP)
    (site / "ffi.py").write_text(FAKE_CFFI)
    (site / "binding.py").write_text(BINDING)
    shutil.copy(library("libz.so.1"), site / "shop" / "native" / "libown.so")
    return str(tmp_path / "venv" / "bin" / "python3")


def library(name: str) -> str:
    own = elf.read(str(Path(sys.executable).resolve()))
    assert own is not None
    path = machine.find(name, own, sys.executable)
    if not path:
        pytest.skip(f"no {name} on this machine")
    return path


def plan_of(python: str, work: Path, code: str) -> Plan:
    work.mkdir()
    request = Analyze(str(work), modules("json"), [Snippet("main.go:9:2", code)])
    return ask(python, request, Plan, tools())


def test_libraries_opened_by_name_and_path(python: str, tmp_path: Path, tree: Tree) -> None:
    for name in ("libz.so.1", "libexpat.so.1", "libbz2.so.1.0"):
        library(name)
    plan = plan_of(python, tmp_path / "work", "import shop, binding")
    libraries = {f.dest for f in plan.files if f.kind == "library"}
    site = f"lib/{plan.python.libdir_name}/site-packages"
    assert {
        "lib/libz.so.1",
        "lib/libexpat.so.1",
        "lib/libbz2.so.1.0",
        f"{site}/shop/native/libown.so",
    } <= libraries
    top = tree(python, plan)
    maps = run_tree(top, "import shop, binding\nprint(open('/proc/self/maps').read())")
    mapped = {line.split(None, 5)[5] for line in maps.splitlines() if str(top) in line}
    for name in ("libz.so.1", "libexpat.so.1", "libbz2.so.1.0"):
        assert str(top / "lib" / name) in mapped


def test_without_such_libraries_nothing_starts(python: str, tmp_path: Path) -> None:
    """find_library of something that nobody has is no reason for a hook."""
    plan = plan_of(python, tmp_path / "work", "import ctypes.util\nctypes.util.find_library('no')")
    assert not [f.dest for f in plan.files if "_llgo_start" in f.dest]
