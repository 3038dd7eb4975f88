from __future__ import annotations

import io
import random
from pathlib import Path

import pytest

from pyhelper.channel import Channel
from pyhelper.protocol import Compress, Compressed, Content

zstandard = pytest.importorskip("zstandard")

# The hardest case for a bounded window: what repeats lies further back than it reaches.
_BLOCK = random.Random(1).randbytes(300_000)
_CONTENTS = {
    "empty": b"",
    "text": b"import this\n" * 5000,
    "noise": random.Random(2).randbytes(100_000),
    "large": _BLOCK + bytes(1_000_000) + _BLOCK,
}


def compress(tmp_path: Path, names: list[str], **tuned: int) -> dict[str, bytes]:
    from pyhelper import compress  # noqa: PLC0415  (needs zstandard)

    jobs = []
    for name in names:
        (tmp_path / name).write_bytes(_CONTENTS[name])
        jobs.append(Content(str(tmp_path / name), str(tmp_path / f"{name}.zst")))
    answer = compress.run(Channel(io.StringIO()), Compress(jobs, 19, 20, tuned))
    assert answer == Compressed(len(names))
    return {name: (tmp_path / f"{name}.zst").read_bytes() for name in names}


def test_frames_hold_the_contents(tmp_path: Path) -> None:
    for name, frame in compress(tmp_path, list(_CONTENTS)).items():
        with zstandard.ZstdDecompressor().stream_reader(frame) as reader:
            assert reader.read() == _CONTENTS[name]


def test_the_window_is_bounded_whatever_the_size(tmp_path: Path) -> None:
    for frame in compress(tmp_path, list(_CONTENTS)).values():
        parameters = zstandard.get_frame_parameters(frame)
        assert parameters.window_size <= 1 << 20
        assert parameters.content_size == zstandard.CONTENTSIZE_UNKNOWN
        assert not parameters.has_checksum


def test_bytes_depend_on_nothing_else(tmp_path: Path) -> None:
    names = list(_CONTENTS)
    for directory in ("one", "two"):
        (tmp_path / directory).mkdir()
    together = compress(tmp_path / "one", names)
    for name in reversed(names):
        assert compress(tmp_path / "two", [name])[name] == together[name]


def test_parameters_are_tuned(tmp_path: Path) -> None:
    (tmp_path / "quick").mkdir()
    as_the_level_says = compress(tmp_path, ["large"])["large"]
    quick = compress(tmp_path / "quick", ["large"], strategy=1, min_match=7)["large"]
    assert len(quick) > len(as_the_level_says)
    with zstandard.ZstdDecompressor().stream_reader(quick) as reader:
        assert reader.read() == _CONTENTS["large"]


def test_tables_are_no_larger_than_the_content_needs() -> None:
    from pyhelper import compress  # noqa: PLC0415  (needs zstandard)

    request = Compress([], 18, 22, {"chain_log": 18, "hash_log": 20, "strategy": 7})
    tuned = compress._tuned(request, b"text")
    small, large = (compress._parameters(request, tuned, size) for size in (2000, 50_000_000))
    assert (large.chain_log, large.hash_log, large.strategy) == (18, 20, 7)
    assert 1 << small.chain_log <= 4096
    assert 1 << small.hash_log <= 4096
    assert small.strategy == 7


def test_text_has_parameters_of_its_own() -> None:
    from pyhelper import compress  # noqa: PLC0415  (needs zstandard)

    native, text = {"strategy": 7}, {"strategy": 6}
    request = Compress([], tuned=native, text=text, as_text=["LLGOPYM1", "other"])
    for start, want in (
        (b"import this\n", text),
        ("stra\u00dfe".encode("latin-1"), text),
        (b"", text),
        (b"LLGOPYM1\0\0\0\1", text),
        (b"\x7fELF\2\1\1\0", native),
        (b"text until here\0", native),
    ):
        assert compress._tuned(request, start) == want
    assert compress._tuned(Compress([], tuned=native), b"import this\n") == native


def test_an_output_that_exists_is_not_overwritten(tmp_path: Path) -> None:
    compress(tmp_path, ["text"])
    with pytest.raises(FileExistsError):
        compress(tmp_path, ["text"])
