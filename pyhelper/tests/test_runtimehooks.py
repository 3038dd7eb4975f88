"""Run-time hooks: the decision for each, and what runs in a bundle."""

from __future__ import annotations

import ast
import json
import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from pyhelper.analysis import runtimehooks
from pyhelper.analysis.places import Places
from pyhelper.protocol import Analyze, Module, Options, Plan, Snippet
from pyhelper.tests.conftest import PYTHONS, Tree, ask, interpreter_files, run_tree, tools

PLACES = Places("python3.12", ("/py/lib/python3.12",), (), ())


def listed() -> list[str]:
    """Return the paths of all hooks of PyInstaller and its collection."""
    root = Path(tools())
    paths = []
    for directory in (root / "PyInstaller" / "hooks", root / "_pyinstaller_hooks_contrib"):
        hooks = ast.literal_eval((directory / "rthooks.dat").read_text("utf-8"))
        paths += [str(directory / "rthooks" / name) for names in hooks.values() for name in names]
    return paths


def test_every_hook_has_a_decision() -> None:
    """A new version of the tools may bring a hook: then somebody must think."""
    names = {runtimehooks._name(path) for path in listed()}
    assert names == set(runtimehooks.TABLE)
    assert {d.how for d in runtimehooks.TABLE.values()} == {"unneeded", "placed", "run", "ours"}
    assert all(d.why for d in runtimehooks.TABLE.values())


def test_select() -> None:
    own = "/home/me/hooks/rthooks/pyi_rth_inspect.py"  # the same name, another hook
    contributed = "/venv/lib/python3.12/site-packages/pkg/__pyinstaller/rthooks/x.py"
    by_name = {runtimehooks._name(path): [path] for path in listed()}
    graph = SimpleNamespace(_available_rthooks={**by_name, "own": [own], "pkg": [contributed]})
    runtimehooks.select(graph)
    left = {name: paths for name, paths in graph._available_rthooks.items() if paths}
    assert left["own"] == [own]
    assert left["pkg"] == [contributed]
    assert left["gi"] == by_name["gi"]
    assert [
        os.path.relpath(path, os.path.dirname(runtimehooks.__file__)) for path in left["setuptools"]
    ] == ["rthooks/setuptools.py"]
    kept = {name for name, d in runtimehooks.TABLE.items() if d.how in {"run", "ours"}}
    assert set(left) == kept | {"own", "pkg"}


def test_the_start_package(tmp_path: Path) -> None:
    hooks = ["/h/my-hook.py", "/h/2nd.py", "/other/2nd.py"]
    files = runtimehooks.files(hooks, str(tmp_path), PLACES)
    site = "lib/python3.12/site-packages"
    assert [(f.dest[len(site) + 1 :], f.kind, f.module) for f in files] == [
        ("_llgo_start.pth", "data", ""),
        ("_llgo_start/__init__.pyc", "module", "_llgo_start"),
        ("_llgo_start/hook_00_my_hook.pyc", "module", "_llgo_start.hook_00_my_hook"),
        ("_llgo_start/hook_01_2nd.pyc", "module", "_llgo_start.hook_01_2nd"),
        ("_llgo_start/hook_02_2nd.pyc", "module", "_llgo_start.hook_02_2nd"),
    ]
    assert Path(files[0].source).read_text("utf-8") == "import _llgo_start\n"
    assert [f.source for f in files[2:]] == hooks
    compile(Path(files[1].source).read_text("utf-8"), "x", "exec")


@pytest.mark.parametrize(
    ("hooks", "wanted"),
    [
        (["/t/PyInstaller/hooks/rthooks/pyi_rth_gi.py"], False),
        (["/t/_pyinstaller_hooks_contrib/rthooks/pyi_rth_usb.py"], True),
        (["/home/me/pyi_rth_usb.py"], False),
        ([], False),
    ],
)
def test_hooks_that_look_for_libraries(hooks: list[str], wanted: bool) -> None:
    assert runtimehooks.want_libraries(hooks) is wanted


def test_mentions(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import sys\n")
    (tmp_path / "b.py").write_text("base = getattr(sys, '_MEIPASS', '.')\n")
    a, b = (str(tmp_path / name) for name in ("a.py", "b.py"))
    assert not runtimehooks.mentions([a], ["import sys"])
    assert runtimehooks.mentions([a, b], [])
    assert runtimehooks.mentions([a], ["print(sys._MEIPASS)"])


def analysed(work: Path, modules: list[str], chosen: Options, *code: str) -> Plan:
    interpreter_files(PYTHONS[0])
    work.mkdir()
    request = Analyze(
        str(work),
        [Module(m, ["here"]) for m in modules],
        [Snippet(f"main.go:{i}:1", c) for i, c in enumerate(code)],
        chosen,
    )
    return ask(PYTHONS[0], request, Plan, tools())


def test_only_who_needs_it_has_it(tmp_path: Path) -> None:
    for i, (code, there) in enumerate((("import json", False), ("import sys; sys._MEIPASS", True))):
        plan = analysed(tmp_path / str(i), [], Options(), code)
        assert any("_llgo_start" in f.dest for f in plan.files) is there


def test_hooks_run_in_order_with_what_they_import(tmp_path: Path, tree: Tree) -> None:
    """User's first, then those of packages; modules for hooks come along."""
    own = tmp_path / "own"
    (own / "seen").mkdir(parents=True)
    (own / "seen" / "__init__.py").write_text("by = []\n")
    (own / "last.py").write_text("import seen; seen.by.append(3)\n")
    (own / "first.py").write_text(
        "import sys, seen, colorsys, _pyi_rth_utils.tempfile\n"
        "seen.by.append((1, sys.frozen, sys._MEIPASS == seen.__path__[0].rpartition('/')[0]))\n"
    )
    hooks = tmp_path / "hooks"
    (hooks / "rthooks").mkdir(parents=True)
    (hooks / "rthooks.dat").write_text("{'seen': ['of_seen.py'], 'inspect': ['of_inspect.py']}")
    (hooks / "rthooks" / "of_seen.py").write_text("import seen; seen.by.append('seen')\n")
    (hooks / "rthooks" / "of_inspect.py").write_text("import seen; seen.by.append('inspect')\n")
    chosen = Options(
        paths=[str(own)],
        hook_dirs=[str(hooks)],
        runtime_hooks=[str(own / "first.py"), str(own / "last.py")],
    )
    plan = analysed(tmp_path / "work", ["seen", "inspect"], chosen)
    modules = {f.module for f in plan.files}
    assert {"colorsys", "_pyi_rth_utils.tempfile"} <= modules
    assert not [i for i in plan.imports if str(tmp_path) in i.name]  # a hook is no module
    shown = run_tree(
        tree(PYTHONS[0], plan),
        "import seen, sys, json; print(json.dumps(seen.by), hasattr(sys, 'frozen'))",
    )
    assert shown == '[[1, true, true], 3, "inspect", "seen"] False\n'


def test_setuptools_has_distutils(tmp_path: Path, tree: Tree) -> None:
    """As in an installation, where distutils-precedence.pth sees to it."""
    own = tmp_path / "own"
    own.mkdir()
    for name in ("setuptools", "_distutils_hack"):
        shutil.copytree(Path(tools()) / name, own / name)
    plan = analysed(tmp_path / "work", ["setuptools"], Options(paths=[str(own)]))
    assert "_distutils_hack" in {f.module for f in plan.files}
    code = "import distutils.version as v, json; print(json.dumps(v.__name__))"
    assert json.loads(run_tree(tree(PYTHONS[0], plan), code)) == "distutils.version"
