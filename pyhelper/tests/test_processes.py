"""What fewer processes tell is what PyInstaller's own tell."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pyhelper.analysis import processes
from pyhelper.tests.conftest import ROOT, about, clean_environment, given, tools

START = """
import json, os, sys
sys.path[:0] = sys.argv[1:3]
import subprocess
from PyInstaller.building import build_main
from PyInstaller.depend import bindepend
from pyhelper.analysis import processes

started = []

class Counted(subprocess.Popen):
    def __init__(self, args, *rest, **options):
        started.append(os.path.basename(args[0]))
        super().__init__(args, *rest, **options)

subprocess.Popen = Counted
"""

HOOKS = f"""{START}
before = build_main.discover_hook_directories()
processes.save(build_main, bindepend)
from PyInstaller.isolated import _parent
_parent.Python = None  # starts the child
after = build_main.discover_hook_directories()
assert before == after, (before, after)
print(json.dumps(after))
"""

LIBRARIES = f"""{START}
def all_of_them():
    return [sorted(map(str, bindepend.get_imports(file))) for file in sys.argv[3:]]

before = all_of_them()
ldd = len(started)
processes.save(build_main, bindepend)
after = all_of_them()
assert before == after, [pair for pair in zip(before, after) if pair[0] != pair[1]]
print(json.dumps([ldd, started[ldd:], after]))
"""


def start(code: str, python: str, *args: str) -> str:
    command = [python, "-I", "-c", code, tools(), str(ROOT), *args]
    done = subprocess.run(
        command, check=True, capture_output=True, encoding="utf-8", env=clean_environment()
    )
    return done.stdout.splitlines()[-1]


def test_directories_of_hooks(python: str) -> None:
    ((directory, _priority), *_more) = json.loads(start(HOOKS, python))
    assert Path(directory, "stdhooks").is_dir() or Path(directory).name == "stdhooks"


def test_hooks_of_other_packages_stay_in_a_process_of_their_own() -> None:
    code = f"""{START}
from types import SimpleNamespace
from PyInstaller.compat import importlib_metadata
def discover():
    return ["child"]
def here():
    return ["here"]
discover.__wrapped__ = here
names = []
importlib_metadata.entry_points = lambda **_: [SimpleNamespace(module=n) for n in names]
asked = processes.here_if_ours(discover)
said = [asked()]
names[:] = ["_pyinstaller_hooks_contrib", "_pyinstaller_hooks_contrib.hooks"]
said.append(asked())
names.append("numpy._pyinstaller")
said.append(asked())
print(json.dumps(said))
"""
    assert json.loads(start(code, sys.executable)) == [["here"], ["here"], ["child"]]


@pytest.mark.skipif(sys.platform != "linux", reason="ldd is linux's")
def test_libraries_that_are_needed(python: str, tmp_path: Path) -> None:
    """The loader answers for files with all kinds of paths; ldd for what is no library."""
    (site,) = about(given("LLGO_PY_TEST_NUMPY"), "[sysconfig.get_path('platlib')]")
    (own,) = about(python, "[os.path.dirname(os.__file__)]")
    text, cut = tmp_path / "text.so", tmp_path / "cut.so"
    text.write_text("no library")
    files = sorted(str(f) for d in (site, own) for f in Path(d).rglob("*.so*"))
    cut.write_bytes(Path(files[0]).read_bytes()[:5000])
    program = str(Path(python).resolve())
    ldd, started, after = json.loads(start(LIBRARIES, python, *files, program, str(text), str(cut)))
    assert ldd == len(files) + 3
    assert started.count("ldd") <= 3, started  # nor may the program be a library
    assert any("libscipy_openblas" in line for lines in after for line in lines)
    assert after[-2:] == [[], []]


def test_which_loader() -> None:
    if sys.platform == "linux":
        assert Path(processes._loader(sys.executable)).name.startswith("ld-linux")
    assert processes._loader(__file__) == ""
    assert processes._loader("/nonexistent/python") == ""


def test_the_seams_are_there(python: str) -> None:
    """Had one moved, a replacement would be set that nobody calls."""
    code = f"""{START}
import inspect
assert 'discover_hook_directories' in build_main.Analysis.__init__.__code__.co_names
discover = inspect.getclosurevars(build_main.discover_hook_directories)
assert discover.nonlocals == {{'function': build_main.discover_hook_directories.__wrapped__}}
names = bindepend._get_imports_ldd.__code__.co_names
assert 'subprocess' in names and 'run' in names
print()
"""
    start(code, python)


SETUPTOOLS = f"""{START}
from PyInstaller.utils.hooks import setuptools
assert setuptools.SetuptoolsInfo().available  # that of the tools
processes.no_setuptools_but([sys.argv[1]], setuptools)
assert setuptools.SetuptoolsInfo().available
processes.no_setuptools_but([sys.argv[3]], setuptools)
known, count = setuptools.SetuptoolsInfo(), len(started)
print(json.dumps([known.available, known.distutils_vendored, known.is_vendored("packaging")]))
assert len(started) == count
"""


def test_setuptools_of_the_tools_is_not_the_targets(python: str, tmp_path: Path) -> None:
    assert json.loads(start(SETUPTOOLS, python, str(tmp_path))) == [False, False, False]
