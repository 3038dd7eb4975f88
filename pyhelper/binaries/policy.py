"""Which libraries a machine is expected to have: the data of ``policy.json``.

The format is ``policy.schema.json``. The reasons stand in the data, beside the
names. Read in the target interpreter too: analyze leaves the same ones out.
"""

from __future__ import annotations

import fnmatch
import functools
import json
import os
import re
import sys
from typing import Any

_VERSION = 1


FALLBACK = "lib/fallback"  # the bundle's directory that no search path leads to


@functools.cache
def _policy() -> dict[str, Any]:
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "policy.json")
    with open(path, encoding="utf-8") as f:
        policy: dict[str, Any] = json.load(f)
    if policy["version"] != _VERSION:
        raise ValueError(f"{path}: version {policy['version']}, want {_VERSION}")
    return policy


@functools.cache
def _patterns(platform: str) -> re.Pattern[str]:
    groups = (g["names"] for g in _policy()["system"] if g["platform"] == platform)
    return re.compile("|".join(fnmatch.translate(name) for names in groups for name in names))


def is_system(name: str, platform: str = sys.platform) -> bool:
    """Is ``name``, as a file needs it, expected on every machine?"""
    return bool(_patterns(platform).match(name))


def is_machines(name: str) -> bool:
    """Do files of the bundle, as a rule, take the library of that name from the machine?"""
    return is_system(name, "linux") or name in _policy()["fallback"]["names"]


def is_fallback(name: str, source: str) -> bool:
    """Is the library at ``source`` only for machines that have none of that name?

    That is so for the build machine's own. What an installation of Python brings
    beside itself (conda's) is newer than machines have, and meant for it.
    """
    own = source.startswith(("/lib", "/usr/lib"))
    return own and sys.platform == "linux" and name in _policy()["fallback"]["names"]
