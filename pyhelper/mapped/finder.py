"""Find and load the modules of the module file.

Three classes, as in importlib: :class:`Finder` on ``sys.meta_path`` answers from the
index alone; :class:`DirectoryFinder` answers for one directory where the order of
path entries matters, and adds what lies there as files; :class:`Loader` loads one
module. Names resolve as they would if every module lay in its place in the tree:

* sys.path and ``__path__`` keep their order: the first entry that is not a directory
  of the index ends the short way, and PathFinder goes the long one, through
  :class:`DirectoryFinder` where the directory is ours;
* ``__file__`` is where the module would be, so data files beside it are found;
* a namespace package (PEP 420) is PathFinder's: its parts may be files as well.

The index is one dict for each directory, by last name:

    (offset, size)                            a module
    (offset, size, directory, its size)       a package
    (0, 0, directory, its size)               a directory without __init__ here
    "_x.cpython-314-x86_64-linux-gnu.so"      an extension module, a file
    False                                     some other file: PathFinder's

and under "", where sources are kept, offset and size of the dict of sources.
"""

import sys
from marshal import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.machinery import ModuleSpec
    from types import CodeType, ModuleType
    from typing import Any

    bootstrap: Any
    external: Any
    _imp: Any
else:  # importlib's own parts, which typeshed knows in parts only
    import _frozen_importlib as bootstrap
    import _frozen_importlib_external as external
    import _imp

    ModuleSpec = bootstrap.ModuleSpec

_INIT = "/__init__.py"

# Allocations between two collections while modules are imported.
_WHILE_IMPORTING = 100_000


class Index:
    """The directories of one module file; loaded one by one, when asked for."""

    __slots__ = ("_loaded", "memory", "stdlib")

    def __init__(self, memory: "memoryview", stdlib: str) -> None:
        self.memory = memory
        self.stdlib = stdlib
        # Absolute path → its dict, or where that is. Nothing is ever taken out.
        self._loaded: dict[str, Any] = {}

    def known(self, path: str) -> "dict[str, Any] | None":
        """Return the entries of a directory that has been added."""
        entries = self._loaded.get(path)
        if type(entries) is tuple:
            entries = self._loaded[path] = self.unmarshal(*entries)
        return entries

    def add(self, path: str, offset: int, size: int) -> None:
        """Make a directory known."""
        self._loaded.setdefault(path, (offset, size))

    def find(self, path: str) -> "dict[str, Any] | None":
        """Return the entries of any directory, None if it is not in the index."""
        entries = self.known(path)
        if entries is not None or not path.startswith(self.stdlib + "/"):
            return entries
        if "/." in path or "//" in path or path.endswith("/"):
            import os  # noqa: PLC0415

            return self.find(clean) if (clean := os.path.normpath(path)) != path else None
        parent, _, name = path.rpartition("/")
        above = self.find(parent)
        entry = above.get(name) if above else None
        if type(entry) is not tuple or len(entry) == 2:
            return None
        self.add(path, *entry[2:])
        return self.known(path)

    def sources(self, path: str) -> "dict[str, tuple[int, int]]":
        """Return offset and size of the sources of a directory, by file name."""
        where = (self.find(path) or {}).get("")
        found: dict[str, tuple[int, int]] = self.unmarshal(*where) if where else {}
        return found

    def unmarshal(self, offset: int, size: int) -> "Any":
        """Return the object at an offset of the file."""
        return loads(self.memory[offset : offset + size])  # noqa: S302  (our own file)

    def spec(self, name: str, directory: str, entry: "Any") -> "ModuleSpec | None":
        """Return the spec of an entry, None if it is not ours to load."""
        tail = name.rpartition(".")[2]
        if type(entry) is str:
            return _located(name, external.ExtensionFileLoader(name, f"{directory}/{entry}"))
        if not entry or not entry[1]:
            return None
        if len(entry) == 2:
            return _located(name, Loader(name, f"{directory}/{tail}.py", self, entry))
        package = f"{directory}/{tail}"
        spec = _located(name, Loader(name, package + _INIT, self, entry))
        spec.submodule_search_locations = [package]
        self.add(package, *entry[2:])
        return spec


def _located(name: str, loader: "Any") -> "ModuleSpec":
    """Return a spec with a place, without asking the disk about it."""
    spec = ModuleSpec(name, loader, origin=loader.path)
    spec.has_location = True
    if type(loader) is Loader:
        spec.cached = loader.path + "c"
    return spec


class Loader(external._LoaderBasics):  # type: ignore[misc]
    """Loads one module.

    CPython cuts the frames of importlib out of the tracebacks of failed imports, by
    the file name of their code. This file is compiled under that name for the same.
    """

    __slots__ = ("_entry", "_index", "name", "path")

    def __init__(self, name: str, path: str, index: "Index", entry: "tuple[int, ...]") -> None:
        self.name = name
        self.path = path
        self._index = index
        self._entry = entry

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.name!r}>"

    def __eq__(self, other: object) -> bool:
        return type(other) is Loader and (self.name, self.path) == (other.name, other.path)

    def __hash__(self) -> "int":
        return hash((self.name, self.path))

    def __reduce__(self) -> "tuple[Any, ...]":
        return _loader_of, (self.name, self.path)

    def _check(self, name: "str | None") -> None:
        if name not in {None, self.name}:
            raise ImportError(f"loader for {self.name} cannot handle {name}", name=name)

    def get_code(self, name: "str | None" = None) -> "CodeType":
        """Return the module's code; its file names are absolute, as Python's own."""
        self._check(name)
        code: CodeType = self._index.unmarshal(*self._entry[:2])
        _imp._fix_co_filename(code, self.path)
        return code

    def exec_module(self, module: "ModuleType") -> None:
        """Run the module's code."""
        code = self.get_code(module.__name__)
        # A program that imports nothing but codecs should not import gc for it.
        usual = None if module.__package__ == "encodings" else _collect_less()
        try:
            bootstrap._call_with_frames_removed(exec, code, module.__dict__)
        finally:
            if usual is not None:
                _collect_as(usual)

    def get_filename(self, name: "str | None" = None) -> str:
        """Return where the source would be."""
        self._check(name)
        return self.path

    def is_package(self, name: "str | None" = None) -> bool:
        """Tell whether the module is a package."""
        self._check(name)
        return len(self._entry) > 2

    def get_source(self, name: "str | None" = None) -> "str | None":
        """Return the source, None if the program travels without."""
        self._check(name)
        data = self.source_at(self.path)
        return None if data is None else external.decode_source(data)

    def source_at(self, path: str) -> "bytes | None":
        """Return the source that would be at ``path``, if it is in the module file."""
        directory, _, base = path.rpartition("/")
        where = self._index.sources(directory).get(base)
        return bytes(self._index.memory[where[0] : sum(where)]) if where else None

    def sources(self) -> "dict[str, tuple[int, int]]":
        """Return the sources in the module's directory by file name."""
        return self._index.sources(self.path.rpartition("/")[0])

    def get_data(self, path: str) -> "bytes":
        """Read a file beside the module, or a source that would be there."""
        data = self.source_at(path)
        if data is not None:
            return data
        import _io  # noqa: PLC0415

        with _io.FileIO(path, "r") as file:
            return file.read()

    def get_resource_reader(self, name: str) -> "Any":
        """Return a reader of the files in the module's directory."""
        self._check(name)
        # Only here, because it imports a lot; and by the name it has in programs.
        from _llgo_resources import Reader  # type: ignore[import-not-found] # noqa: PLC0415

        return Reader(self)


def _collect_less() -> "tuple[int, int, int] | None":
    """Let the collector run less; return how often it did, None if that is not ours.

    What an import makes is kept: modules, classes, functions. The collector would go
    through all of it again and again.
    """
    gc = sys.modules.get("gc") or __import__("gc")
    usual: tuple[int, int, int] = gc.get_threshold()
    if not 0 < usual[0] < _WHILE_IMPORTING:
        return None
    gc.set_threshold(_WHILE_IMPORTING, *usual[1:])
    return usual


def _collect_as(usual: "tuple[int, int, int]") -> None:
    """Let the collector run as it did, unless the module itself has set that."""
    gc = sys.modules["gc"]
    if gc.get_threshold()[0] == _WHILE_IMPORTING:
        gc.set_threshold(*usual)


def _loader_of(name: str, path: str) -> "Loader":
    """Return the loader that was pickled."""
    directory = path.removesuffix(_INIT).rpartition("/")[0]
    finder = next(f for f in sys.meta_path if type(f) is Finder)
    spec = finder.spec_in(name, directory)
    if spec is None or type(spec.loader) is not Loader:
        raise ImportError(f"no module {name} at {path}", name=name)
    return spec.loader


class Finder:
    """The short way: from the index, while the path consists of our directories."""

    __slots__ = ("_frozen", "index")

    def __init__(self, index: "Index") -> None:
        self.index = index
        names = getattr(_imp, "_frozen_module_names", None)  # 3.11
        self._frozen = frozenset(names()) if names else frozenset(("zipimport",))

    def find_spec(
        self,
        name: str,
        path: "Sequence[str] | None" = None,
        target: "ModuleType | None" = None,  # noqa: ARG002  (importlib's interface)
    ) -> "ModuleSpec | None":
        """Return the spec of a module of the index."""
        if name in self._frozen:
            return None
        tail = name.rpartition(".")[2]
        index = self.index
        for directory in sys.path if path is None else path:
            entries = index.known(directory)
            if entries is None:
                return None
            if tail in entries:
                return index.spec(name, directory, entries[tail])
        return None

    def spec_in(self, name: str, directory: str) -> "ModuleSpec | None":
        """Return the spec of a module in a directory."""
        entries = self.index.find(directory) or {}
        return self.index.spec(name, directory, entries.get(name.rpartition(".")[2]))

    def path_hook(self, path: str) -> "DirectoryFinder":
        """Return the finder of a directory, for sys.path_hooks."""
        entries = self.index.find(path) if type(path) is str else None
        if entries is None:
            raise ImportError("not a directory of the module file", path=path)
        return DirectoryFinder(self.index, path, entries)

    def invalidate_caches(self) -> None:
        """Do nothing: the module file does not change."""

    def take_over(self, module: "ModuleType", entry: "tuple[int, ...]") -> None:
        """Make ``module`` the one of ``entry``: another was imported under its name."""
        spec: Any = self.index.spec(module.__name__, self.index.stdlib, entry)
        for name in [n for n in module.__dict__ if not n.startswith("__")]:
            del module.__dict__[name]
        bootstrap._init_module_attrs(spec, module, override=True)
        spec.loader.exec_module(module)


class DirectoryFinder:
    """The long way: one directory, with what lies in it as files."""

    __slots__ = ("_entries", "_files", "_index", "path")

    def __init__(self, index: "Index", path: str, entries: "dict[str, Any]") -> None:
        self._index = index
        self._entries = entries
        self.path = path
        self._files: Any = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.path!r}>"

    @property
    def files(self) -> "Any":
        """The finder of what lies there as files."""
        if self._files is None:
            loaders = external._get_supported_file_loaders()
            self._files = external.FileFinder(self.path, *loaders)
        return self._files

    def find_spec(self, name: str, target: "ModuleType | None" = None) -> "ModuleSpec | None":
        """Return the spec of a module, or of a part of a namespace package."""
        tail = name.rpartition(".")[2]
        entry = self._entries.get(tail)
        spec = self._index.spec(name, self.path, entry) or self.files.find_spec(name, target)
        if spec is None and type(entry) is tuple:
            spec = ModuleSpec(name, None)
            spec.submodule_search_locations = [f"{self.path}/{tail}"]
        return spec

    def iter_modules(self, prefix: str = "") -> "Iterator[tuple[str, bool]]":
        """Yield name and whether it is a package, for pkgutil."""
        import pkgutil  # noqa: PLC0415

        files: Any = getattr(pkgutil, "iter_importer_modules")(self.files, prefix)  # noqa: B009
        found = dict(files)
        for name, entry in self._entries.items():
            if type(entry) is tuple and entry[1] and name not in {"", "__init__"}:
                found[prefix + name] = len(entry) > 2
        yield from sorted(found.items())

    def invalidate_caches(self) -> None:
        """Forget what lies there as files."""
        if self._files is not None:
            self._files.invalidate_caches()


def install(memory: "memoryview", head: "list[int]", stdlib: str) -> "Finder":
    """Put a finder for ``stdlib`` and what is below it first, and return it.

    ``head`` is the head of the module file as numbers.
    """
    index = Index(memory, stdlib)
    index.add(stdlib, *head[16:18])
    index.add(f"{stdlib}/lib-dynload", *head[18:20])
    index.add(f"{stdlib}/site-packages", *head[20:22])
    # getpath's zip file is on the path of every interpreter, and in no bundle.
    above, _, name = stdlib.rpartition("/")
    index.add(f"{above}/{name.replace('.', '')}.zip", *head[22:24])
    finder = Finder(index)
    sys.meta_path.insert(0, finder)
    sys.path_hooks.insert(0, finder.path_hook)
    for path in [p for p in sys.path_importer_cache if p.startswith(above)]:
        del sys.path_importer_cache[path]
    finder.take_over(sys.modules["encodings"], tuple(head[12:16]))
    return finder
