"""Record the modules, files and libraries that a Python process uses.

An audit hook (PEP 578) hears of every module that is executed, every extension
that is loaded and every file that is opened; what dlopen brings in is read from
/proc/self/maps. Nothing is imported for it that site has not imported before,
or the record would hide what the program imports.

Each process appends lines to a file of its own in the directory given, as they
happen: a process may end without a last word (os._exit, a signal). A fork goes
on in a new file. The fields are separated by tabs:

    module   NAME  FILE  IMPORTER  how (``statement``, ``call``)
    file     PATH                  opened for reading; it may not exist
    library  PATH                  mapped into the process
    dlopen   NAME  MODULE          asked for through ctypes, and by which module

Names with a tab or line end in them are left out.
"""

from __future__ import annotations

import _thread
import atexit
import os
import sys

TYPE_CHECKING = False  # typing is one of those not imported
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

_IMPORTLIB = "<frozen importlib"
_MAPS = "/proc/self/maps"
_EVENTS = frozenset({"exec", "import", "open", "ctypes.dlopen"})


def start(directory: str) -> None:
    """Record into ``directory``, once per process."""
    if not hasattr(sys, "_llgo_trace"):
        recorder = _Recorder(directory)
        sys._llgo_trace = recorder  # type: ignore[attr-defined]
        sys.addaudithook(recorder.hear)
        atexit.register(recorder.libraries)


class _Recorder:
    def __init__(self, directory: str) -> None:
        self._directory = directory
        self._pid = 0
        self._fd = -1
        self._seen: set[str] = set()
        self._busy: set[int] = set()  # threads: what happens in here is no event
        self._maps_changed = True

    def hear(self, event: str, args: tuple[Any, ...]) -> None:
        """Take an event; the program must never notice."""
        thread = _thread.get_ident()
        if event not in _EVENTS or thread in self._busy:
            return
        self._busy.add(thread)
        try:
            if self._maps_changed:  # the library of the event before is there by now
                self._read_maps()
            self._take(event, args)
        except Exception:  # noqa: S110  (see above)
            pass
        finally:
            self._busy.discard(thread)

    def libraries(self) -> None:
        """Record what is mapped now."""
        self._maps_changed = True
        self.hear("ctypes.dlopen", ())

    def _take(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "exec":
            self._executed(args[0])
        elif event == "open":
            path, _mode, flags = args
            if isinstance(path, (str, bytes)) and flags & os.O_ACCMODE == os.O_RDONLY:
                self._write("file", os.path.abspath(os.fsdecode(path)))
        elif event == "import" and args[1]:  # an extension module: name and file
            self._module(args[0], os.fsdecode(args[1]), sys._getframe())
            self._maps_changed = True
        elif event == "ctypes.dlopen":
            self._maps_changed = True
            if args and isinstance(args[0], (str, bytes)):
                self._write("dlopen", os.fsdecode(args[0]), _asker(sys._getframe()))

    def _executed(self, code: Any) -> None:
        """The code of a module, if importlib is about to execute it."""
        frame = _caller(sys._getframe())
        if frame is None or not frame.f_code.co_filename.startswith(_IMPORTLIB):
            return
        variables = frame.f_locals
        given = variables.get("args")  # of _call_with_frames_removed(exec, code, namespace)
        module = variables.get("module")  # of exec_module
        namespace = given[1] if given else getattr(module, "__dict__", {})
        name = namespace.get("__name__")
        if name:
            self._module(name, namespace.get("__file__") or code.co_filename, frame)

    def _module(self, name: str, path: str, frame: FrameType) -> None:
        importer, how = _importer(frame)
        if name != "__main__":
            self._write("module", name, os.path.abspath(path), importer, how)

    def _read_maps(self) -> None:
        self._maps_changed = False
        with open(_MAPS, encoding="utf-8", errors="surrogateescape") as f:
            for line in f:
                path = line.rstrip("\n").partition("/")[2]
                if ".so" in os.path.basename(path):
                    self._write("library", "/" + path)

    def _write(self, *fields: str) -> None:
        line = "\t".join(fields)
        if line in self._seen or line.count("\t") != len(fields) - 1 or "\n" in line:
            return
        if self._pid != os.getpid():
            self._open()
        self._seen.add(line)
        os.write(self._fd, (line + "\n").encode("utf-8", "surrogateescape"))

    def _open(self) -> None:
        """Open a file of this process; a fork starts over, its parent may say nothing."""
        self._pid = os.getpid()
        self._seen.clear()
        path = os.path.join(self._directory, f"{self._pid}.trace")
        self._fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _caller(frame: FrameType) -> FrameType | None:
    """Return the innermost frame that is not of this file."""
    found: FrameType | None = frame
    while found is not None and found.f_code.co_filename == __file__:
        found = found.f_back
    return found


def _asker(frame: FrameType) -> str:
    """Return the module that asks ctypes for a library."""
    found = _caller(frame)
    while found is not None:
        name = str(found.f_globals.get("__name__", ""))
        if name.partition(".")[0] != "ctypes":
            return name
        found = found.f_back
    return ""


def _importer(frame: FrameType) -> tuple[str, str]:
    """Return the module that imports, and whether by statement or by call."""
    how = "statement"
    found = _caller(frame)
    while found is not None:
        name = str(found.f_globals.get("__name__", ""))
        if name == "importlib":  # importlib.import_module
            how = "call"
        elif not found.f_code.co_filename.startswith(_IMPORTLIB):
            return name, how
        found = found.f_back
    return "", "call"  # the program itself, from C
