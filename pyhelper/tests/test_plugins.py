"""Modules that only the entry points of an installed distribution name."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyhelper.analysis.plugins import Plugins
from pyhelper.protocol import Analyze, Plan, Snippet
from pyhelper.tests.conftest import PYTHONS, ask, make_venv, tools
from pyhelper.tests.test_analysis import modules

ENTRY_POINTS = """\
[console_scripts]
run = commands.main:run

[shop.tills]
paper = tills.paper:Till
coin = tills.coin

[other.group]
x = unrelated
"""


def install(site: Path) -> None:
    info = site / "tills-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: tills\nVersion: 1\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    (info / "RECORD").write_text("tills/__init__.py,,\ntills/paper.py,,\ntills/coin.py,,\n")
    for name in ("tills/__init__", "tills/coin", "tills/paper", "unrelated", "commands"):
        path = site / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n")


@pytest.mark.parametrize(
    ("source", "want"),
    [
        ("entry_points(group='shop.tills')", ["tills.coin", "tills.paper"]),
        ("def f(groups=('shop.tills',)):\n  pass", ["tills.coin", "tills.paper"]),
        ("class A:\n  def f(self):\n    return [lambda: 'other.group']", ["unrelated"]),
        ("'console_scripts', 'shop.till', 'shop.tills.x'", []),
    ],
)
def test_a_group_is_named_by_a_constant(tmp_path: Path, source: str, want: list[str]) -> None:
    install(tmp_path)
    plugins = Plugins([str(tmp_path)])
    code = compile(source, "x.py", "exec")
    assert plugins.asked_for(iter([code])) == want
    assert plugins.asked_for(iter([code])) == []  # once is enough


def test_plugins_travel_with_their_metadata(tmp_path: Path) -> None:
    """The module that asks is itself behind two imports."""
    python = str(tmp_path / "venv" / "bin" / "python3")
    site = make_venv(PYTHONS[0], tmp_path / "venv")
    install(site)
    (site / "shop.py").write_text(
        "from importlib.metadata import entry_points\n"
        "def tills(): return entry_points(group='shop.tills')\n"
    )
    work = tmp_path / "work"
    work.mkdir()
    request = Analyze(str(work), modules("json"), [Snippet("main.go:9:2", "import shop\n")])
    plan = ask(python, request, Plan, tools())
    names = {f.module for f in plan.files}
    assert {"shop", "tills.coin", "tills.paper"} <= names
    assert not {"unrelated", "commands"} & names
    assert [d.name for d in plan.distributions] == ["tills"]
    assert any(f.dest.endswith("tills-1.dist-info/entry_points.txt") for f in plan.files)
