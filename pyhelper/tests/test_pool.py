"""Workers that hang, swell, crash and lie."""

from __future__ import annotations

import faulthandler
import os
import signal
import time

import pytest

from pyhelper.check.pool import Limits, Pool


def work(given: str) -> str:
    if given == "hang":
        time.sleep(1000)
    if given == "spin":
        while True:
            pass
    if given == "swell":
        return "x" * (1 << 30)
    if given == "crash":
        faulthandler.disable()  # pytest's would print a page
        os.kill(os.getpid(), signal.SIGSEGV)
    if given == "leave":
        os._exit(3)
    if given == "raise":
        raise ValueError("two\nlines")
    if given == "deep":
        return work(given)
    return f"did {given}"


def failed(given: str, reason: str) -> str:
    return f"{given}: {reason}"


def run(inputs: list[str], workers: int, seconds: int = 60) -> list[str]:
    pool = Pool(work, failed, Limits(seconds=seconds, memory=256))
    found = dict(pool.run(inputs, workers))
    assert sorted(found) == list(range(len(inputs)))
    return [found[i] for i in range(len(inputs))]


@pytest.mark.parametrize("workers", [1, 3])
def test_every_input_has_an_answer(workers: int) -> None:
    inputs = ["a", "b", "crash", "c", "swell", "leave", "raise", "deep", "d"]
    assert run(inputs, workers) == [
        "did a",
        "did b",
        "crash: its reader crashed (SIGSEGV)",
        "did c",
        "swell: needs more than 256 MiB of memory",
        "leave: its reader ended with 3",
        "raise: ValueError: two lines",
        "deep: is nested too deeply",
        "did d",
    ]


@pytest.mark.parametrize("workers", [1, 3])
def test_who_hangs_is_killed(workers: int) -> None:
    """By itself: with so short a limit a busy machine is enough to be late."""
    inputs = ["hang", "spin", "hang"]
    assert run(inputs, workers, seconds=1) == [f"{name}: killed after 1 s" for name in inputs]


def test_others_go_on_without_who_hangs() -> None:
    answers = run(["a", "hang", "b"], 1, seconds=4)
    assert answers == ["did a", "hang: killed after 4 s", "did b"]


def test_nothing_to_do() -> None:
    assert run([], 4) == []


def test_no_worker_is_left_when_the_caller_stops() -> None:
    pool = Pool(work, failed, Limits(seconds=60, memory=256))
    answers = pool.run(["a", "hang", "hang"], 3)
    assert next(answers) == (0, "did a")
    answers.close()  # type: ignore[attr-defined]
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
