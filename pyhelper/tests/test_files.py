"""Entries as PyInstaller writes them, and where they belong in the bundle."""

from __future__ import annotations

import sys

import pytest

from pyhelper.analysis import files
from pyhelper.analysis.places import Places, relative
from pyhelper.analysis.toc import Entry, Toc
from pyhelper.protocol import PlanFile

SITE = "/py/lib/python3.12/site-packages"
PLACES = Places("python3.12", ("/py/lib/python3.12",), (SITE, "/venv/site-packages"), ("/tools",))
TOP = "lib/python3.12"
PACKAGES = f"{TOP}/site-packages"


def placed(*entries: Entry) -> dict[str, tuple[str, str]]:
    """Return kind and source (target of a link) of each file by its place."""
    modules = [e for e in entries if e.typecode.startswith("PYMODULE")]
    binaries = [e for e in entries if e.typecode in {"BINARY", "EXTENSION"}]
    datas = [e for e in entries if e not in modules and e not in binaries]
    found = files.of_toc(Toc(modules, binaries, datas, []), PLACES, frozenset())
    return {f.dest: (f.kind, f.source or f.target) for f in found}


@pytest.mark.parametrize(
    ("entry", "dest", "kind"),
    [
        (
            ("json", "/py/lib/python3.12/json/__init__.py", "PYMODULE"),
            f"{TOP}/json/__init__.pyc",
            "module",
        ),
        (("os", "/py/lib/python3.12/os.py", "PYMODULE-2"), f"{TOP}/os.pyc", "module"),
        (("numpy.fft", f"{SITE}/numpy/fft.py", "PYMODULE"), f"{PACKAGES}/numpy/fft.pyc", "module"),
        (("own", "/home/me/own.py", "PYMODULE"), f"{PACKAGES}/own.pyc", "module"),
        (("gone", f"{SITE}/gone.pyc", "PYMODULE"), f"{PACKAGES}/gone.pyc", "data"),
        (
            (
                "python3.12/lib-dynload/_ssl.so",
                "/py/lib/python3.12/lib-dynload/_ssl.so",
                "EXTENSION",
            ),
            f"{TOP}/lib-dynload/_ssl.so",
            "extension",
        ),
        (
            # How it is called where the directory has another name (python3.12t).
            ("python3.12/lib-dynload/x.so", "/usr/lib/python3.12/lib-dynload/x.so", "EXTENSION"),
            f"{TOP}/lib-dynload/x.so",
            "extension",
        ),
        (("numpy/a.so", f"{SITE}/numpy/a.so", "EXTENSION"), f"{PACKAGES}/numpy/a.so", "extension"),
        (("libssl.so.3", "/lib/libssl.so.3", "BINARY"), "lib/libssl.so.3", "library"),
        (
            ("numpy.libs/libblas.so", f"{SITE}/numpy.libs/libblas.so", "BINARY"),
            f"{PACKAGES}/numpy.libs/libblas.so",
            "library",
        ),
        (
            ("libflat.so", "/venv/site-packages/libflat.so", "BINARY"),
            f"{PACKAGES}/libflat.so",
            "library",
        ),
        (
            ("certifi/ca.pem", f"{SITE}/certifi/ca.pem", "DATA"),
            f"{PACKAGES}/certifi/ca.pem",
            "data",
        ),
        (
            ("lib2to3/G.txt", "/py/lib/python3.12/lib2to3/G.txt", "DATA"),
            f"{TOP}/lib2to3/G.txt",
            "data",
        ),
        (
            ("_tcl_data/msgs/de.msg", "/usr/share/tcltk/tcl8.6/msgs/de.msg", "DATA"),
            "lib/tcl8.6/msgs/de.msg",
            "data",
        ),
        (("_tk_data/tk.tcl", "/py/lib/tk9.0/tk.tcl", "DATA"), "lib/tk9.0/tk.tcl", "data"),
        (
            ("tcl8/8.5/msgcat-1.6.1.tm", "/py/lib/tcl8/8.5/msgcat-1.6.1.tm", "DATA"),
            "lib/tcl8/8.5/msgcat-1.6.1.tm",
            "data",
        ),
        (("libz.so", "libz.so.1", "SYMLINK"), "lib/libz.so", "symlink"),
        (("a.libs/libz.so", "libz.so.1", "SYMLINK"), f"{PACKAGES}/a.libs/libz.so", "symlink"),
    ],
)
def test_place(entry: tuple[str, str, str], dest: str, kind: str) -> None:
    assert placed(Entry(*entry)) == {dest: (kind, entry[1])}


@pytest.mark.parametrize(
    "entry",
    [
        ("libpython3.12.so.1.0", "/py/lib/libpython3.12.so.1.0", "BINARY"),
        ("libX11.so.6", "/lib/libX11.so.6", "BINARY"),  # policy
        ("base_library.zip", "/w/base_library.zip", "DATA"),
        ("libblas.so", "numpy.libs/libblas.so", "SYMLINK"),  # for LD_LIBRARY_PATH
        ("space", "-", "PYMODULE"),  # a namespace package is a directory
        ("setuptools", "/tools/setuptools/__init__.py", "PYMODULE"),
        ("setuptools.dist-info/METADATA", "/tools/setuptools.dist-info/METADATA", "DATA"),
    ],
)
def test_left_out(entry: tuple[str, str, str]) -> None:
    assert placed(Entry(*entry)) == {}


@pytest.mark.parametrize("prefix", [None, "/elsewhere"])
def test_a_module_collected_as_source_has_both(
    prefix: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python ignores m.pyc beside m.py: the byte code goes to __pycache__ in the bundle."""
    monkeypatch.setattr(sys, "pycache_prefix", prefix)
    source = f"{SITE}/torch/jit.py"
    found = files.of_toc(
        Toc(
            [Entry("torch.jit", source, "PYMODULE")],
            [],
            [Entry("torch/jit.py", source, "DATA"), Entry("copies/jit.py", source, "DATA")],
            [],
        ),
        PLACES,
        frozenset(),
    )
    py, pyc, copy = sorted(found, key=lambda f: f.kind, reverse=True)
    assert (copy.kind, copy.dest) == ("data", f"{PACKAGES}/copies/jit.py")
    assert py == PlanFile(f"{PACKAGES}/torch/jit.py", source, "source", "torch.jit")
    assert pyc.kind == "module"
    assert pyc.dest.startswith(f"{PACKAGES}/torch/__pycache__/jit.cpython-")


def test_extensions_know_their_module() -> None:
    names = ["numpy/fft/_x.cpython-312-x86_64-linux-gnu.so", "python3.12/lib-dynload/_ssl.abi3.so"]
    entries = [Entry(name, f"{SITE}/{name}", "EXTENSION") for name in names]
    found = files.of_toc(Toc([], entries, [], []), PLACES, frozenset())
    assert [f.module for f in found] == ["numpy.fft._x", "_ssl"]


def test_relative_takes_the_innermost_root() -> None:
    assert relative("/a/b/c", ("/a", "/a/b")) == "c"
    assert relative("/ab/c", ("/a",)) is None
