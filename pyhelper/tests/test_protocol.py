from __future__ import annotations

import json
import typing

import pytest

from pyhelper import coding, protocol
from pyhelper.coding import ProtocolError
from pyhelper.protocol import Addition, Analyze, Compress, Hello, Link, Options
from pyhelper.tests.conftest import ROOT, replaced

GOLDEN = (ROOT / "pyhelper/testdata/protocol.golden.jsonl").read_text("utf-8").splitlines()


def is_request(line: str) -> bool:
    return "op" in json.loads(line)


@pytest.mark.parametrize("line", GOLDEN)
def test_golden_survives_decoding_and_encoding(line: str) -> None:
    if is_request(line):
        again = protocol.encode_request(protocol.decode_request(line))
    else:
        again = protocol.encode_message(protocol.decode_message(line))
    assert json.loads(again) == json.loads(line)


def test_golden_has_every_request_and_message() -> None:
    decoded = [json.loads(line) for line in GOLDEN]
    assert {d["op"] for d in decoded if "op" in d} == set(protocol.REQUESTS)
    assert {d["type"] for d in decoded if "type" in d} == set(protocol.MESSAGES)


@pytest.mark.parametrize("line", GOLDEN)
def test_golden_sets_every_field(line: str) -> None:
    empty = [k for k, v in json.loads(line).items() if v in ("", [], {}, 0, None)]
    assert not empty


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "not JSON"),
        ("[]", "expected an object, got list"),
        ('{"op":"hello"}', "protocol version None, this helper speaks 1"),
        (replaced(Hello(), protocol=2), "protocol version 2, this helper speaks 1"),
        (replaced(Hello(), op="bake"), "unknown op 'bake'"),
        (replaced(Hello(), op=["hello"]), "unknown op"),
        (replaced(Hello(), colour="red"), "hello has an unknown field 'colour'"),
        (replaced(Analyze("/w"), workdir=None), "analyze.workdir is missing"),
        (replaced(Analyze("/w"), workdir=3), "analyze.workdir: expected str, got int"),
        (
            replaced(Analyze("/w"), modules=[{"name": 7}]),
            r"analyze.modules\[0\].name: expected str",
        ),
        (
            replaced(Analyze("/w"), options={"paths": ["/a", 1]}),
            r"analyze.options.paths\[1\]: expected str, got int",
        ),
        (
            replaced(Analyze("/w"), options={"additions": [{"source": "/a", "dest": "."}, {}]}),
            r"analyze.options.additions\[1\].source is missing",
        ),
        (
            replaced(Compress(), tuned={"strategy": "7"}),
            "compress.tuned.strategy: expected int, got str",
        ),
        (replaced(Link("/o"), files={}), "link.files: expected list, got dict"),
        ('{"protocol":1,"op":"compile","optimize":true}', "expected int, got bool"),
    ],
)
def test_what_is_not_the_protocol_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(ProtocolError, match=complaint):
        protocol.decode_request(text)


def test_types_are_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[type] = []

    def hints(cls: type) -> dict[str, object]:
        looked.append(cls)
        return real(cls)

    real = typing.get_type_hints
    monkeypatch.setattr(typing, "get_type_hints", hints)
    coding._fields.cache_clear()
    added = Options(additions=[Addition(f"/d/{n}", "data") for n in range(1000)])
    again = protocol.decode_request(protocol.encode_request(Analyze("/w", options=added)))
    assert again == Analyze("/w", options=added)
    assert sorted(cls.__name__ for cls in looked) == ["Addition", "Analyze", "Options"]


def test_null_is_an_empty_list_as_go_writes_it() -> None:
    request = protocol.decode_request(replaced(Analyze("/w"), modules=None))
    assert request == Analyze("/w")


def test_a_path_that_is_not_utf8_can_be_written() -> None:
    line = protocol.encode_message(protocol.Warn("/tmp/\udcff"))
    assert line.isascii()
    assert protocol.decode_message(line) == protocol.Warn("/tmp/\udcff")
