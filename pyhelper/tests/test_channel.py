from __future__ import annotations

import io
import json

from pyhelper.channel import Channel


def told(total: int) -> list[int]:
    """Return how far a phase of that many steps says that it is, message by message."""
    stream = io.StringIO()
    out = Channel(stream)
    for done in range(total + 1):
        out.progress("compress", done, total, "x")
    return [json.loads(line)["done"] for line in stream.getvalue().splitlines()]


def test_few_steps_are_all_told() -> None:
    assert told(100) == list(range(101))


def test_of_many_steps_a_hundred_are_told() -> None:
    steps = told(30_000)
    assert steps == [n * 300 for n in range(101)]
    assert len(told(101)) <= 101


def test_steps_of_an_unknown_number_are_all_told() -> None:
    stream = io.StringIO()
    for done in range(300):
        Channel(stream).progress("analyze", done, 0, "x")
    assert len(stream.getvalue().splitlines()) == 300
