"""Run PyInstaller's Analysis in this process and keep the file it writes.

PyInstaller is meant to be installed into the environment it analyses; here it
comes from a directory of its own and must leave no trace in the result:

* ``sys.path``, which its isolated child processes inherit, starts with links
  to PyInstaller and what only it needs, then has the target's own path, and
  ends with the tools that the target may well have in its own version
  (setuptools, packaging);
* the path its graph of imports is searched on is the target's own alone.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pyhelper.analysis import (
    everything,
    graph,
    loaded,
    options,
    plugins,
    processes,
    runtimehooks,
    scan,
    startup,
    submodules,
    toc,
)
from pyhelper.analysis.codes import Codes
from pyhelper.analysis.toc import Toc

if TYPE_CHECKING:
    from pyhelper.channel import Channel
    from pyhelper.protocol import Options

_NAME = "llgo"
_FIRST = "__first__"
_HOOKS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "hooks")

# Modules of the standard library that open libraries of another system, of which this
# one may have a namesake.
_FOREIGN = {"_ios_support.py"}

# What must be ours even if the target has its own: by start of the name, so
# that the metadata (entry points lead PyInstaller to the hooks) is included.
_OURS = re.compile(r"(_?pyinstaller|altgraph|macholib)", re.IGNORECASE)


@dataclass(frozen=True)
class Search:
    """The program's and the target's own path, and the directories that are ours.

    ``hooks`` are those with modules for run-time hooks, which do travel.
    """

    target: list[str]
    own: list[str]
    hooks: list[str]


@dataclass
class Found:
    """What PyInstaller found, the file that it wrote it to, and its graph of imports.

    ``ctypes`` maps libraries (absolute) to the source that names them; ``codes`` has
    what the graph compiled.
    """

    toc_file: str
    toc: Toc = field(default_factory=lambda: Toc([], [], [], []))
    graph: Any = None
    ctypes: dict[str, str] = field(default_factory=dict)
    codes: Codes = field(default_factory=Codes)

    def keep(self, lists: Toc) -> None:
        """Take what was found."""
        self.toc = lists


def open_path(workdir: str, root: str, tools: list[str], own: list[str]) -> Search:
    """Arrange ``sys.path`` for PyInstaller and its children.

    ``own`` are the directories of the program's own modules. They come first in
    the bundle, but last for PyInstaller itself, which imports many a module.
    """
    target = [p for p in sys.path if p not in {root, *tools}]
    first = [_links(directory, workdir) for directory in tools]
    sys.path[:] = [*first, *target, *own, root, *tools]
    fake = [os.path.join(d, "PyInstaller", "fake-modules") for d in (*first, *tools)]
    ours = [os.path.join(root, "pyhelper"), *tools, workdir]
    return Search([*own, *target], ours, [f for f in fake if os.path.isdir(f)])


def _links(directory: str, workdir: str) -> str:
    """Return a directory with links to what must be ours of ``directory``.

    It lies in there, so that its path and with it cached byte code last; in
    workdir where that may not be written to.
    """
    first = os.path.join(directory if os.access(directory, os.W_OK) else workdir, _FIRST)
    os.makedirs(first, exist_ok=True)
    for name in filter(_OURS.match, sorted(os.listdir(directory))):
        # Another build may be doing the same: the links are the same.
        with contextlib.suppress(FileExistsError):
            os.symlink(os.path.join(directory, name), os.path.join(first, name))
    return first


def run(out: Channel, search: Search, workdir: str, scripts: list[str], wanted: Options) -> Found:
    """Analyse ``scripts``."""
    found = Found(os.path.join(workdir, _NAME, "Analysis-00.toc"))
    spec = os.path.join(workdir, f"{_NAME}.spec")
    with open(spec, "w", encoding="utf-8") as f:
        f.write(options.spec(wanted, scripts, _hidden(search, wanted), _HOOKS))
    options.write_additions(wanted, workdir)
    _clean_environment(workdir)

    from PyInstaller import log  # noqa: PLC0415  (needs open_path)
    from PyInstaller.building import build_main  # noqa: PLC0415
    from PyInstaller.depend import analysis, bindepend  # noqa: PLC0415
    from PyInstaller.lib.modulegraph import modulegraph  # noqa: PLC0415
    from PyInstaller.utils import hooks, misc  # noqa: PLC0415
    from PyInstaller.utils.hooks import setuptools  # noqa: PLC0415

    scan.quicken(modulegraph)
    modulegraph.compile = found.codes.compile
    submodules.stay_here(analysis, hooks)
    toc.take(misc, found.toc_file, found.keep)
    processes.save(build_main, bindepend)
    processes.no_setuptools_but(search.target, setuptools)
    log.logger.addHandler(_ProgressOfLog(out))
    _watch(build_main, search, found)
    build_main.main(
        {"cachedir": workdir, "upx_dir": None, "upx_available": False},
        spec,
        noconfirm=True,
        distpath=os.path.join(workdir, "dist"),
        workpath=workdir,
    )
    return found


def _hidden(search: Search, wanted: Options) -> list[str]:
    hidden = startup.modules()
    stdlib = (os.path.dirname(os.path.abspath(os.__file__)),)
    if wanted.everything:
        hidden += everything.modules(search.target, stdlib, wanted.excludes)
    elif wanted.farm:
        library = everything.library(search.target, stdlib)
        hidden += everything.modules(library, stdlib, wanted.excludes)
    return hidden


def _clean_environment(workdir: str) -> None:
    """Give PyInstaller's children, started without -I, what -I gave this process.

    And the seed of hashes that it was given (see ``__main__``).
    """
    seed = os.environ.get("PYTHONHASHSEED")
    for name in [n for n in os.environ if n.startswith(("PYTHON", "PYINSTALLER"))]:
        del os.environ[name]
    os.environ["PYTHONNOUSERSITE"] = "1"
    if seed and not sys.flags.ignore_environment:
        os.environ["PYTHONHASHSEED"] = seed
    if sys.pycache_prefix:
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
    os.environ["PYINSTALLER_CONFIG_DIR"] = workdir


def _watch(build_main: Any, search: Search, found: Found) -> None:
    """Make the graph search the target only, with plugins; choose the run-time hooks; keep it.

    A run-time hook is a script of the program to PyInstaller: what it imports is
    collected.
    """
    make, scan = build_main.initialize_modgraph, build_main.scan_code_for_ctypes

    def initialize_modgraph(*args: Any, **kwargs: Any) -> Any:
        made = make(*args, **kwargs)
        made.path = [*search.target, *search.hooks]
        runtimehooks.select(made)
        graph.guard_hooks(made)
        plugins.complete(made, search.target)
        loaded.complete(made, found.ctypes)
        found.graph = made
        return made

    def scan_code_for_ctypes(code: Any) -> Any:
        if os.path.basename(code.co_filename) in _FOREIGN and sys.platform != "ios":
            return []
        libraries = [*scan(code), *loaded.by_cffi(code)]
        for _dest, source, _typecode in libraries:
            found.ctypes.setdefault(os.path.abspath(source), code.co_filename)
        return libraries

    build_main.initialize_modgraph = initialize_modgraph
    build_main.scan_code_for_ctypes = scan_code_for_ctypes


class _ProgressOfLog(logging.Handler):
    """Turns the log lines that say what is being looked at into progress."""

    _HOOK = re.compile(r"Processing standard module hook 'hook-(?P<module>[^']+)\.py'")
    _STEPS = (
        ("Analyzing modules for base_library", "the interpreter itself"),
        ("Analyzing hidden import", "hidden imports"),
        ("Analyzing ", "imports"),
        ("Performing binary vs. data", "data files"),
        ("Looking for ctypes", "libraries loaded by ctypes"),
        ("Looking for dynamic libraries", "shared libraries"),
    )

    def __init__(self, out: Channel) -> None:
        super().__init__(logging.INFO)
        self._out = out
        self._done = 0
        self._last = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Send a progress message if the line is worth one."""
        text = self._text(record.getMessage())
        if text and text != self._last:
            self._done += 1
            self._last = text
            self._out.progress("analyze", self._done, 0, text)

    def _text(self, line: str) -> str:
        hook = self._HOOK.match(line)
        if hook:
            return hook["module"]
        return next((text for start, text in self._STEPS if line.startswith(start)), "")
