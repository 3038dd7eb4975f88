"""The whole way on real interpreters: analyse, compile, link, run what came out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import asdict
from pathlib import Path

import pytest

from pyhelper import protocol
from pyhelper.analysis import scripts
from pyhelper.channel import Failed
from pyhelper.protocol import Analyze, Error, Module, Plan, Snippet, Warn
from pyhelper.tests.conftest import (
    MAIN,
    PYTHONS,
    Tree,
    ask,
    clean_environment,
    converse,
    given,
    interpreter_files,
    make_venv,
    run_tree,
    tools,
)

STDLIB = ["json", "json.tool", "sqlite3", "ssl", "ctypes", "multiprocessing", "asyncio"]

# Runs in the tree: every module, and child processes of every kind.
PROGRAM = """
import asyncio, ctypes, json, multiprocessing, sqlite3, ssl, subprocess, sys
print(json.dumps(sqlite3.connect(":memory:").execute("select 6 * 7").fetchone()))
ssl.create_default_context()
assert ctypes.CDLL(None).getpid() > 0
asyncio.run(asyncio.sleep(0))
for method in ("fork", "spawn", "forkserver"):
    with multiprocessing.get_context(method).Pool(1) as pool:
        print(method, pool.map(abs, [-1, -2]))
for options in (["-c", "print(1)"], ["-E", "-c", "print(1)"], ["-m", "json.tool", "/dev/null"]):
    print(subprocess.run([sys.executable, *options], capture_output=True).stderr)
print("x".encode("cp1252"), "h\\xe4".encode("idna"))
"""
PRINTED = """\
[42]
fork [1, 2]
spawn [1, 2]
forkserver [1, 2]
b''
b''
b'Expecting value: line 1 column 1 (char 0)\\n'
b'x' b'xn--h-0fa'
"""


def modules(*names: str) -> list[Module]:
    return [Module(name, [f"main.go:{i}:2"]) for i, name in enumerate(names, 1)]


def plan_for(python: str, work: Path, *names: str) -> Plan:
    interpreter_files(python)  # skips one without a shared library
    work.mkdir(exist_ok=True)
    return ask(python, Analyze(str(work), modules(*names)), Plan, tools())


def test_the_plan_does_not_depend_on_hashes(python: str, tmp_path: Path) -> None:
    """Byte for byte, the order of everything included, whatever sets are iterated over."""
    plans = []
    for seed in ("1", "2"):
        work = tmp_path / seed
        work.mkdir()
        request = Analyze(str(work), modules("json", "asyncio", "multiprocessing"))
        done = subprocess.run(
            [python, "-s", "-X", "utf8", str(MAIN), tools()],
            input=protocol.encode_request(request),
            capture_output=True,
            check=True,
            encoding="utf-8",
            env=clean_environment(PYTHONHASHSEED=seed),
        )
        plans.append(done.stdout.splitlines()[-1].replace(str(work), "work"))
    assert len(plans[0]) > 50_000
    assert plans[0] == plans[1]


def test_the_standard_library_runs_on_its_own(python: str, tmp_path: Path, tree: Tree) -> None:
    plan = plan_for(python, tmp_path / "work", *STDLIB)
    dests = [f.dest for f in plan.files]
    top = f"lib/{plan.python.libdir_name}"
    assert dests == sorted(set(dests))
    assert {f"{top}/os.pyc", f"{top}/encodings/utf_8.pyc", f"{top}/runpy.pyc"} <= set(dests)
    assert f"{top}/multiprocessing/resource_tracker.pyc" in dests
    assert not [d for d in dests if "pyi_rth" in d or "pyimod" in d or "libpython" in d]
    assert plan.distributions == []
    assert os.path.isfile(plan.toc)

    directory = tree(python, plan)
    moved = directory.with_name("moved")
    directory.rename(moved)
    assert run_tree(moved, PROGRAM) == PRINTED
    assert_no_path_of(plan, moved)


def assert_no_path_of(plan: Plan, top: Path) -> None:
    assert plan.python.neutral
    for path in top.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            told = [n.path for n in plan.python.neutral if n.path.encode() in data]
            assert not told, path


def test_numpy_runs_on_its_own(tmp_path: Path, tree: Tree) -> None:
    python = given("LLGO_PY_TEST_NUMPY")
    plan = plan_for(python, tmp_path / "work", "numpy")
    (numpy,) = plan.distributions
    assert (numpy.name, bool(numpy.version), "BSD" in numpy.license) == ("numpy", True, True)
    dests = {f.dest: f for f in plan.files}
    packages = f"lib/{plan.python.libdir_name}/site-packages"
    metadata = f"{packages}/numpy-{numpy.version}.dist-info"
    assert f"{metadata}/METADATA" in dests
    assert f"{metadata}/RECORD" not in dests
    assert dests[f"{packages}/numpy/__init__.pyc"].distribution == "numpy"
    blas = [d for d in dests if "openblas" in os.path.basename(d)]
    assert [d.startswith(f"{packages}/numpy.libs/") for d in blas] == [True]

    shown = run_tree(
        tree(python, plan),
        "import numpy; print(numpy.linalg.solve([[2, 1], [1, 3]], [3, 5]))\n"
        "from importlib.metadata import version; print(version('numpy') == numpy.__version__)",
    )
    assert shown == "[0.8 1.4]\nTrue\n"


def test_modules_that_are_not_there(tmp_path: Path) -> None:
    """A missing one is an error with its position; the helper's tools are missing too."""
    request = Analyze(
        str(tmp_path),
        [
            Module("json.nothing", ["--py-hidden-import"]),
            *modules("builtins", "os.path", "setuptools", "altgraph"),
        ],
    )
    last = converse(PYTHONS[0], request, tools())[-1]
    assert isinstance(last, Error)
    assert last.text == "python module json.nothing not found (nor setuptools, altgraph)"
    assert (last.module, last.positions) == ("json.nothing", ["--py-hidden-import"])
    assert last.missing == []  # json is there: nothing that can be installed has it


def test_a_snippet_that_imports_in_vain(tmp_path: Path) -> None:
    snippets = [
        Snippet("main.go:3:1", "import json\n"),
        Snippet("main.go:9:2", "import nowhere_at_all\n"),
    ]
    last = converse(PYTHONS[0], Analyze(str(tmp_path), [], snippets), tools())[-1]
    assert isinstance(last, Error)
    assert last.text == "python module nowhere_at_all not found"
    assert last.missing == ["nowhere_at_all"]
    assert (last.module, last.positions) == ("nowhere_at_all", ["main.go:9:2"])


def test_names_of_a_package_need_not_be_modules(tmp_path: Path) -> None:
    """from package import name: the package may make the name when it is asked."""
    site = make_venv(PYTHONS[0], tmp_path / "venv")
    (site / "lazy").mkdir()
    (site / "lazy" / "__init__.py").write_text("def __getattr__(name): return name\n")
    python = str(tmp_path / "venv" / "bin" / "python3")
    for code, error in (
        ("from lazy import anything\n", ""),
        ("from lazy.deep import anything\n", "python module lazy.deep not found"),
        ("import lazy.deep.er\n", "python module lazy.deep not found"),
    ):
        work = tmp_path / str(len(code))
        work.mkdir()
        last = converse(python, Analyze(str(work), [], [Snippet("main.go:9:2", code)]), tools())[-1]
        assert (last.text if isinstance(last, Error) else "") == error


def test_hello_with_a_snippet(tmp_path: Path) -> None:
    snippets = [
        Snippet("main.go:9:2", "import wave\n"),
        Snippet("main.go:9:9", "for {{.X}}:\n  import colorsys\n  from email import header"),
        Snippet("main.go:9:20", "import nowhere_at_all\n{{.X}}"),
        Snippet("main.go:10:1", "try:\n  import also_nowhere\nexcept ImportError: pass\n"),
    ]
    request = Analyze(str(tmp_path), modules("builtins", "sys", "os.path"), snippets)
    messages = converse(PYTHONS[0], request, tools())
    plan = messages[-1]
    assert isinstance(plan, Plan)
    found = {f.module for f in plan.files}
    assert {"wave", "colorsys", "email.header"} <= found
    assert not {"llgo_pyhelper_entry", "pydoc", "unittest", "asyncio"} & found
    warnings = [m.text for m in messages if isinstance(m, Warn)]
    assert warnings == ["main.go:9:20: python module nowhere_at_all not found"]
    missing = {m.module: m.reason for m in plan.missing}
    assert missing["nowhere_at_all"] == "required"
    assert missing["also_nowhere"] == "guarded"
    assert "required" not in [reason for name, reason in missing.items() if "nowhere" not in name]


def test_a_name_that_is_none() -> None:
    for name in ("a-b", "", "a..b", "x.import"):
        with pytest.raises(Failed, match="is not the name of a python module"):
            scripts.write(Analyze("/nonexistent", [Module(name)]), "/nonexistent")


def test_the_environments_own_tools_are_the_programs(tmp_path: Path) -> None:
    """An environment with setuptools, and a PyInstaller that must not be used."""
    python = PYTHONS[0]
    site = tmp_path / "venv"
    packages = make_venv(python, site)
    shutil.copytree(Path(tools()) / "packaging", packages / "packaging")
    (packages / "setuptools.py").write_text("mine = 1\n")
    (packages / "PyInstaller.py").write_text("raise RuntimeError('not this one')\n")
    venv_python = str(site / "bin" / "python3")
    plan = plan_for(venv_python, tmp_path / "work", "setuptools", "packaging.version")
    sources = {f.module: f.source for f in plan.files}
    assert sources["setuptools"] == str(packages / "setuptools.py")
    assert sources["packaging.version"] == str(packages / "packaging" / "version.py")
    assert sources["os"] == os.path.join(plan.python.stdlib, "os.py")
    assert not [s for s in sources.values() if s.startswith(tools() + os.sep)]


def test_two_plans_do_not_differ(tmp_path: Path) -> None:
    """Neither the order of hashes nor of the request, nor the directory, says anything.

    Each analysis is a process of its own, with its own seed of hashes.
    """
    python = given("LLGO_PY_TEST_NUMPY")
    names = ["json", "numpy", "sqlite3", "multiprocessing", "email.mime.text"]
    plans = []
    for work, order in ((tmp_path / "a", names), (tmp_path / "b" / "deeper", names[::-1])):
        work.mkdir(parents=True)
        request = Analyze(str(work), [Module(name, ["main.go:1:1"]) for name in order])
        plan = ask(python, request, Plan, tools())
        plans.append(json.dumps(asdict(plan), indent=1).replace(str(work), "WORK").splitlines())
    assert len(plans[0]) > 1000
    assert plans[0] == plans[1]
