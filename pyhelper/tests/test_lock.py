"""pyproject.toml says what, the lock says exactly what: they must not part."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pyhelper.tests.conftest import ROOT

tomllib = pytest.importorskip("tomllib", reason="reading pyproject.toml needs Python 3.11")

GROUPS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
LOCKS = sorted((ROOT / "pyhelper" / "lock").glob("*.txt"))

_PIN = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[0-9][^\s;]*)(?P<hashes>( --hash=\S+)+)")
_HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def pins(lock: Path) -> dict[str, str]:
    """Return name and version of each pin; nothing else may be in the file."""
    found = {}
    for line in lock.read_text("utf-8").replace(" \\\n   ", "").splitlines():
        match = _PIN.fullmatch(line)
        assert match, f"{lock.name}: {line[:80]!r}"
        assert all(_HASH.fullmatch(h) for h in match["hashes"].split())
        found[match["name"]] = match["version"]
    return found


def test_each_group_has_its_lock() -> None:
    assert {lock.stem for lock in LOCKS} == set(GROUPS)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_lock_has_what_pyproject_pins(lock: Path) -> None:
    wanted = dict(requirement.split("==") for requirement in GROUPS[lock.stem])
    locked = pins(lock)
    assert wanted == {name: locked.get(name) for name in wanted}


@pytest.mark.parametrize("group", ["analysis", "native"])
def test_what_travels_to_users_is_pinned_by_name(group: str) -> None:
    # Installed without dependency resolution, so pyproject must name them all.
    locked = pins(ROOT / "pyhelper" / "lock" / f"{group}.txt")
    assert {r.split("==")[0] for r in GROUPS[group]} == set(locked)


def test_a_package_in_two_groups_is_the_same() -> None:
    everything = [item for lock in LOCKS for item in pins(lock).items()]
    assert len(dict(everything)) == len(set(everything))
