from __future__ import annotations

import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from pyhelper.binaries.strip import strip
from pyhelper.protocol import Link, Linked
from pyhelper.tests.conftest import ask, interpreter_files

if sys.platform != "linux":
    pytest.skip("elf files", allow_module_level=True)


def sections(path: Path) -> dict[str, bytes]:
    """Return the contents of all sections as an independent reader sees them."""
    with path.open("rb") as f:
        return {s.name: s.data() for s in ELFFile(f).iter_sections() if s.name}


def mapped(path: Path) -> list[tuple[dict[str, int], bytes]]:
    """Return what the loader maps, and where, without the headers of the file."""
    with path.open("rb") as f:
        segments = [s for s in ELFFile(f).iter_segments() if s["p_type"] == "PT_LOAD"]
        heads = {k: v for s in segments for k, v in s.header.items() if k != "p_offset"}
        return [(heads, s.data() if s["p_offset"] else s.data()[0x1000:]) for s in segments]


def compiled(tmp_path: Path) -> Path:
    """Compile a library with symbols and debug information."""
    cc = shutil.which("cc") or shutil.which("gcc")
    if cc is None:
        pytest.skip("skipped: no C compiler")
    source = tmp_path / "x.c"
    source.write_text(
        "static int hidden(void) { return 41; }\nint shown(void) { return hidden() + 1; }\n"
    )
    path = tmp_path / "libx.so"
    command = [cc, "-g", "-shared", "-fPIC", "-Wl,--build-id", str(source), "-o", str(path)]
    subprocess.run(command, check=True)
    return path


def called(path: Path) -> str:
    code = f"import ctypes; print(ctypes.CDLL({str(path)!r}).shown())"
    return subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout


def test_a_library_is_stripped_and_works(tmp_path: Path) -> None:
    path, out = compiled(tmp_path), tmp_path / "out.so"
    data = strip(path.read_bytes())
    assert data is not None
    out.write_bytes(data)
    assert len(data) < path.stat().st_size
    before, after = sections(path), sections(out)
    assert {".symtab", ".debug_info"} <= set(before)
    gone = {name for name in before if name not in after}
    assert gone == {n for n in before if n in {".symtab", ".strtab"} or n.startswith(".debug_")}
    assert all(after[n] == before[n] for n in after if n != ".shstrtab")
    assert mapped(out) == mapped(path)
    assert called(out) == called(path) == "42\n"
    assert strip(data) is None


@pytest.mark.parametrize("what", ["not ELF", "32 bits", "cut", "appended", "no symbols"])
def test_what_is_not_as_expected_stays(what: str, tmp_path: Path) -> None:
    data = compiled(tmp_path).read_bytes()
    changed = {
        "not ELF": b"#!/bin/sh\n",
        "32 bits": data[:4] + b"\x01" + data[5:],
        "cut": data[:-100],
        "appended": data + b"PK\x05\x06",
        "no symbols": data[:0x3A] + struct.pack("<HHH", 0x40, 0, 0),  # cut where sections are
    }[what]
    assert strip(changed) is None


def test_real_libraries_are_linked_stripped(python: str, tmp_path: Path) -> None:
    """The interpreter starts with them, and nothing is larger than it was."""
    files = interpreter_files(python)
    request = Link(str(tmp_path / "patched"), files, strip=True)
    linked = ask(sys.executable, request, Linked)
    for file in linked.files:
        original = next((f.source for f in files if f.dest == file.dest), file.source)
        assert (
            Path(file.source).stat().st_size + file.stripped
            <= Path(original).stat().st_size + 0x3000
        )
        assert ".symtab" not in sections(Path(file.source)) or file.stripped == 0
        assert file.patched or file.source == original
