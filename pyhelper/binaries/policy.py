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

_VERSION = 1


@functools.cache
def _patterns(platform: str) -> re.Pattern[str]:
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "policy.json")
    with open(path, encoding="utf-8") as f:
        policy = json.load(f)
    if policy["version"] != _VERSION:
        raise ValueError(f"{path}: version {policy['version']}, want {_VERSION}")
    groups = (group["names"] for group in policy["system"] if group["platform"] == platform)
    return re.compile("|".join(fnmatch.translate(name) for names in groups for name in names))


def is_system(name: str, platform: str = sys.platform) -> bool:
    """Is ``name``, as a file needs it, expected on every machine?"""
    return bool(_patterns(platform).match(name))
