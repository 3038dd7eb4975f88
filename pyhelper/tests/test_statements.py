"""What stands between an import statement and its execution, on every version."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from pyhelper import protocol
from pyhelper.check.messages import Import, Imports, ImportsAnswer, ImportsFile, PythonModule
from pyhelper.tests.conftest import ask, clean_environment

MODULE = """
import os, sys.path
from . import sibling
from ..up import a, b
from .... import outside
try:
    import tomllib
except ModuleNotFoundError:
    import tomli
try:
    import bare
except:
    pass
try:
    import value
except ValueError:
    pass
try:
    import finally_
finally:
    print()
if os.name == "nt":
    import winreg
else:
    import posix
with open("x") as f:
    import in_with
def f():
    import delayed
    try:
        import both
    except (ImportError, AttributeError):
        pass
class A:
    import in_class
for i in x:
    import in_loop
try:
    import as_name
except Exception as e:
    print(e)
while True:
    import in_while
    break
assert os
import last
"""

WANT = {
    "os": "",
    "sys.path": "",
    "p.q": "",
    "p.up": "",
    "tomllib": "guarded",
    "tomli": "conditional",
    "bare": "guarded",
    "value": "",
    "finally_": "",
    "winreg": "conditional",
    "posix": "conditional",
    "in_with": "",
    "delayed": "delayed",
    "both": "guarded delayed",
    "in_class": "",
    "in_loop": "conditional",
    "as_name": "guarded",
    "in_while": "",
    "last": "",
}


def read(python: str, *files: Path, **kind: bool) -> list[PythonModule]:
    wanted = [ImportsFile(p.name, str(p), "p.q.m", kind.get("package", False)) for p in files]
    answer = ask(python, Imports(2, 10, 512, wanted), ImportsAnswer)
    assert {"sys", "_imp", "__main__"} <= set(answer.builtins)
    assert "json" not in answer.builtins
    return answer.modules


def described(found: list[Import]) -> dict[str, str]:
    flags = ("guarded", "delayed", "conditional")
    return {i.module: " ".join(f for f in flags if getattr(i, f)) for i in found}


def compiled(python: str, source: Path) -> Path:
    output = source.with_suffix(".pyc")
    code = "import py_compile, sys; py_compile.compile(*sys.argv[1:], doraise=True)"
    subprocess.run(
        [python, "-I", "-c", code, str(source), str(output)], check=True, env=clean_environment()
    )
    return output


def test_source_and_byte_code_say_the_same(python: str, tmp_path: Path) -> None:
    source = tmp_path / "m.py"
    source.write_text(MODULE)
    for module in read(python, source, compiled(python, source)):
        assert module.error == ""
        assert described(module.imports) == WANT
        relative = next(i for i in module.imports if i.module == "p.up")
        assert (relative.names, relative.line) == (["a", "b"], 4)


def test_a_package_is_where_its_relative_imports_start(python: str, tmp_path: Path) -> None:
    source = tmp_path / "__init__.py"
    source.write_text("from . import a\nfrom .b import c\n")
    (module,) = read(python, source, package=True)
    assert [i.module for i in module.imports] == ["p.q.m", "p.q.m.b"]


def test_nothing_is_executed(python: str, tmp_path: Path) -> None:
    source, witness = tmp_path / "m.py", tmp_path / "witness"
    source.write_text(f"open({str(witness)!r}, 'w').close()\nimport os\n")
    modules = read(python, source, compiled(python, source))
    assert [described(m.imports) for m in modules] == [{"os": ""}] * 2
    assert not witness.exists()


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"", "EOFError"),
        (b"\xe3\0\0", "EOFError"),
        (b"N", "without code"),
        (b"(\xff\xff\xff\x7f", "memory|EOFError|ValueError"),
        (b")\x01" * 100_000, "ValueError|crashed|nested|EOFError"),
        (b"s\xff\xff\xff\x7f", "memory|EOFError"),
    ],
)
def test_hostile_byte_code_is_an_error(
    python: str, tmp_path: Path, body: bytes, complaint: str
) -> None:
    good = tmp_path / "good.py"
    good.write_text("import os\n")
    header = compiled(python, good).read_bytes()[:16]
    bad = tmp_path / "bad.pyc"
    bad.write_bytes(header + body)
    hostile, fine = read(python, bad, good)
    assert any(part in hostile.error for part in complaint.split("|")), hostile.error
    assert "\n" not in hostile.error
    assert described(fine.imports) == {"os": ""}


def test_flipped_byte_code_never_takes_the_helper_along(python: str, tmp_path: Path) -> None:
    source = tmp_path / "m.py"
    source.write_text(MODULE)
    data = compiled(python, source).read_bytes()
    files = []
    for n in range(150):
        changed = bytearray(data)
        for k in range(1 + n % 4):
            changed[(16 + n * 7919 + k * 104729) % len(data)] ^= 1 << n % 8
        path = tmp_path / f"{n}.pyc"
        path.write_bytes(changed)
        files.append(path)
    modules = read(python, *files)
    assert len(modules) == len(files)
    assert all("\n" not in m.error and "Traceback" not in m.error for m in modules)


def test_byte_code_of_another_version_is_not_guessed_at(python: str, tmp_path: Path) -> None:
    path = tmp_path / "old.pyc"
    path.write_bytes(b"\x42\x0d\r\n" + b"\0" * 12 + b"N")  # 3.8
    (module,) = read(python, path)
    assert "byte code of another version" in module.error


def test_the_answer_is_in_the_order_of_the_request(python: str, tmp_path: Path) -> None:
    files = []
    for n in range(20):
        path = tmp_path / f"{n}.py"
        path.write_text("import os\n" * (1 if n else 5000))
        files.append(path)
    assert [m.path for m in read(python, *files)] == [p.name for p in files]


def test_golden_import_is_what_is_sent() -> None:
    encoded = json.loads(protocol.encode_message(ImportsAnswer("3", ["sys"], [])))
    assert encoded["type"] == "imports"
