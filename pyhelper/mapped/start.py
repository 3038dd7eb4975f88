"""Install the finder, then become the package encodings.

CPython imports encodings first, whatever options it is started with (-I, -S, -E),
so this code runs as its ``__init__``: in the program from a table of frozen modules,
elsewhere (``python/bin/python3``, the children of multiprocessing) from the file
encodings/__init__.pyc. No site, no .pth file and no environment variable is needed.
"""

# __future__ is in the module file: annotations are quoted instead.
import sys
from marshal import loads


def _start() -> None:
    """Find the module file, run the finder's code from it, take encodings' own."""
    stdlib: str = globals()["__path__"][0].rpartition("/")[0]
    memory = _frozen() or _mapped(f"{stdlib}/modules.marshal")
    head = memory[:96].cast("I").tolist()
    finder = type(sys)("_llgo_modules")
    sys.modules[finder.__name__] = finder
    exec(loads(memory[head[4] : head[4] + head[5]]), finder.__dict__)  # noqa: S102, S302
    finder.install(memory, head, stdlib)


def _frozen() -> "memoryview | None":
    """Return the module file if the program has mapped it, else None.

    It is an entry of the frozen modules that is never run: what find_frozen gives
    (3.11 and later) is a view of its memory, and costs nothing.
    """
    import _imp  # noqa: PLC0415  (gone with this function)

    find = getattr(_imp, "find_frozen", None)
    found = find and find("_llgo_modules", withdata=True)
    return found[0] if found else None


def _mapped(path: str) -> "memoryview":
    """Map the file."""
    import mmap  # noqa: PLC0415
    import posix  # noqa: PLC0415

    file = posix.open(path, posix.O_RDONLY | posix.O_CLOEXEC)
    # 3.13 can do without a second descriptor, which would stay open.
    options = {"trackfd": False} if sys.version_info >= (3, 13) else {}
    try:
        return memoryview(mmap.mmap(file, 0, access=mmap.ACCESS_READ, **options))
    finally:
        posix.close(file)


_start()
