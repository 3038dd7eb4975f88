"""What a process uses is recorded, whatever way it goes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pyhelper.tests.conftest import make_venv

RECORD = Path(__file__).parents[1] / "tracing" / "record.py"


class Traced:
    """A venv whose every process records."""

    def __init__(self, python: str, top: Path) -> None:
        self.top = top
        self.records = top / "records"
        self.records.mkdir()
        self.site = make_venv(python, top / "venv")
        (self.site / "llgo_trace.py").write_text(RECORD.read_text())
        start = f"import llgo_trace; llgo_trace.start({str(self.records)!r})"
        (self.site / "llgo_trace.pth").write_text(start)

    def run(self, code: str) -> set[tuple[str, ...]]:
        """Run code; return the lines of all processes."""
        python = str(self.top / "venv" / "bin" / "python3")
        done = subprocess.run(
            [python, "-I", "-c", code], capture_output=True, encoding="utf-8", check=False
        )
        assert (done.returncode, done.stderr) == (0, ""), done
        files = self.records.glob("*.trace")
        return {tuple(line.split("\t")) for f in files for line in f.read_text().splitlines()}


@pytest.fixture
def traced(python: str, tmp_path: Path) -> Traced:
    return Traced(python, tmp_path)


def test_modules_with_who_imports_them_and_how(traced: Traced) -> None:
    package = traced.site / "shop"
    package.mkdir()
    (package / "__init__.py").write_text("from . import tills\n")
    (package / "tills.py").write_text("def load(n): import importlib; importlib.import_module(n)\n")
    (traced.site / "paper.py").write_text("import ink\n")
    (traced.site / "ink.py").write_text("\n")
    lines = traced.run("import shop\nshop.tills.load('pa' + 'per')\nexec('import colorsys')")
    modules = {line[1]: line[2:] for line in lines if line[0] == "module"}
    assert modules["shop"] == (str(package / "__init__.py"), "__main__", "statement")
    assert modules["shop.tills"] == (str(package / "tills.py"), "shop", "statement")
    assert modules["paper"] == (str(traced.site / "paper.py"), "shop.tills", "call")
    assert modules["ink"] == (str(traced.site / "ink.py"), "paper", "statement")
    assert modules["colorsys"][1:] == ("__main__", "statement")
    assert "json" not in modules


def test_the_recorder_hides_no_import(traced: Traced, python: str) -> None:
    names = {"ast", "collections", "functools", "json", "re", "threading", "types", "typing"}
    silent = [python, "-I", "-c", "import sys; print(*sys.modules)"]
    before = subprocess.run(silent, capture_output=True, encoding="utf-8", check=True).stdout
    late = names - set(before.split())
    assert {"ast", "json", "typing"} <= late
    lines = traced.run(f"import {', '.join(names)}")
    assert late <= {line[1] for line in lines if line[0] == "module"}


def test_files_that_are_read(traced: Traced) -> None:
    data, made = traced.site / "data.txt", traced.top / "made.txt"
    data.write_text("x")
    lines = traced.run(
        f"import os\nopen({str(data)!r}).close()\nopen({str(made)!r}, 'w').close()\n"
        "try: open('/nonexistent/ü')\nexcept OSError: pass\n"
        f"os.close(os.open({str(data)!r}.encode() + b'2', os.O_RDONLY | os.O_CREAT))\nopen(0)\n"
    )
    files = {line[1] for line in lines if line[0] == "file"}
    assert {str(data), f"{data}2", "/nonexistent/ü"} <= files
    assert str(made) not in files


@pytest.mark.skipif(sys.platform != "linux", reason="maps are Linux's")
def test_libraries_also_without_an_end(traced: Traced) -> None:
    """The library of a process that leaves by os._exit is known by its next event."""
    lines = traced.run(
        "import os, ctypes.util\nctypes.CDLL('libz.so.1')\nimport colorsys\nos._exit(0)\n"
    )
    assert any("/libz.so.1" in line[1] for line in lines if line[0] == "library")


@pytest.mark.skipif(sys.platform != "linux", reason="names of libraries are Linux's")
def test_who_asks_ctypes(traced: Traced) -> None:
    (traced.site / "asks.py").write_text("import ctypes\nctypes.cdll.LoadLibrary('libm.so.6')\n")
    lines = traced.run("import asks, ctypes\nctypes.CDLL(None)\nctypes.CDLL('libc.so.6')\n")
    asked = {line[1:] for line in lines if line[0] == "dlopen"}
    assert asked == {("libm.so.6", "asks"), ("libc.so.6", "__main__")}


def test_children_of_every_kind(traced: Traced) -> None:
    for name in ("forked", "started", "spawned"):
        (traced.site / f"{name}.py").write_text("def run(): pass\n")
    lines = traced.run(
        "import multiprocessing, os, subprocess, sys\n"
        "if os.fork() == 0:\n  import forked\n  os._exit(0)\n"
        "os.wait()\n"
        "subprocess.run([sys.executable, '-c', 'import started'], check=True)\n"
        "import spawned\n"
        "p = multiprocessing.get_context('spawn').Process(target=spawned.run)\n"
        "p.start(); p.join()\n"
    )
    modules = {line[1] for line in lines if line[0] == "module"}
    assert {"forked", "started", "spawned"} <= modules
    assert len(list(traced.records.glob("*.trace"))) >= 4
