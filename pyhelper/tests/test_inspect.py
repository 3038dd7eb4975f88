"""Two readers for each binary, and their agreement on real ones."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

from pyhelper.check.messages import Image, Inspect, Inspected, InspectFile, Reading
from pyhelper.tests.conftest import converse, interpreter_files


def inspect(*paths: str) -> dict[tuple[str, str], Reading]:
    files = [InspectFile(f"file {n}", path) for n, path in enumerate(paths)]
    messages = converse(sys.executable, Inspect(2, 30, 512, files))
    assert messages[-1] == Inspected(len(paths))
    return {(m.name, m.reader): m for m in messages if isinstance(m, Reading)}


def normal(image: Image) -> Image:
    """Bring lists whose order means nothing into one order."""
    return dataclasses.replace(
        image,
        imports=sorted(image.imports, key=str),
        exports=sorted(image.exports, key=str),
        versions=sorted(image.versions, key=str),
        defines=sorted(image.defines),
    )


def test_both_readers_agree_on_an_interpreter(python: str) -> None:
    files = interpreter_files(python)
    found = inspect(*(f.source for f in files))
    for n, file in enumerate(files):
        (one,) = found[f"file {n}", "lief"].images
        (other,) = found[f"file {n}", "pyelftools"].images
        assert normal(one) == normal(other), file
        expected = {"pie", "executable"} if "bin/" in file.dest else {"shared"}
        assert one.type in expected
        assert "libc.so.6" in one.needed
    library = normal(found["file 1", "lief"].images[0])
    assert library.name.startswith("libpython3")
    assert {"Py_Initialize", "PyLong_FromLong"} <= {s.name for s in library.exports}
    assert any(v.name.startswith("GLIBC_2.") and v.library == "libc.so.6" for v in library.versions)


def test_what_is_no_binary_is_an_error_of_each_reader(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello")
    (tmp_path / "elf").write_bytes(b"\x7fELF\x02\x01\x01" + b"\xff" * 100)
    found = inspect(str(tmp_path / "text"), str(tmp_path / "elf"))
    assert {reader for _, reader in found} == {"lief", "macholib", "pyelftools"}
    del found["file 1", "lief"]  # it takes anything with the magic for a file without content
    for reading in found.values():
        assert reading.error, reading
        assert reading.images == []
        assert "\n" not in reading.error
