"""What the graph reads in a module, as PyInstaller's own code reads it and as ours does."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from pyhelper.tests.conftest import ROOT, about, clean_environment, tools

# Statements within statements of every kind, names bound and deleted, and more names
# than one byte counts.
SOURCE = """
import a, a.b as c
from d import e, f
from . import g
from .h import *
try:
    import i
except ImportError:
    import j
else:
    import k
finally:
    import l
if a:
    import m
elif c:
    import n
else:
    def o():
        global p
        import p
        async def q():
            async with c: import r
            async for s in c: import t
        for u in a: import v
        else: import w
class X:
    import x
    with a: import y
    while z: from z import z
del e
def gone():
    global f
    del f
call(lambda: (yield), [b for b in c], {**d})
""" + "".join(f"name{i} = {i}\n" for i in range(300))  # fmt: skip
NEWER = {  # by minor version of Python 3
    10: "match a:\n    case 1 if b: import c\n    case _: import d\n",
    11: "try: import a\nexcept* ValueError: import b\n",
}

COMPARE = """
import json, sys
root, tools, *files = sys.argv[1:]
sys.path[:0] = [tools, root]
from PyInstaller.lib.modulegraph import modulegraph
from pyhelper.analysis import scan

found = modulegraph.ModuleGraph(path=[])

def read(file, has_source):
    with open(file, "rb") as f:
        tree = compile(f.read(), file, "exec", modulegraph.ast.PyCF_ONLY_AST, True)
    module = modulegraph.SourceModule("m")
    found._scan_code(module, compile(tree, file, "exec", 0, True), tree if has_source else None)
    imports = [(star, what[0], what[2:], edge) for star, what, edge in module._deferred_imports]
    return repr([imports, sorted(module._global_attr_names)])

def all_of_them():
    return [read(file, source) for source in (True, False) for file in files]

before = all_of_them()
scan.quicken(modulegraph)
after = all_of_them()
print(json.dumps([before == after, sum(map(len, after)), after[0]]))
"""


def test_it_reads_what_pyinstaller_reads(python: str, tmp_path: Path) -> None:
    minor, library = about(python, "[str(sys.version_info[1]), os.path.dirname(os.__file__)]")
    own = tmp_path / "own.py"
    own.write_text(SOURCE + "".join(s for m, s in NEWER.items() if int(minor) >= m), "utf-8")
    real = [str(p) for name in ("[a-c]*.py", "m*/__init__.py") for p in Path(library).glob(name)]
    out = subprocess.run(
        [python, "-I", "-W", "ignore", "-c", COMPARE, str(ROOT), tools(), str(own), *sorted(real)],
        check=True,
        capture_output=True,
        env=clean_environment(),
    ).stdout
    same, length, of_own = json.loads(out)
    assert same
    assert length > 10_000
    for name in (*"acdefgijklmnoprtvwxyz", "name299"):  # q is local, b and h are never bound
        assert f"'{name}'" in of_own


def test_both_seams_are_there(python: str) -> None:
    """Had one moved, a replacement would be set that nobody calls, and all be as slow as before."""
    code = (
        "import sys; sys.path[:0] = sys.argv[1:]\n"
        "from PyInstaller.lib.modulegraph import modulegraph\n"
        "import ast, inspect\n"
        "assert issubclass(modulegraph._Visitor, ast.NodeVisitor)\n"
        "scan = modulegraph.ModuleGraph._scan_bytecode\n"
        "assert list(inspect.signature(scan).parameters)[1:] == "
        "['module', 'module_code_object', 'is_scanning_imports']\n"
        "assert '_scan_bytecode' in modulegraph.ModuleGraph._scan_code.__code__.co_names\n"
        "assert '_Visitor' in modulegraph.ModuleGraph._scan_ast.__code__.co_names\n"
    )
    subprocess.run([python, "-I", "-c", code, tools()], check=True, env=clean_environment())
