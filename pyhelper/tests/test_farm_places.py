"""Where the layout farm puts what comes from the directories of sys.path."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pyhelper.analysis import farm
from pyhelper.analysis.places import Places
from pyhelper.channel import Failed
from pyhelper.protocol import PlanFile

SITE = "lib/python3.14/site-packages"
HERE = Places(
    libdir_name="python3.14",
    stdlib=("/py/lib/python3.14",),
    sites=("/own", "/unused", "/py/lib/python3.14/site-packages"),
    own=("/helper", "/work"),
)
INSTALLED = "/py/lib/python3.14/site-packages"


def arrange(work: Path, *files: PlanFile) -> dict[str, PlanFile]:
    """Return the files by their places, all but the one that leads an interpreter there."""
    arranged = {f.dest: f for f in farm.arrange(list(files), HERE, str(work))}
    assert list(arranged) == sorted(arranged)
    return arranged


def test_each_directory_has_a_place(tmp_path: Path) -> None:
    files = [
        PlanFile("lib/python3.14/os.pyc", "/py/lib/python3.14/os.py", "module", "os"),
        PlanFile(f"{SITE}/mine.pyc", "/own/mine.py", "module", "mine"),
        PlanFile(f"{SITE}/pkg/__init__.pyc", f"{INSTALLED}/pkg/__init__.py", "module", "pkg"),
        PlanFile(f"{SITE}/pkg/_c.so", f"{INSTALLED}/pkg/_c.so", "extension", "pkg._c"),
        PlanFile(f"{SITE}/pkg/added.txt", "/home/me/added.txt", "data"),
        PlanFile(f"{SITE}/assets/logo.png", "/home/me/logo.png", "data"),
        PlanFile(f"{SITE}/_llgo_start/__init__.pyc", "/work/_llgo_start.py", "module", "x"),
    ]
    places = arrange(tmp_path, *files)
    pth = places.pop(f"{SITE}/_llgo_farm.pth")
    assert set(places) == {
        "lib/python3.14/os.pyc",
        # The directory that nothing comes from has no number.
        "site-packages/p1/mine.pyc",
        "site-packages/p2/pkg/__init__.pyc",
        "site-packages/p2/pkg/_c.so",
        # What the user adds to a package goes with it, and all else where sys._MEIPASS is.
        "site-packages/p2/pkg/added.txt",
        f"{SITE}/assets/logo.png",
        f"{SITE}/_llgo_start/__init__.pyc",
    }
    lines = Path(pth.source).read_text().splitlines()
    assert lines == ["../../../site-packages/p1", "../../../site-packages/p2"]
    assert places["site-packages/p1/mine.pyc"] == replace(
        files[1], dest="site-packages/p1/mine.pyc"
    )


def test_without_packages_nothing_leads_to_them(tmp_path: Path) -> None:
    os = PlanFile("lib/python3.14/os.pyc", "/py/lib/python3.14/os.py", "module", "os")
    assert arrange(tmp_path, os) == {os.dest: os}


def test_libraries_of_no_package(tmp_path: Path) -> None:
    places = arrange(
        tmp_path,
        PlanFile("lib/libz.so.1", "/usr/lib/libz.so.1", "library"),
        PlanFile("lib/libz.so", "", "symlink", target="libz.so.1"),
        PlanFile(f"{SITE}/libz.so.1", "", "symlink", target="../../libz.so.1"),
        PlanFile("lib/fallback/libgcc_s.so.1", "/usr/lib/libgcc_s.so.1", "library"),
        PlanFile("lib/tcl9.0/init.tcl", "/py/lib/tcl9.0/init.tcl", "data"),
    )
    assert {dest: f.target for dest, f in places.items()} == {
        "ld_library_paths/l/libz.so.1": "",
        "ld_library_paths/l/libz.so": "libz.so.1",
        f"{SITE}/libz.so.1": "../../../ld_library_paths/l/libz.so.1",
        "lib/fallback/libgcc_s.so.1": "",
        "lib/tcl9.0/init.tcl": "",
    }


def test_a_module_from_nowhere_is_named(tmp_path: Path) -> None:
    stray = PlanFile(f"{SITE}/stray/deep.pyc", "/elsewhere/stray/deep.py", "module", "stray.deep")
    with pytest.raises(Failed, match=r"module stray\.deep comes from /elsewhere/stray/deep\.py"):
        arrange(tmp_path, stray)
