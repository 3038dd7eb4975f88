"""What an edit of a TOML file changes, and above all what it does not."""

from __future__ import annotations

import io

import pytest

from pyhelper.channel import Channel, Failed
from pyhelper.protocol import Edit, Entry

pytest.importorskip("tomlkit", reason="the native tools are not installed")

PROJECT = ["project"]
TOOL = ["tool", "llgo-py"]


def edited(text: str, *entries: Entry) -> str:
    from pyhelper import edit  # noqa: PLC0415  (needs tomlkit)

    return edit.run(Channel(io.StringIO()), Edit(text, list(entries))).text


def add(value: str) -> Entry:
    return Entry("dependencies", PROJECT, new=value)


LINES = """\
# the project
[project]
name = 'x'    # odd quotes
dependencies = [
  "numpy", # numbers
  # about scipy
  "scipy>=1", # more numbers
  # that is all
]

[tool.ruff] # kept
line-length=100
"""


def test_only_the_entry_changes_in_a_list_of_lines() -> None:
    added = edited(LINES, add("idna==3.*"))
    assert added == LINES.replace("that is all\n", 'that is all\n  "idna==3.*",\n')
    assert edited(added, Entry("dependencies", PROJECT, old="idna==3.*")) == LINES
    replaced = edited(LINES, Entry("dependencies", PROJECT, old="numpy", new="numpy==2.*"))
    assert replaced == LINES.replace('"numpy"', '"numpy==2.*"')
    removed = edited(LINES, Entry("dependencies", PROJECT, old="scipy>=1"))
    assert removed == LINES.replace('  "scipy>=1", # more numbers\n', "")


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ('["a"] # why', '["a", "b"] # why'),
        ("[]", '["b"]'),
        ('[ "a" ]', '[ "a", "b" ]'),
        ('[\n\t"a" # first\n]', '[\n\t"a", # first\n\t"b",\n]'),
        ('[\n  "a",\n  ]', '[\n  "a",\n  "b",\n  ]'),
        ('["a",\n "c"]', '["a",\n "c",\n "b",]'),
        ("[\n]", '[\n    "b",\n]'),
        ("[\n  # none yet\n]", '[\n  # none yet\n  "b",\n]'),
    ],
)
def test_an_entry_stands_as_its_neighbours_do(text: str, want: str) -> None:
    head = "[project]\ndependencies = "
    assert edited(f"{head}{text}\n", add("b")) == f"{head}{want}\n"


NEW = '[tool.llgo-py]\nhidden-import = [\n    "a.b",\n]\n'


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("", NEW),
        ("# mine", "# mine\n\n" + NEW),
        ("[project]\nname = 'x'\n", "[project]\nname = 'x'\n\n" + NEW),
        ("tool.x.y = 1\n", "tool.x.y = 1\n\n" + NEW),
        ("[tool.llgo-py.linux]\nx = 1\n", NEW + "\n[tool.llgo-py.linux]\nx = 1\n"),
        ("tool = {x = 1}\n", 'tool = {x = 1,llgo-py = {hidden-import = ["a.b"]}}\n'),
        (
            "[tool.a]\nx=1\n[b]\n[tool.c]\ny=2 # c\n",
            "[tool.a]\nx=1\n[b]\n[tool.c]\ny=2 # c\n\n" + NEW,
        ),
    ],
)
def test_what_is_not_there_is_made(text: str, want: str) -> None:
    assert edited(text, Entry("hidden-import", TOOL, new="a.b")) == want


def test_several_entries_at_once() -> None:
    got = edited("", *(Entry(key, TOOL, new="x") for key in ("add-data", "add-binary", "add-data")))
    assert got.count("[tool.llgo-py]") == 1
    assert got.count('"x"') == 3


def test_line_ends_stay() -> None:
    crlf = LINES.replace("\n", "\r\n")
    assert edited(crlf, add("b")) == edited(LINES, add("b")).replace("\n", "\r\n")
    mixed = "[project]\r\nname = 'x'\n"
    assert edited(mixed, add("b")).startswith(mixed)


@pytest.mark.parametrize(
    ("text", "entry", "complaint"),
    [
        ("a = \n", add("b"), "not TOML: .*line 1"),
        ("project = 3\n", add("b"), r"\[project\] dependencies: project is not a table"),
        ("[[tool.llgo-py]]\n", Entry("x", TOOL, new="b"), "llgo-py is not a table"),
        ("[project]\ndependencies = [1]\n", add("b"), "not a list of strings"),
        ("[project]\ndependencies = 'a'\n", add("b"), "not a list of strings"),
        ("", Entry("x", old="b"), "x has no 'b'"),
    ],
)
def test_what_cannot_be_edited_is_said(text: str, entry: Entry, complaint: str) -> None:
    with pytest.raises(Failed, match=complaint):
        edited(text, entry)


def test_a_change_that_would_touch_more_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from pyhelper import edit  # noqa: PLC0415

    monkeypatch.setattr(edit, "_append", lambda array, _: array.clear())
    with pytest.raises(Failed, match="without touching more"):
        edited(LINES, add("b"))
