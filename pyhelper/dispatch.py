"""From a request to the operation that answers it.

The operations are imported only when asked for: analyze needs packages that
link, compress and inspect do not have, and these need others; compile and
imports need none.
"""

from __future__ import annotations

import dataclasses
import platform
import traceback
from importlib import import_module, metadata
from typing import TYPE_CHECKING

from pyhelper import protocol
from pyhelper.channel import Channel, Failed
from pyhelper.check import messages
from pyhelper.coding import ProtocolError

if TYPE_CHECKING:
    from pyhelper.protocol import Message, Request


def answer(out: Channel, text: str, root: str, tools: list[str]) -> int:
    """Answer the request in ``text``; whatever goes wrong is one error message."""
    try:
        out.send(_run(out, protocol.decode_request(text), root, tools))
    except Failed as err:
        cause = "" if err.__cause__ is None else traceback.format_exc()
        out.send(dataclasses.replace(err.message, detail=cause))
    except ProtocolError as err:
        out.send(protocol.Error(f"request not understood: {err}"))
    # PyInstaller and its hooks leave by SystemExit when they give up.
    except BaseException as err:
        out.send(protocol.Error(_one_line(err), detail=traceback.format_exc()))
    else:
        return 0
    return 1


# Whoever answers has run(out, request).
_OPERATIONS: dict[type[Request], str] = {
    protocol.Compile: "pyhelper.bytecode",
    protocol.Compress: "pyhelper.compress",
    protocol.Edit: "pyhelper.edit",
    messages.Imports: "pyhelper.check.imports",
    messages.Inspect: "pyhelper.check.inspect",
    protocol.Link: "pyhelper.binaries.link",
    protocol.Outline: "pyhelper.outline",
    protocol.Relocate: "pyhelper.binaries.relocate",
    protocol.Survey: "pyhelper.deadcode.survey",
}


def _run(out: Channel, request: Request, root: str, tools: list[str]) -> Message:
    if isinstance(request, protocol.Hello):
        return _hello(tools)
    if isinstance(request, protocol.Analyze):
        from pyhelper.analysis import analyze  # noqa: PLC0415

        return analyze.run(out, request, root, tools)
    message: Message = import_module(_OPERATIONS[type(request)]).run(out, request)
    return message


def _hello(tools: list[str]) -> protocol.Greeting:
    """Report what TOOLS holds, not what the interpreter happens to have."""
    found = ((d.metadata["Name"].lower(), d.version) for d in metadata.distributions(path=tools))
    return protocol.Greeting(protocol.VERSION, platform.python_version(), dict(sorted(found)))


def _one_line(err: BaseException) -> str:
    text = " ".join(str(err).split())
    return f"{type(err).__name__}: {text}" if text else type(err).__name__
