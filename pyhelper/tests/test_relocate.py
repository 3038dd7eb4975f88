"""Native files with another search path, of both formats; ELF is asked of the loader elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path

import lief
import pytest

from pyhelper.binaries import elf, macho
from pyhelper.check import macho_names as names
from pyhelper.protocol import Relocate, Relocated, Relocation
from pyhelper.tests import machofile
from pyhelper.tests.conftest import ask, interpreter_files
from pyhelper.tests.machofile import ARM64, X86_64, Image

LOADER = ["@loader_path", "@loader_path/libfoo.dylib_deps", "@loader_path/common_libs"]


def relocate(*jobs: Relocation) -> Relocated:
    return ask(sys.executable, Relocate(list(jobs)), Relocated)


def test_macho_gets_search_paths_and_names(tmp_path: Path) -> None:
    loads: list[str | tuple[int, str]] = [
        "/opt/lib/libbar.1.dylib",
        (names.LC_LOAD_WEAK_DYLIB, "/usr/lib/libSystem.B.dylib"),
    ]
    old = ["/opt/lib", "@loader_path/../x"]
    images = [
        Image(cpu, name="/opt/lib/libfoo.dylib", loads=loads, rpaths=old, room=2048)
        for cpu in (X86_64, ARM64)
    ]
    source, output = tmp_path / "libfoo.dylib", tmp_path / "out" / "libfoo.dylib"
    source.write_bytes(machofile.fat(*(image.data() for image in images)))
    renamed = {"/opt/lib/libbar.1.dylib": "@rpath/libbar.1.dylib"}
    answer = relocate(
        Relocation(str(source), str(output), LOADER, renamed, "@rpath/libfoo.dylib"),
    )
    assert answer == Relocated(1, [])
    read = macho.read(str(output))
    assert read is not None
    assert read.install_name == "@rpath/libfoo.dylib"
    assert read.needed == ("@rpath/libbar.1.dylib", "/usr/lib/libSystem.B.dylib")
    for image in read.images:
        assert image.rpaths == tuple(LOADER)
        assert image.signed == (image.arch != "x86_64")


def test_macho_without_room_is_refused(tmp_path: Path) -> None:
    source, output = tmp_path / "libfoo.dylib", tmp_path / "out" / "libfoo.dylib"
    source.write_bytes(Image(ARM64, name="/opt/lib/libfoo.dylib", room=400).data())
    answer = relocate(Relocation(str(source), str(output), LOADER))
    assert answer.count == 0
    assert answer.failed[0].source == str(source)
    assert "headerpad" in answer.failed[0].text
    assert not output.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="takes the interpreter's own files")
def test_elf_keeps_everything_else(python: str, tmp_path: Path) -> None:
    files = [f.source for f in interpreter_files(python)]
    search = ["$ORIGIN", "$ORIGIN/x_deps", "$ORIGIN/common_libs"]
    jobs = [Relocation(f, str(tmp_path / str(i)), search) for i, f in enumerate(files)]
    assert relocate(*jobs) == Relocated(len(files), [])
    for job in jobs:
        before, after = lief.ELF.parse(job.source), lief.ELF.parse(job.output)
        assert before is not None
        assert after is not None
        read = elf.read(job.output)
        assert read is not None
        assert list(read.search) == search
        assert list(before.libraries) == list(after.libraries)
        assert {s.name for s in before.exported_symbols} == {s.name for s in after.exported_symbols}


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    source = tmp_path / "cut.so"
    source.write_bytes(b"\x7fELF\x02\x01\x01" + bytes(9))
    answer = relocate(Relocation(str(source), str(tmp_path / "out"), ["$ORIGIN"]))
    assert answer.count == 0
    assert "\n" not in answer.failed[0].text
