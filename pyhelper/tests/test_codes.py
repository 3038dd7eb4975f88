"""Byte code that the analysis makes is what operation compile makes."""

from __future__ import annotations

import ast
import hashlib
import json
import subprocess
from pathlib import Path

import pytest

from pyhelper.analysis.codes import Codes
from pyhelper.protocol import Analyze, Compile, Compiled, Job, Made, Module, Options, Plan, PlanFile
from pyhelper.tests.conftest import ROOT, ask, clean_environment, given, tools

# Names that live in the analysing process as well, other encodings and line ends, set
# constants, and what nobody can compile.
OWN = {
    "pydoc_alike.py": b"class Helper:\n class Inner:\n  x = 'Helper.Inner', 'Helper.Inner'\n",
    "latin.py": b"# coding: latin-1\ntext = '\xe4'\r\ndef f(x):\r\n  return x in {'a', None}\r\n",
    "bom.py": b"\xef\xbb\xbf'''a docstring\n  of two lines'''\nimport latin\n",
    "broken.py": b"def f(:\n",
}
NAMES = ["argparse", "csv", "ctypes", "pydoc", "asyncio", "imaplib", "pydoc_alike", "bom"]


def analyse(python: str, work: Path, names: list[str], own: Path) -> Plan:
    work.mkdir()
    (work / "pyc").mkdir()
    (work / "work").mkdir()
    asked = [Module(name, ["main.go:1:1"]) for name in names]
    options = Options(paths=[str(own)])
    request = Analyze(str(work / "work"), asked, options=options, bytecode=str(work / "pyc"))
    return ask(python, request, Plan, tools())


def compare(python: str, made: list[Made], work: Path) -> list[str]:
    """Return the sources that operation compile makes something else of."""
    jobs = [Job(m.source, m.name, str(work / f"{i}.pyc")) for i, m in enumerate(made)]
    assert ask(python, Compile(jobs), Compiled).failed == []
    return [
        m.source
        for m, job in zip(made, jobs)
        if Path(m.output).read_bytes() != Path(job.output).read_bytes()
    ]


def test_it_is_what_compile_makes(python: str, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    for name, text in OWN.items():
        (own / name).write_bytes(text)
    plan = analyse(python, tmp_path / "analysis", NAMES, own)
    assert compare(python, plan.made, tmp_path / "compiled") == []
    sources = {f.source: f.dest for f in plan.files if f.kind == "module"}
    made = {m.source: m.name + "c" for m in plan.made}
    assert made.items() <= sources.items()
    # Namespace packages have no source of their own, nor have modules that are added late.
    assert len(made) > 0.9 * len(sources)
    assert {str(own / name) for name in ("pydoc_alike.py", "latin.py", "bom.py")} <= made.keys()
    for m in plan.made:
        assert m.sha256 == hashlib.sha256(Path(m.source).read_bytes()).hexdigest()


def test_of_packages(tmp_path: Path) -> None:
    python = given("LLGO_PY_TEST_NUMPY")
    plan = analyse(python, tmp_path / "analysis", ["numpy"], tmp_path)
    assert any("numpy" in m.source for m in plan.made)
    assert compare(python, plan.made, tmp_path / "compiled") == []


def test_none_is_made_unasked(python: str, tmp_path: Path) -> None:
    plan = ask(python, Analyze(str(tmp_path), [Module("json", ["main.go:1:1"])]), Plan, tools())
    assert plan.made == []


def compiled(codes: Codes, source: Path, text: str) -> None:
    tree = codes.compile(text, str(source), "exec", ast.PyCF_ONLY_AST, True)
    codes.compile(tree, str(source), "exec", 0, True)


@pytest.mark.parametrize("now", ["x = 2\n", "# coding: nonsense\nx = 1\n", ""])
def test_what_was_edited_meanwhile_is_not_handed_out(tmp_path: Path, now: str) -> None:
    codes, edited, kept = Codes(), tmp_path / "edited.py", tmp_path / "kept.py"
    for source in (edited, kept):
        source.write_text("x = 1\n")
        compiled(codes, source, "x = 1\n")
    edited.write_text(now)
    planned = [PlanFile(f"lib/{s.name}c", str(s), "module") for s in (edited, kept)]
    planned.append(PlanFile("lib/kept.py", str(kept), "source"))
    made = codes.write(planned, str(tmp_path / "out"))
    assert [m.source for m in made] == [str(kept)]


def test_the_seam_is_there(python: str) -> None:
    """modulegraph's methods look the function up among its module's names first."""
    code = (
        "import json, sys; sys.path[:0] = sys.argv[1:]\n"
        "from PyInstaller.lib.modulegraph import modulegraph\n"
        "graph = modulegraph.ModuleGraph\n"
        "methods = [graph.add_script, graph._safe_import_module, graph._load_module]\n"
        "print(json.dumps(['compile' in m.__code__.co_names for m in methods]))\n"
    )
    done = subprocess.run(
        [python, "-I", "-c", code, tools(), str(ROOT)],
        check=True,
        capture_output=True,
        env=clean_environment(),
    )
    assert json.loads(done.stdout) == [True, True, True]
