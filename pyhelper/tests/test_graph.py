"""The graph of imports, of real packages as PyInstaller sees them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pyhelper.analysis import scripts
from pyhelper.protocol import Analyze, Module, Plan, Snippet
from pyhelper.tests.conftest import PYTHONS, ask, interpreter_files, tools

# Every way to write an import, and files that nothing but a hook asks for: the
# hook is the one that PyInstaller's own collection has for a package of this name.
PACKAGES = {
    "own/__init__.py": "from own.plain import x\n",
    "own/plain.py": "x = 1\nimport certifi\nimport gone_plain\n",
    "own/guards.py": (
        "import sys\n"
        "try:\n    import gone_try\nexcept ImportError:\n    pass\n"
        "if sys.platform == 'plan9':\n    import gone_if\n"
        "def f():\n    import gone_def\n"
        "from own import plain, attr\n"
    ),
    "own/side.py": "",
    "own/user.py": "from own import side\nimport winreg\n",
    "own/suppress.py": (
        "import contextlib\nfrom contextlib import suppress\n"
        "with suppress(ImportError):\n    from gone_suppress.sub import x\n"
        "with contextlib.suppress(KeyError, ModuleNotFoundError):\n    import gone_both\n"
        "with suppress(KeyError):\n    import gone_other\n"
        "with suppress(  # a comment\n    (ImportError)\n):\n    import gone_paren\n"
        "import gone_both\n"
    ),
    "certifi/__init__.py": "",
    "certifi/cacert.pem": "not one",
    "lib/__init__.py": "import ctypes\nctypes.CDLL('libz.so.1')\n",
}


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    directory = tmp_path_factory.mktemp("graph")
    interpreter_files(PYTHONS[0])
    site = directory / "venv"
    subprocess.run([PYTHONS[0], "-I", "-m", "venv", "--without-pip", str(site)], check=True)
    (packages,) = site.glob("lib/python*/site-packages")
    for name, text in PACKAGES.items():
        path = packages / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    (directory / "work").mkdir()
    request = Analyze(
        str(directory / "work"),
        [
            Module("own"),
            Module("own.guards"),
            Module("own.user"),
            Module("own.suppress"),
            Module("lib"),
            Module("os"),
        ],
        [Snippet("main.go:7:1", "try:\n  import own.side\nexcept ImportError: pass\n")],
    )
    return ask(str(site / "bin" / "python3"), request, Plan, tools())


def importers(plan: Plan, name: str) -> dict[str, str]:
    (node,) = [node for node in plan.imports if node.name == name]
    return {plan.imports[i].name: how for i, how in zip(node.importers, node.how)}


def test_nodes_are_sorted_and_whole(plan: Plan) -> None:
    names = [node.name for node in plan.imports]
    assert names == sorted(set(names))
    assert all(len(node.how) == len(node.importers) for node in plan.imports)
    assert all(node.importers == sorted(set(node.importers)) for node in plan.imports)
    hooks = "_llgo_start"  # run-time hooks, which no analysis of imports finds
    assert {f.module for f in plan.files if not f.module.startswith(hooks)} <= {"", *names}
    without = {n.name for n in plan.imports if not n.importers}
    snippet = scripts.node_of(Snippet("", "try:\n  import own.side\nexcept ImportError: pass\n"))
    assert without == {"<program>", "<startup>", snippet}


def test_how_an_import_is_written(plan: Plan) -> None:
    assert importers(plan, "gone_plain") == {"own.plain": "i"}
    assert importers(plan, "gone_try") == {"own.guards": "t"}
    assert importers(plan, "gone_if") == {"own.guards": "c"}
    assert importers(plan, "gone_suppress") == {"own.suppress": "t"}
    assert importers(plan, "gone_paren") == {"own.suppress": "t"}
    assert importers(plan, "gone_both") == {"own.suppress": "i"}
    assert importers(plan, "gone_def") == {"own.guards": "d"}
    assert importers(plan, "own.plain") == {"own": "i", "own.guards": "i"}
    assert {"<program>": "i", "own.plain": "p"}.items() <= importers(plan, "own").items()


def test_program_startup_and_snippets(plan: Plan) -> None:
    assert "<program>" in importers(plan, "os")  # asked for, and needed in any case
    assert "<startup>" in importers(plan, "os")
    assert importers(plan, "runpy")["<startup>"] == "i"
    assert "<program>" not in importers(plan, "runpy")
    (snippet,) = [name for name in importers(plan, "own.side") if name.startswith("<")]
    assert importers(plan, "own.side")[snippet] == "t"


def test_a_package_does_not_import_what_others_take_from_it(plan: Plan) -> None:
    assert "own" not in importers(plan, "own.side")
    assert importers(plan, "own.side")["own.user"] == "i"


def test_why_modules_are_missing(plan: Plan) -> None:
    reasons = {m.module: m.reason for m in plan.missing if m.module != "collections.abc"}
    assert reasons["gone_plain"] == "required"
    assert {reasons[name] for name in ("gone_try", "gone_if", "gone_def")} == {"guarded"}
    assert reasons["own.attr"] == "attribute"
    assert reasons["winreg"] == "platform"
    assert reasons["gone_suppress"] == "guarded"
    required = [name for name, reason in reasons.items() if reason == "required"]
    assert required == ["gone_both", "gone_other", "gone_plain"]


def test_files_that_are_no_modules_say_who_asks(plan: Plan) -> None:
    asked = {Path(f.dest).name: f.asked_by for f in plan.files if not f.module}
    assert asked["cacert.pem"] == "certifi"
    assert asked.get("libz.so.1", "lib") == "lib"  # where the policy lets it in


def test_a_literal_is_named_by_its_content() -> None:
    # The same as in internal/helper/golden_test.go.
    assert scripts.node_of(Snippet("main.go:1:1", "import own # ü\n")) == "<snippet:f7339e184ca5>"
