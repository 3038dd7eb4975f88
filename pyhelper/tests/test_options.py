"""What the user adds and takes away, by the plans of real analyses."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from pyhelper.analysis import options
from pyhelper.channel import Failed
from pyhelper.protocol import Addition, Analyze, Collect, Module, Options, Plan
from pyhelper.tests.conftest import PYTHONS, Tree, ask, interpreter_files, run_tree, tools

PACKAGES = ("apple", "berry", "cherry", "date", "elder", "fig", "grape")


def own_packages(directory: Path) -> Path:
    """Write packages that are alike: a module, data, a library, and metadata."""
    library = interpreter_files(PYTHONS[0])[1].source
    for name in PACKAGES:
        package = directory / name
        (package / "data").mkdir(parents=True)
        (package / "__init__.py").write_text("")
        (package / "part.py").write_text(f"name = {name!r}\n")
        (package / "data" / "table.csv").write_text("1,2\n")
        if name in {"cherry", "date"}:  # of one of this name, nobody knows that it is no module
            shutil.copy(library, package / "libtaste.so")
        if name == "elder":
            shutil.copy(library, package / "libtaste.so.1")
        info = directory / f"{name}-2.0.dist-info"
        info.mkdir()
        requires = "Requires-Dist: grape\n" if name == "fig" else ""
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name}\nVersion: 2.0\n{requires}"
        )
        (info / "RECORD").write_text("")
        (info / "top_level.txt").write_text(name + "\n")
    return directory


def analysed(work: Path, modules: list[str], chosen: Options, python: str = PYTHONS[0]) -> Plan:
    interpreter_files(python)  # skips one without a shared library
    work.mkdir()
    request = Analyze(str(work), [Module(m, ["here"]) for m in modules], options=chosen)
    return ask(python, request, Plan, tools())


def below_site(plan: Plan) -> dict[str, str]:
    """Return the kinds of all files of site-packages, by their place there."""
    site = f"lib/{plan.python.libdir_name}/site-packages/"
    return {f.dest[len(site) :]: f.kind for f in plan.files if f.dest.startswith(site)}


def test_each_way_to_collect_does_what_it_says(tmp_path: Path) -> None:
    chosen = Options(
        paths=[str(own_packages(tmp_path / "own"))],
        collect=[
            Collect("submodules", "apple"),
            Collect("data", "berry"),
            Collect("binaries", "cherry"),
            Collect("all", "date"),
            Collect("metadata", "elder"),
            Collect("metadata of all", "fig"),
        ],
    )
    found = below_site(analysed(tmp_path / "work", [], chosen))

    def of(name: str) -> dict[str, str]:
        start = (f"{name}/", f"{name}-")
        return {d[len(name) + 1 :]: k for d, k in found.items() if d.startswith(start)}

    # A file of a distribution brings its metadata.
    info = dict.fromkeys(("2.0.dist-info/METADATA", "2.0.dist-info/top_level.txt"), "data")
    assert of("apple") == {"__init__.pyc": "module", "part.pyc": "module", **info}
    assert of("berry") == {"data/table.csv": "data", **info}
    assert of("cherry") == {"libtaste.so": "library", **info}
    # All of a package is its sources, too; Python looks for their byte code apart.
    everything = {"data/table.csv": "data", "part.py": "source", **info}
    assert of("date").items() >= everything.items()
    assert "libtaste.so" in of("date")
    assert of("elder") == info
    assert of("fig") == of("grape") == info
    assert not [d for d in found if d.endswith("RECORD")]


def test_what_is_excluded_is_not_there(tmp_path: Path) -> None:
    chosen = Options(
        paths=[str(own_packages(tmp_path / "own"))],
        collect=[Collect("all", "apple"), Collect("all", "berry")],
        excludes=[Module("apple.part", ["x"]), Module("berry.data", ["x"]), Module("xml", ["x"])],
    )
    plan = analysed(tmp_path / "work", ["plistlib"], chosen)
    found = below_site(plan)
    assert {"apple/__init__.py", "apple/data/table.csv", "berry/part.py"} <= set(found)
    assert not [d for d in found if ("part" in d and "apple" in d) or d.startswith("berry/data")]
    assert not [f.dest for f in plan.files if f.module.split(".")[0] == "xml"]
    missing = {m.module: m.reason for m in plan.missing if m.module.startswith("xml")}
    assert set(missing.values()) == {"excluded"}


def test_additions_are_where_their_names_say(tmp_path: Path, tree: Tree) -> None:
    library = interpreter_files(PYTHONS[0])[1].source
    odd = tmp_path / "odd [1] ü.txt"
    odd.write_text("odd")
    taste = tmp_path / "libX11.so.6"  # the policy would leave a library of this name out
    shutil.copy(library, taste)
    module = own_packages(tmp_path / "own") / "apple" / "part.py"
    chosen = Options(
        paths=[str(tmp_path / "own")],
        additions=[
            Addition(str(odd), "."),
            Addition(str(odd), "apple/data"),
            Addition(str(module), "templates"),  # also a module of the program
            Addition(str(taste), ".", binary=True),
            Addition(str(taste), "plugins", binary=True),
            Addition(os.path.join(os.path.dirname(os.__file__), "this.py"), "texts"),
        ],
    )
    plan = analysed(tmp_path / "work", ["apple.part", "importlib.resources"], chosen)
    found = below_site(plan)
    for dest in (odd.name, f"apple/data/{odd.name}", "templates/part.py", "texts/this.py"):
        assert found[dest] == "data", dest
    assert found["apple/part.pyc"] == "module"
    assert found["plugins/libX11.so.6"] == "library"
    assert {f.dest: f.kind for f in plan.files}["lib/libX11.so.6"] == "library"

    code = (
        "import apple, importlib.resources as r, os, sys;"
        f"print(open(os.path.join(sys._MEIPASS, {odd.name!r})).read(),"
        f" (r.files(apple) / 'data' / {odd.name!r}).read_text())"
    )
    if plan.python.version >= "3.10":
        assert run_tree(tree(PYTHONS[0], plan), code) == "odd odd\n"


def environment(directory: Path) -> Path:
    """Make a virtual environment; return its interpreter."""
    subprocess.run([PYTHONS[0], "-I", "-m", "venv", "--without-pip", str(directory)], check=True)
    return directory / "bin" / "python3"


def test_everything(tmp_path: Path, tree: Tree) -> None:
    python = environment(tmp_path / "venv")
    (site,) = (tmp_path / "venv").glob("lib/python*/site-packages")
    own_packages(site)
    (site / "pip").mkdir()
    (site / "pip" / "__init__.py").write_text("")
    (site / "x.pth").write_text("import nothing\n")
    (site / "date" / "template.py").write_text("not {% python %}\n")
    (site / "date" / "data" / "deep").mkdir()
    (site / "date" / "data" / "deep" / "inner.py").write_text("print(1)\n")
    (site / "fig" / "__pycache__").mkdir()
    (site / "fig" / "__pycache__" / "part.pyc").write_text("")
    chosen = Options(everything=True, excludes=[Module("grape", ["x"]), Module("tkinter", ["x"])])
    plan = analysed(tmp_path / "work", [], chosen, str(python))
    found = below_site(plan)
    for name in PACKAGES[:-1]:
        kinds = {d: k for d, k in found.items() if d.startswith(f"{name}/")}
        assert kinds.items() >= {
            (f"{name}/__init__.pyc", "module"),
            (f"{name}/part.pyc", "module"),
            (f"{name}/data/table.csv", "data"),
        }
    assert found["elder/libtaste.so.1"] == "library"
    assert found["date/template.py"] == "data"
    assert not [d for d in found if d.startswith(("pip", "grape/")) or "pycache" in d]
    assert "x.pth" not in found
    assert not [m for m in plan.missing if m.reason == "required"]  # nobody says so
    modules = {f.module for f in plan.files}
    assert {"json.tool", "xmlrpc.server", "asyncio.sslproto", "wave"} <= modules
    assert not {"tkinter", "test", "test.support", "idlelib.pyshell", "turtle"} & modules - {
        "turtle"
    }

    computed = (
        "from importlib import import_module as get;"
        "print(get('fi' + 'g.part').name, get('wa' + 've').__name__)"
    )
    assert run_tree(tree(str(python), plan), computed) == "fig wave\n"


def test_the_interpreter_needs_some_modules() -> None:
    request = Analyze("/w", options=Options(excludes=[Module("os.path", ["--py-exclude-module"])]))
    with pytest.raises(Failed, match=r"os\.path cannot be excluded: python does not start"):
        options.check(request, [])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "must be a dictionary"),
        ("[]", "must be a dictionary"),
        ("{'a': 'b.py'}", "must be a dictionary"),
        ("{'a': [3]}", "must be a dictionary"),
        ("{'a': ['b.py', 'c.py']}", "names c.py, which is not in"),
        ("{'a': ['b.py']}", ""),
    ],
)
def test_rthooks_are_read_before(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "rthooks").mkdir()
    (tmp_path / "rthooks" / "b.py").write_text("")
    (tmp_path / "rthooks.dat").write_text(text)
    request = replace(Analyze("/w"), options=Options(hook_dirs=[str(tmp_path)]))
    if not complaint:
        options.check(request, [])
        return
    with pytest.raises(Failed, match=complaint):
        options.check(request, [])


def test_find_imports_nothing(tmp_path: Path) -> None:
    (tmp_path / "loud" / "inner").mkdir(parents=True)
    (tmp_path / "loud" / "__init__.py").write_text("raise RuntimeError\n")
    (tmp_path / "loud" / "inner" / "deep.py").write_text("raise RuntimeError\n")
    search = [str(tmp_path)]
    assert options.find("loud", search) is not None
    assert options.find("loud.inner.deep", search) is not None
    assert options.find("loud.other", search) is None
    assert options.find("loud.inner.deep.deeper", search) is None


@pytest.mark.parametrize(
    ("name", "may_be_added"),
    [
        ("absent", True),
        ("absent.part", True),
        ("shared.absent", True),
        ("whole.absent", False),
        ("json.absent", False),
        pytest.param(
            *("winreg", False),  # of CPython for another system
            marks=pytest.mark.skipif(sys.version_info < (3, 10), reason="lists no own modules"),
        ),
    ],
)
def test_packages_to_collect_that_no_distribution_has(
    tmp_path: Path, name: str, may_be_added: bool
) -> None:
    (tmp_path / "whole").mkdir()
    (tmp_path / "whole" / "__init__.py").write_text("")
    (tmp_path / "shared" / "part").mkdir(parents=True)
    request = replace(Analyze("/w"), options=Options(collect=[Collect("all", name, "here")]))
    with pytest.raises(Failed) as failed:
        options.check(request, [str(tmp_path), os.path.dirname(os.__file__)])
    message = failed.value.message
    assert message.missing == ([name] if may_be_added else [])
    assert (message.text, message.positions) == (f"python package {name} not found", ["here"])
