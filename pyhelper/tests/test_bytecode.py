from __future__ import annotations

import marshal
import random
import subprocess
import sys
from pathlib import Path
from types import CodeType

import pytest

from pyhelper import bytecode, frozensets, protocol
from pyhelper.protocol import Compile, Compiled, Job
from pyhelper.tests.conftest import about, ask, clean_environment, start

SOURCES = 300


def stdlib_sources(python: str) -> list[Path]:
    (stdlib,) = about(python, "[sysconfig.get_path('stdlib')]")
    found = sorted(Path(stdlib).rglob("*.py"))
    own = [p for p in found if not {"site-packages", "test", "tests"} & set(p.parts)]
    # traceback.py of 3.9 has a set constant with None in it; keep it in.
    chosen = random.Random(3).sample(own, min(SOURCES, len(own)))
    return [*chosen, Path(stdlib) / "traceback.py"]


def compile_all(python: str, jobs: list[Job], seed: str) -> None:
    # -s in place of -I, for -I would ignore the seed.
    main = str(Path(protocol.__file__).parent / "__main__.py")
    done = subprocess.run(
        [python, "-s", "-X", "utf8", main],
        input=protocol.encode_request(Compile(jobs)),
        capture_output=True,
        encoding="utf-8",
        env=clean_environment(PYTHONHASHSEED=seed),
        check=True,
    )
    last = protocol.decode_message(done.stdout.splitlines()[-1])
    assert last == Compiled(len(jobs), [])


def test_bytes_depend_on_nothing_but_the_source(python: str, tmp_path: Path) -> None:
    """Neither directory, order of jobs, hash seed nor where memory lies."""
    sources = list(dict.fromkeys(stdlib_sources(python)))
    names = {source: f"lib/{number}.py" for number, source in enumerate(sources)}
    for directory, seed in (("a", "1"), ("elsewhere/b", "2")):
        random.Random(seed).shuffle(sources)
        out = tmp_path / directory
        jobs = [Job(str(s), names[s], str(out / f"{names[s]}c")) for s in sources]
        compile_all(python, jobs, seed)
    different = [
        str(source)
        for source, name in names.items()
        if (tmp_path / "a" / f"{name}c").read_bytes()
        != (tmp_path / "elsewhere/b" / f"{name}c").read_bytes()
    ]
    assert not different


def test_compiled_module_is_trusted_and_knows_its_name(python: str, tmp_path: Path) -> None:
    source = tmp_path / "secret place" / "m.py"
    source.parent.mkdir()
    source.write_text("def f(x): return x in {None, 'ä', 2.5, (1, 2)}\n1 / 0\n", "utf-8")
    output = tmp_path / "out" / "m.pyc"
    ask(python, Compile([Job(str(source), "lib/m.py", str(output))]), Compiled)
    assert output.read_bytes()[4:8] == b"\x01\x00\x00\x00"  # hash-based, unchecked
    assert b"secret place" not in output.read_bytes()
    source.unlink()
    done = subprocess.run(
        [python, "-c", "import m"],
        cwd=output.parent,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert 'File "lib/m.py", line 2' in done.stderr
    assert "ZeroDivisionError" in done.stderr


def test_optimize_drops_docstrings(python: str, tmp_path: Path) -> None:
    source = tmp_path / "m.py"
    source.write_text('"""a docstring that goes"""\nassert False, "an assertion that goes"\n')
    for level in (0, 2):
        job = Job(str(source), "m.py", str(tmp_path / f"{level}.pyc"))
        ask(python, Compile([job], level), Compiled)
    assert b"that goes" in (tmp_path / "0.pyc").read_bytes()
    assert b"that goes" not in (tmp_path / "2.pyc").read_bytes()


@pytest.mark.parametrize("text", [b"def f(:\n", b"# coding: nonsense\n", b"a = '\xff'\n", b"a\0b"])
def test_bad_source_is_reported_and_the_rest_compiled(
    python: str, tmp_path: Path, text: bytes
) -> None:
    bad, good = tmp_path / "bad.py", tmp_path / "good.py"
    bad.write_bytes(text)
    good.write_text("x = 1\n")
    jobs = [Job(str(p), p.name, str(tmp_path / f"{p.stem}.pyc")) for p in (bad, good)]
    compiled = ask(python, Compile(jobs), Compiled)
    assert compiled.count == 1
    assert [f.source for f in compiled.failed] == [str(bad)]
    assert not (tmp_path / "bad.pyc").exists()


def test_paths_of_the_interpreter_are_neutral(python: str, tmp_path: Path) -> None:
    prefix, source = about(
        python,
        "[sys.base_prefix, __import__(sysconfig._get_sysconfigdata_name()).__file__]",
    )
    assert prefix != "/usr"
    output = tmp_path / "data.pyc"
    ask(python, Compile([Job(source, "data.py", str(output))]), Compiled)
    assert prefix.encode() not in output.read_bytes()
    assert b"/install/lib" in output.read_bytes()


def test_a_missing_source_is_an_error(tmp_path: Path) -> None:
    job = Job(str(tmp_path / "none.py"), "none.py", str(tmp_path / "none.pyc"))
    done = start(sys.executable, protocol.encode_request(Compile([job])))
    assert done.returncode == 1
    assert "none.py" in done.stdout


def compiled_code(text: str) -> CodeType:
    code = compile(text, "x.py", "exec")
    assert isinstance(code, CodeType)
    return code


def test_sets_leave_and_come_back() -> None:
    text = "a = 1 in {1, 'x', None}\ndef f(): return [2 in {2, 3}, 2 in {2, 3}]\nb = f()"
    code, sets = frozensets.set_aside(compiled_code(text))
    assert frozenset({1, "x", None}) in sets
    again = marshal.loads(frozensets.put_back(marshal_marked(code), sets))
    space: dict[str, object] = {}
    exec(again, space)
    assert (space["a"], space["b"]) == (True, [True, True])


def marshal_marked(code: CodeType) -> bytes:
    held = list(bytecode._reachable(code))
    data = marshal.dumps(code)
    assert held
    return data


def test_code_without_sets_is_left_alone() -> None:
    code = compiled_code("x = (1, 2)")
    assert frozensets.set_aside(code) == (code, [])
    assert frozensets.set_aside(code)[0] is code
