"""Which installed distribution a file comes from, and what it says of itself.

The metadata directory of every distribution with a file in the plan travels
too, so that ``importlib.metadata.version("numpy")`` and entry points answer.
What the installer added to it does not: RECORD has the hashes of files that are
not shipped as they were, and the others tell of the machine.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from importlib import metadata
from typing import TYPE_CHECKING, cast
from urllib.request import url2pathname

from pyhelper.analysis.places import relative
from pyhelper.protocol import Distribution, PlanFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

    from pyhelper.analysis.places import Places

_OF_THE_INSTALLER = frozenset(
    {
        *("RECORD", "RECORD.jws", "RECORD.p7s", "INSTALLER", "REQUESTED", "direct_url.json"),
        *("installed-files.txt", "SOURCES.txt", "uv_build.json", "uv_cache.json"),
    }
)
_LICENSE_LINE = 100  # a longer "License" field is the licence's text
_OSI = "License :: OSI Approved :: "


class Installed:
    """The distributions found on a path, and which of them owns a file."""

    def __init__(self, search: list[str]) -> None:
        self._all: dict[str, metadata.Distribution] = {}
        self._of_file: dict[str, str] = {}
        self._of_package: dict[tuple[str, str], str] = {}
        self._editable: dict[str, str] = {}
        for dist in metadata.distributions(path=search):
            name = _fields(dist).get("Name")
            if name and name not in self._all:  # the first on the path wins
                self._all[name] = dist
                self._claim(name, dist)

    def _claim(self, name: str, dist: metadata.Distribution) -> None:
        site = os.path.abspath(str(dist.locate_file("")))
        for file in dist.files or ():
            self._of_file[os.path.normpath(os.path.join(site, str(file)))] = name
        # Distributions of a Linux distribution come without a list of files.
        for package in (dist.read_text("top_level.txt") or "").split():
            self._of_package.setdefault((site, package), name)
        root = _editable_root(dist)
        if root:
            self._editable[root] = name

    def owner(self, path: str, sites: tuple[str, ...]) -> str:
        """Return the name of the distribution ``path`` belongs to, or ''."""
        path = os.path.abspath(path)
        if path in self._of_file:
            return self._of_file[path]
        inside = relative(path, sites)
        if inside is None:
            return self._worked_on(path)
        # A .pth file may have made a source tree one of the sites.
        site = path[: -len(inside) - 1]
        package = inside.split("/")[0].partition(".")[0]
        return self._of_package.get((site, package), "") or self._worked_on(path)

    def _worked_on(self, path: str) -> str:
        """Return the editable distribution whose source tree has ``path``, or ''."""
        roots = [r for r in self._editable if os.path.realpath(path).startswith(r + os.sep)]
        return self._editable[max(roots, key=len)] if roots else ""

    def describe(self, name: str) -> Distribution:
        """Return name, version and licence as the metadata has them."""
        dist = self._all[name]
        text = _license(_fields(dist))
        return Distribution(name, dist.version, text, _expression(text))

    def metadata_files(self, name: str, places: Places) -> Iterator[PlanFile]:
        """Yield the files of the metadata directory that travel."""
        # Where it is, no public name tells; every importlib.metadata has this one.
        root = str(getattr(self._all[name], "_path", ""))
        site = f"lib/{places.libdir_name}/site-packages/{os.path.basename(root)}"
        for directory, _dirs, names in os.walk(root):
            for base in sorted(set(names) - _OF_THE_INSTALLER):
                path = os.path.join(directory, base)
                inside = os.path.relpath(path, root).replace(os.sep, "/")
                yield PlanFile(f"{site}/{inside}", path, "data", distribution=name)


def with_owners(files: list[PlanFile], installed: Installed, places: Places) -> list[PlanFile]:
    """Return ``files`` with the distribution each comes from."""
    return [
        replace(f, distribution=f.distribution or installed.owner(f.source, places.sites))
        if f.source and not places.in_stdlib(f.source)
        else f
        for f in files
    ]


def is_installers(dest: str) -> bool:
    """Is it a file of a metadata directory that does not travel?"""
    parts = dest.split("/")
    in_metadata = any(part.endswith((".dist-info", ".egg-info")) for part in parts[:-1])
    return in_metadata and parts[-1] in _OF_THE_INSTALLER


def _editable_root(dist: metadata.Distribution) -> str:
    """Return the source tree of an editable installation (PEP 610), or ''."""
    try:
        direct = json.loads(dist.read_text("direct_url.json") or "{}")
        url = str(direct["url"])
        editable = direct["dir_info"]["editable"] is True
    except (ValueError, KeyError, TypeError):
        return ""
    if not editable or not url.startswith("file://"):
        return ""
    return os.path.realpath(url2pathname(url[len("file://") :]))


def _fields(dist: metadata.Distribution) -> Message:
    # A message of the email package in every version, typed as less than that.
    return cast("Message", dist.metadata)


def _license(fields: Message) -> str:
    """Return the licence expression (PEP 639), or the best older field there is."""
    expression = fields.get("License-Expression")
    if expression:
        return str(expression)
    line = str(fields.get("License") or "").strip()
    if line and line != "UNKNOWN" and "\n" not in line and len(line) <= _LICENSE_LINE:
        return line
    classifiers = [str(c) for c in fields.get_all("Classifier") or ()]
    return " AND ".join(c[len(_OSI) :] for c in classifiers if c.startswith(_OSI))


def _expression(text: str) -> str:
    """Return ``text`` as a canonical SPDX expression, or '' if it is none.

    The target's own packaging may be older than 24.2, which first knew them.
    """
    try:
        from packaging import licenses  # noqa: PLC0415  (comes with the tools)
    except ImportError:
        return ""
    try:
        return str(licenses.canonicalize_license_expression(text))
    except licenses.InvalidLicenseExpression:
        return ""
