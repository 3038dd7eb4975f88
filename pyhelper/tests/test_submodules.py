from __future__ import annotations

import json
import subprocess

from pyhelper.tests.conftest import ROOT, clean_environment, tools

COMPARE = """
import json, sys
sys.path[:0] = sys.argv[1:]
import collections, encodings, importlib, re
from PyInstaller.config import CONF
from PyInstaller.depend import analysis
from PyInstaller.utils import hooks
from pyhelper.analysis import submodules

CONF["pathex"] = []
names = ["collections", "encodings", "json", "re", "importlib", "concurrent", "os"]
before = {name: hooks.collect_submodules(name) for name in names}
asked = []

def collect(name, **options):
    asked.append(name)
    return before[name]

hooks.collect_submodules = analysis.collect_submodules = collect
submodules.stay_here(hooks, analysis)
after = {name: hooks.collect_submodules(name) for name in names}
assert before == after, (before, after)
assert len(after["encodings"]) > 100
hooks.collect_submodules("encodings", on_error="raise")
analysis.collect_submodules("encodings")
json.dump(asked, sys.stdout)
"""


def test_they_are_what_a_process_of_its_own_finds(python: str) -> None:
    command = [python, "-I", "-c", COMPARE, tools(), str(ROOT)]
    out = subprocess.run(command, check=True, capture_output=True, env=clean_environment()).stdout
    asked = json.loads(out)
    # Packages in them, not imported or not there, no package, and other options than usual.
    assert {"concurrent", "os"} <= set(asked)
    assert asked[-1] == "encodings"
    assert asked.count("encodings") == 1
    assert "json" not in asked
