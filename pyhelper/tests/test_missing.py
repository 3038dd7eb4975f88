from __future__ import annotations

import pytest

from pyhelper.analysis import missing
from pyhelper.analysis.graph import PROGRAM, STARTUP, Graph, Import

ABSENT = "missing"


def reasons(states: dict[str, str], *imports: tuple[str, str, str]) -> dict[str, str]:
    known = {PROGRAM: "", STARTUP: "", **states}
    edges = [Import(importer, name, how, how == "a") for importer, name, how in imports]
    return {m.module: m.reason for m in missing.sort(Graph(known, edges))}


@pytest.mark.parametrize(
    ("imports", "reason"),
    [
        ([(PROGRAM, "a", "i"), ("a", "gone", "i")], "required"),
        ([(PROGRAM, "a", "i"), ("a", "gone", "t")], "guarded"),
        ([(PROGRAM, "a", "i"), ("a", "gone", "c")], "guarded"),
        ([(PROGRAM, "a", "i"), ("a", "gone", "d")], "guarded"),
        # The extension's stub says so, and nobody runs a stub.
        ([(PROGRAM, "a", "i"), ("a", "gone", "s")], "guarded"),
        # Nobody imports b but inside a try, or by a hook's word.
        ([(PROGRAM, "a", "i"), ("a", "b", "t"), ("b", "gone", "i")], "guarded"),
        ([(PROGRAM, "a", "i"), ("a", "b", "h"), ("b", "gone", "i")], "guarded"),
        (
            [(PROGRAM, "a", "i"), ("a", "b", "t"), (PROGRAM, "b", "i"), ("b", "gone", "i")],
            "required",
        ),
        # What the interpreter imports on its way up it can do without.
        ([(STARTUP, "a", "i"), ("a", "gone", "i")], "guarded"),
        # Importing a.b runs a.
        ([(PROGRAM, "b", "i"), ("b", "a", "p"), ("a", "gone", "i")], "required"),
    ],
)
def test_a_guard_anywhere_on_the_way_counts(
    imports: list[tuple[str, str, str]], reason: str
) -> None:
    assert reasons({"a": "", "b": "", "gone": ABSENT}, *imports) == {"gone": reason}


def test_names_of_packages_that_are_there() -> None:
    states = {"a": "", "a.attr": ABSENT, "a.mod": ABSENT}
    told = reasons(states, (PROGRAM, "a", "i"), ("a", "a.attr", "i"), (PROGRAM, "a.mod", "i"))
    assert told == {"a.attr": "attribute", "a.mod": "required"}


def test_modules_within_the_interpreter() -> None:
    assert reasons(
        {"_frozen_importlib_external": ABSENT}, (PROGRAM, "_frozen_importlib_external", "i")
    ) == {"_frozen_importlib_external": "attribute"}


def test_what_is_left_out_or_belongs_elsewhere() -> None:
    states = {"a": "", "tkinter": "excluded", "winreg": ABSENT, "broken": "invalid"}
    imports = [(PROGRAM, "a", "i"), *(("a", name, "i") for name in states if name != "a")]
    told = reasons(states, *imports)
    assert told == {"broken": "required", "tkinter": "excluded", "winreg": "platform"}


@pytest.mark.parametrize(
    ("name", "platform", "elsewhere"),
    [
        ("winreg", "linux", True),
        ("winreg", "win32", False),
        ("fcntl", "linux", False),
        ("fcntl", "win32", True),
        ("java.lang", "darwin", True),
        ("yaml", "linux", False),
    ],
)
def test_modules_of_other_systems(name: str, platform: str, elsewhere: bool) -> None:
    assert missing.is_elsewhere(name, platform) is elsewhere
