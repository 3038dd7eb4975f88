from __future__ import annotations

from pathlib import Path

import pytest

from pyhelper import outline
from pyhelper.protocol import ModuleOutline, Outline, Outlined
from pyhelper.tests.conftest import ask

BASE = '''\
"""A module."""
import json
from . import prices

LIMIT = 3

def total(items):
    try:
        import fast
    except ImportError:
        fast = None
    print("sum of", LIMIT)
    return sum(items)
'''


def outlined(tmp_path: Path, text: str | bytes) -> ModuleOutline:
    path = tmp_path / "module.py"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return outline.of_file(str(path))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("LIMIT = 3", "LIMIT = 4"),
        ('"sum of"', '"total of"'),
        ("A module", "This module"),
        ("return sum(items)", "# a comment\n    return sum(items)"),
        ("return sum(items)", "return sum(items) + 1 if items else 0"),
    ],
)
def test_edits_that_nobody_sees(tmp_path: Path, old: str, new: str) -> None:
    assert old in BASE
    assert outlined(tmp_path, BASE.replace(old, new)) == outlined(tmp_path, BASE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("import json", "import json, wave"),
        ("import json", "import wave"),
        ("import json", ""),
        ("import json", "if LIMIT: import json"),
        ("import json", "try: import json\nfinally: pass"),
        ("import json", "with LIMIT: import json"),
        ("import json", "for _ in []: import json"),
        ("import json", "def f(): import json"),
        ("import json", "class C: import json"),
        ("except ImportError", "except KeyError"),
        ("except ImportError", "except (ImportError, KeyError)"),
        ("from . import prices", "from . import prices, rates"),
        ("from . import prices", "from .. import prices"),
        ("LIMIT", "BOUND"),
        ('"sum of"', '"sum.of"'),
    ],
)
def test_edits_that_count(tmp_path: Path, old: str, new: str) -> None:
    assert old in BASE
    assert outlined(tmp_path, BASE.replace(old, new)) != outlined(tmp_path, BASE)


def test_if_and_else_differ(tmp_path: Path) -> None:
    one = outlined(tmp_path, "if x:\n    import a\nelse:\n    pass\n")
    assert one != outlined(tmp_path, "if x:\n    pass\nelse:\n    import a\n")
    assert one != outlined(tmp_path, "if not x:\n    import a\nelse:\n    pass\n")


@pytest.mark.parametrize(
    "text",
    [
        "from json import *\n",
        "import ctypes\n",
        "from importlib.metadata import version\n",
        "import importlib.util as u\n",
        "def f(): return __import__('json')\n",
        "__path__ = []\n",
        "__all__ = ['a']\n",
        "def __getattr__(name): return 1\n",
        "x.dlopen('libz.so.1')\n",
        "# -*- coding: latin-1 -*-\nimport json\n",
        b"x = '\xff'\n",
        "x = = 1\n",
        "x = '\0'\n",
        "# sys._MEIPASS\n",
    ],
)
def test_what_is_in_doubt(tmp_path: Path, text: str | bytes) -> None:
    found = outlined(tmp_path, text)
    assert found == ModuleOutline(doubt=found.doubt)
    assert found.doubt


def test_strings_are_those_of_the_code(tmp_path: Path) -> None:
    """Constants are folded before analysis looks at them."""
    text = "x = 'keyring.' + 'backends'\ny = ('a', 'two words')\n"
    assert {"keyring.backends", "a"} <= set(outlined(tmp_path, text).strings)
    assert "two words" not in outlined(tmp_path, text).strings


def test_every_interpreter_answers(python: str, tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(BASE, encoding="utf-8")
    (one, same) = ask(python, Outline([str(path), str(path)]), Outlined).modules
    assert one == same
    assert one.doubt == ""
    assert one.asked == ["prices"]
    assert {"LIMIT", "total", "json", "fast"} <= set(one.names)
    assert len(one.imports) == 3
