"""Operation edit: change lists of strings in a TOML file, and nothing else.

It works on the text, so that whoever asked decides when and how to write it.
Comments, order, quotes, line ends and layout stay (tomlkit); an entry that is
added to a list stands as its neighbours do.

The result is read again and compared with the same change made to plain data:
whatever the library did to the text, no other value of it was touched.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import tomlkit
from tomlkit import items
from tomlkit.exceptions import TOMLKitError

from pyhelper import protocol
from pyhelper.channel import Failed

if TYPE_CHECKING:
    from pyhelper.channel import Channel
    from pyhelper.protocol import Edit, Edited, Entry

_INDENT = "    "


def run(_: Channel, request: Edit) -> Edited:
    """Return the text with every entry changed, in the order of the request."""
    # A text of CRLF lines gets no LF lines.
    crlf = "\r\n" in request.text and not re.search(r"(?<!\r)\n", request.text)
    text = request.text.replace("\r\n", "\n") if crlf else request.text
    want = _parse(text).unwrap()
    for entry in request.entries:
        _apply_plain(want, entry)
        text = _apply(text, entry)
        if _parse(text).unwrap() != want:
            raise Failed(
                f"cannot change {_name(entry)} without touching more: please edit it by hand"
            )
    return protocol.Edited(text.replace("\n", "\r\n") if crlf else text)


def _parse(text: str) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(text)
    except TOMLKitError as err:
        raise Failed(f"not TOML: {err}") from None


def _name(entry: Entry) -> str:
    return f"[{'.'.join(entry.table)}] {entry.key}" if entry.table else entry.key


# --- on plain data: what the change means -------------------------------------


def _apply_plain(data: dict[str, Any], entry: Entry) -> None:
    for name in entry.table:
        data = data.setdefault(name, {})
        if not isinstance(data, dict):
            raise Failed(f"{_name(entry)}: {name} is not a table")
    values = data.setdefault(entry.key, [])
    if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
        raise Failed(f"{_name(entry)} is not a list of strings")
    if not entry.old:
        values.append(entry.new)
        return
    if entry.old not in values:
        raise Failed(f"{_name(entry)} has no {entry.old!r}")
    at = values.index(entry.old)
    values[at : at + 1] = [entry.new] if entry.new else []


# --- on the text: what it looks like ------------------------------------------


def _apply(text: str, entry: Entry) -> str:
    document = _parse(text)
    table: Any = document
    for i, name in enumerate(entry.table):
        if name not in table:
            return _with_new_table(text, document, entry, entry.table[i:])
        table = table[name]
    if entry.key not in table:
        table[entry.key] = _new_array(entry.new)
        return tomlkit.dumps(document)
    array = table[entry.key]
    if entry.old:
        _replace(array, entry.old, entry.new)
    else:
        _append(array, entry.new)
    return tomlkit.dumps(document)


def _with_new_table(
    text: str, document: tomlkit.TOMLDocument, entry: Entry, missing: list[str]
) -> str:
    """Append ``[a.b]`` at the end of the file, where every TOML file may have one.

    Only inside an inline table (``tool = {…}``) or beside dotted keys
    (``tool.x.y = 1``) would a new header be wrong; there tomlkit adds it in place.
    """
    header = ".".join(items.SingleKey(name).as_string() for name in entry.table)
    key = items.SingleKey(entry.key).as_string()
    lines = f"[{header}]\n{key} = {_new_array(entry.new).as_string()}\n"
    gap = "" if not text.strip() else "\n" if text.endswith("\n") else "\n\n"
    try:
        tomlkit.parse(text + gap + lines)
    except TOMLKitError:
        parent: Any = document
        for name in entry.table[: len(entry.table) - len(missing)]:
            parent = parent[name]
        parent[missing[0]] = _nested(missing[1:], entry)
        return tomlkit.dumps(document)
    return text + gap + lines


def _nested(tables: list[str], entry: Entry) -> items.InlineTable:
    inner = tomlkit.inline_table()
    inner[tables[0] if tables else entry.key] = (
        _nested(tables[1:], entry) if tables else [entry.new]
    )
    return inner


def _new_array(value: str) -> items.Array:
    array = tomlkit.array()
    array.add_line(value, indent=_INDENT)
    array.add_line(indent="")
    return array


def _replace(array: items.Array, old: str, new: str) -> None:
    at = [str(v) for v in array].index(old)
    if new:
        array[at] = new
    else:
        del array[at]


def _append(array: items.Array, value: str) -> None:
    """Add a value at the end; in a list of lines, as a line like the others."""
    text = array.as_string()
    if "\n" not in text:
        array.append(value)
        return
    first = re.search(r"\n([ \t]*)[\"'#]", text)
    array.add_line(value, indent=first.group(1) if first else _INDENT)
