"""What PyInstaller saves is taken from it and written, for tens of thousands of files."""

from __future__ import annotations

import ast
import types
from pathlib import Path

import pytest

from pyhelper.analysis import options, toc
from pyhelper.analysis.toc import Entry, Toc
from pyhelper.protocol import Addition, Options

NAMES = ["inputs", "pure", "binaries", "datas", "scripts", "_modules_outside_pyz"]
VALUES = (
    ["/w/script.py"],
    [("json", "/lib/json/__init__.py", "PYMODULE")],
    [("lib.so", "/usr/lib/lib.so", "BINARY")],
    [("data/it's \udcff", "/d/it's \udcff", "DATA"), ("x", "/d/x", "DATA")],
    [("script", "/w/script.py", "PYSOURCE")],
    [("re", "/lib/re.py", "PYMODULE")],
)


def test_lists_are_taken_by_their_names() -> None:
    assert toc.of_values(NAMES, VALUES) == Toc(
        [
            Entry("json", "/lib/json/__init__.py", "PYMODULE"),
            Entry("re", "/lib/re.py", "PYMODULE"),
        ],
        [Entry("lib.so", "/usr/lib/lib.so", "BINARY")],
        [Entry("data/it's \udcff", "/d/it's \udcff", "DATA"), Entry("x", "/d/x", "DATA")],
        [Entry("script", "/w/script.py", "PYSOURCE")],
    )


def test_what_is_saved_is_taken_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toc, "_names_of_values", lambda: NAMES)
    misc, taken = types.SimpleNamespace(), list[Toc]()
    path, other = tmp_path / "llgo" / "Analysis-00.toc", tmp_path / "index.dat"
    toc.take(misc, str(path), taken.append)
    misc.save_py_data_struct(str(other), {"a": 1})
    misc.save_py_data_struct(str(path), VALUES)
    assert taken == [toc.of_values(NAMES, VALUES)]
    assert ast.literal_eval(other.read_text("utf-8")) == {"a": 1}
    text = path.read_text("utf-8")
    assert ast.literal_eval(text) == VALUES
    assert " ('x', '/d/x', 'DATA'),\n" in text


def test_a_spec_file_does_not_grow_with_what_is_added() -> None:
    def spec(count: int) -> str:
        additions = [Addition(f"/d/{n}", "data") for n in range(count)]
        return options.spec(Options(additions=additions), ["/w/script.py"], [], "/hooks")

    assert spec(10_000) == spec(1)
