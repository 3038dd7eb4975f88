from __future__ import annotations

import pytest

from pyhelper.neutral import Paths
from pyhelper.protocol import Neutral

PATHS = Paths((Neutral("/home/me/py", "/install"), Neutral("/tmp/cpython", "/build")))


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("/home/me/py", "/install"),
        ("/home/me/py/lib:/home/me/py/bin", "/install/lib:/install/bin"),
        ("-L/home/me/py/lib -I'/tmp/cpython'", "-L/install/lib -I'/build'"),
        ("/home/me/python", "/home/me/python"),
        ("/home/me/py-3 /home/me/py_x", "/home/me/py-3 /home/me/py_x"),
        ("/usr/lib", "/usr/lib"),
    ],
)
def test_paths_are_replaced_as_a_whole(text: str, want: str) -> None:
    assert PATHS.text(text) == want


def test_constants_at_every_depth() -> None:
    text = "a = ('/tmp/cpython/x', ('/tmp/cpython',), 1)\ndef f(): return lambda: '/home/me/py/y'\n"
    space: dict[str, object] = {}
    exec(PATHS.rewrite(compile(text, "x.py", "exec")), space)
    assert space["a"] == ("/build/x", ("/build",), 1)
    f = space["f"]
    assert callable(f)
    assert f()() == "/install/y"


def test_code_without_paths_is_left_alone() -> None:
    code = compile("a = ('/usr', 1, [2])", "x.py", "exec")
    assert PATHS.rewrite(code) is code
