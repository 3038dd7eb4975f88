"""Sort what was not found by whether a program can notice.

PyInstaller lists every name that an import statement somewhere asks for in vain.
Nearly all of them are meant to be missing: a fallback, another system's module,
a name that is no module at all. The reasons, in the order they are tried:

``excluded``   it was left out on purpose
``attribute``  ``from package import name``, of a package that is there: the name
               is made at run time, and so are modules (collections.abc, six.moves)
``platform``   a module of another operating system or another Python
``guarded``    no import leads to it that is always carried out: on the way from
               the program there is always one inside ``try``, ``if`` or a function,
               or only a hook's word or a type stub's
``required``   the program's start, or an import it makes, fails without it
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pyhelper.analysis.graph import PACKAGE, PLAIN, STARTUP
from pyhelper.protocol import Missing

if TYPE_CHECKING:
    from pyhelper.analysis.graph import Graph, Import

REQUIRED = "required"

# What the standard library, and libraries that care for many systems, import
# elsewhere. Names of CPython's own sources, of pywin32, pyobjc and Jython.
_ELSEWHERE = {
    "win32": (
        *("_overlapped", "_winapi", "_winreg", "_wmi", "msvcrt", "nt", "winreg", "winsound"),
        *("pythoncom", "pywintypes", "win32api", "win32clipboard", "win32com", "win32con"),
        *("win32event", "win32evtlog", "win32evtlogutil", "win32file", "win32gui", "win32job"),
        *("win32net", "win32pdh", "win32pipe", "win32process", "win32security", "win32service"),
        *("win32serviceutil", "win32ui", "wmi"),
    ),
    "darwin": ("AppKit", "Cocoa", "CoreFoundation", "Foundation", "_scproxy", "objc"),
    "ios": ("_ios_support", "rubicon"),
    "android": ("_android_support", "android", "androidembed"),
    "emscripten": ("_pyodide", "js", "pyodide", "pyodide_js"),
    "java": ("com", "java", "javax", "jarray", "org"),
    "vms": ("vms_lib",),
    "python 2": (
        *("ConfigParser", "Cookie", "HTMLParser", "Queue", "StringIO", "UserDict", "__builtin__"),
        *("cPickle", "cStringIO", "cookielib", "copy_reg", "dummy_thread", "httplib", "thread"),
        *("urllib2", "urlparse", "xmlrpclib"),
    ),
    "pypy": ("__pypy__", "_pypyjson", "pypyjit"),
    "a type checker": ("_typeshed",),
}
# Modules of every interpreter that no path leads to.
_FROZEN = frozenset({"_frozen_importlib", "_frozen_importlib_external", *sys.builtin_module_names})
_UNIX = ("fcntl", "grp", "posix", "pwd", "resource", "syslog", "termios")


def sort(graph: Graph) -> list[Missing]:
    """Return every module of the graph that is not there, by name."""
    reached = _always_imported(graph)
    absent = {
        name: edges for name, edges in graph.importers().items() if graph.states.get(name, "")
    }
    return [
        Missing(name, sorted({e.importer for e in edges}), _reason(name, edges, graph, reached))
        for name, edges in absent.items()
    ]


def _reason(name: str, edges: list[Import], graph: Graph, reached: set[str]) -> str:
    package = name.rpartition(".")[0]
    if graph.states[name] == "excluded":
        return "excluded"
    if name in _FROZEN or (graph.states.get(package) == "" and not _by_program(edges)):
        return "attribute"
    if is_elsewhere(name):
        return "platform"
    always = [e for e in edges if e.importer in reached and e.how in {PLAIN, PACKAGE}]
    return REQUIRED if always else "guarded"


def _by_program(edges: list[Import]) -> bool:
    """Does the program itself say that it is a module?"""
    return any(e.importer.startswith("<") and not e.attribute for e in edges)


def is_elsewhere(name: str, platform: str = sys.platform) -> bool:
    """Is it a module that only another platform than ``platform`` can have?"""
    top = name.partition(".")[0]
    names = (names for other, names in _ELSEWHERE.items() if other != platform)
    return any(top in n for n in names) or (platform == "win32" and top in _UNIX)


def _always_imported(graph: Graph) -> set[str]:
    """Return what is imported without condition from the program on.

    Not what the interpreter imports by itself: it copes. Templates are snippets,
    too, and told apart where they are warned of.
    """
    imports: dict[str, list[str]] = {}
    for edge in graph.imports:
        if edge.how in {PLAIN, PACKAGE}:
            imports.setdefault(edge.importer, []).append(edge.name)
    queue = [name for name in graph.states if name.startswith("<") and name != STARTUP]
    reached = set(queue)
    while queue:
        for name in imports.get(queue.pop(), ()):
            if name not in reached and not graph.states[name]:
                reached.add(name)
                queue.append(name)
    return reached
