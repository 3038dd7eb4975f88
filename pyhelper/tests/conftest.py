"""Real interpreters, and a helper started the way the Go half starts it.

What a test needs and the machine lacks is skipped with the name of the variable
that gives it:

LLGO_PY_TEST_PYTHONS   interpreters, separated as in PATH (default: this one)
LLGO_PY_TEST_NUMPY     the interpreter of an environment with numpy
LLGO_PY_TEST_ANALYSIS  the directory that lock/analysis.txt was installed into
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from pyhelper import protocol
from pyhelper.protocol import Binary, Compile, Job, Link, Linked, Message, Plan, Request

ROOT = Path(__file__).parents[2]
MAIN = ROOT / "pyhelper" / "__main__.py"

PYTHONS = os.environ.get("LLGO_PY_TEST_PYTHONS", sys.executable).split(os.pathsep)

T = TypeVar("T")


def given(variable: str) -> str:
    """Return the value of an environment variable, or skip the test."""
    value = os.environ.get(variable, "")
    if not value:
        pytest.skip(f"set {variable} (see {Path(__file__).name})")
    return value


def tools() -> str:
    return given("LLGO_PY_TEST_ANALYSIS")


@pytest.fixture(params=PYTHONS, ids=lambda path: path.replace(os.sep, "_")[-40:])
def python(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def clean_environment(**extra: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    return {**kept, **extra}


def start(
    python: str, text: str, *paths: str, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Start the helper in ``python`` and give it ``text``."""
    return subprocess.run(
        [python, "-I", "-X", "utf8", str(MAIN), *paths],
        input=text,
        capture_output=True,
        encoding="utf-8",
        env=clean_environment() if env is None else env,
        check=False,
        timeout=600,
    )


def converse(python: str, request: Request, *paths: str) -> list[Message]:
    """Ask the helper; return every message it sent."""
    done = start(python, protocol.encode_request(request), *paths)
    messages = [protocol.decode_message(line) for line in done.stdout.splitlines()]
    assert messages, done.stderr
    assert done.returncode == isinstance(messages[-1], protocol.Error), done.stderr
    return messages


def ask(python: str, request: Request, answer: type[T], *paths: str) -> T:
    """Ask the helper; return its last message, which must be an ``answer``."""
    last = converse(python, request, *paths)[-1]
    assert isinstance(last, answer), last
    return last


def about(python: str, expression: str) -> list[str]:
    """Evaluate a list of strings in ``python``."""
    code = f"import os, sys, sysconfig, json; print(json.dumps({expression}))"
    out = subprocess.run([python, "-I", "-c", code], check=True, capture_output=True).stdout
    value: list[str] = json.loads(out)
    return value


def interpreter_files(python: str) -> list[Binary]:
    """Return the executable and the shared library of ``python``."""
    prefix, library, executable = about(
        python,
        "[sys.base_prefix, sysconfig.get_config_var('INSTSONAME'),"
        " os.path.realpath(sys.executable)]",
    )
    path = os.path.join(prefix, "lib", library)
    if not os.path.isfile(path):
        pytest.skip(f"{python} has no shared library")
    return [Binary("bin/python3", executable), Binary(f"lib/{library}", path)]


def make_venv(python: str, top: Path) -> Path:
    """Make a venv of ``python`` without anything in it; return its site-packages."""
    subprocess.run([python, "-I", "-m", "venv", "--without-pip", str(top)], check=True)
    (site,) = top.glob("lib/python*/site-packages")
    return site


def write_tree(python: str, plan: Plan, top: Path, work: Path) -> Linked:
    """Do what the Go half does with a plan; return what was linked."""
    jobs = [
        Job(f.source, f.dest[: -len("c")], str(top / f.dest))
        for f in plan.files
        if f.kind == "module"
    ]
    compiled = ask(python, Compile(jobs), protocol.Compiled)
    assert not compiled.failed
    native = [Binary(f.dest, f.source) for f in plan.files if f.kind in {"extension", "library"}]
    native += interpreter_files(python)
    linked = ask(sys.executable, Link(str(work / "patched"), native, plan.python.neutral), Linked)
    copies = [(f.dest, f.source) for f in plan.files if f.kind in {"data", "source"}]
    copies += [(f.dest, f.source) for f in linked.files]
    for dest, source in copies:
        (top / dest).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, top / dest)
    # CPython's landmark: without it every start complains on stderr.
    (top / "lib" / plan.python.libdir_name / "lib-dynload").mkdir(exist_ok=True)
    return linked


def run_tree(top: Path, code: str) -> str:
    """Run Python code in a tree, with nothing in the environment."""
    done = subprocess.run(
        [str(top / "bin" / "python3"), "-I", "-c", code],
        capture_output=True,
        encoding="utf-8",
        env={},
        cwd="/",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


Tree = Callable[[str, Plan], Path]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """Write the tree of a plan and return where it is."""

    def make(python: str, plan: Plan) -> Path:
        top = tmp_path / "tree with ü"
        write_tree(python, plan, top, tmp_path)
        return top

    return make


def replaced(request: Request, **changes: object) -> str:
    """Encode a request with fields changed, even to what the types forbid."""
    raw = {**json.loads(protocol.encode_request(request)), **changes}
    return json.dumps(raw)
