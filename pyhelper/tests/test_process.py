from __future__ import annotations

import subprocess
import sys

import pytest

from pyhelper import protocol
from pyhelper.protocol import Error, Greeting, Hello
from pyhelper.tests.conftest import ROOT, ask, converse, start, tools

NOISE = """
import os, subprocess, sys
sys.path.insert(0, sys.argv[1])
from pyhelper.channel import take_stdin, take_stdout
out = take_stdout()
print("printed")
os.write(1, b"written")
subprocess.run(["echo", "echoed"], check=True)
request = take_stdin()
assert sys.stdin.read() == "" and os.read(0, 1) == b""
out.warn(request)
"""


def test_only_messages_reach_stdout() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-c", NOISE, str(ROOT)],
        input="the request",
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout == protocol.encode_message(protocol.Warn("the request")) + "\n"
    for noise in ("printed", "written", "echoed"):
        assert noise in done.stderr


def test_hello_names_the_tools_and_not_what_else_is_installed(python: str) -> None:
    greeting = ask(python, Hello(), Greeting, tools())
    assert greeting.protocol == protocol.VERSION
    assert greeting.packages["pyinstaller"] == "6.22.3"
    assert "pytest" not in greeting.packages


@pytest.mark.parametrize("text", ["", "nonsense", '{"protocol":99,"op":"hello"}'])
def test_a_bad_request_is_one_error_message(text: str) -> None:
    done = start(sys.executable, text)
    (line,) = done.stdout.splitlines()
    message = protocol.decode_message(line)
    assert isinstance(message, Error)
    assert message.text.startswith("request not understood: ")
    assert done.returncode == 1


def test_a_crash_is_one_error_message_with_the_traceback() -> None:
    # No TOOLS: there is no PyInstaller to import.
    *_, last = converse(sys.executable, protocol.Analyze("/nonexistent/directory"))
    assert isinstance(last, Error)
    assert "\n" not in last.text
    assert "FileNotFoundError" in last.text
    assert "Traceback" in last.detail
