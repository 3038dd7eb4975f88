"""importlib.resources for packages of the module file.

Data files lie where the package would be, so a directory of the tree is a plain
path. A package without data has no directory; here it still is one, with the sources
of its modules in it if the program travels with them.
"""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyhelper.mapped.finder import Loader

    TraversableResources: Any
else:
    try:
        from importlib.resources.abc import TraversableResources
    except ImportError:  # before 3.11
        from importlib.abc import TraversableResources


class Reader(TraversableResources):  # type: ignore[misc]
    """Reads what lies beside a module."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def files(self) -> Any:
        """Return the module's directory."""
        directory = Path(self._loader.path).parent
        return directory if directory.is_dir() else Directory(self._loader)

    def is_resource(self, path: Any) -> bool:
        """Tell whether there is such a file (3.9's own asks a path for isfile)."""
        found: bool = self.files().joinpath(path).is_file()
        return found

    def resource_path(self, resource: Any) -> str:
        """Return the path of a resource that is a file."""
        path = os.path.join(os.path.dirname(self._loader.path), resource)
        if os.path.isfile(path):
            return path
        raise FileNotFoundError(path)


class Directory:
    """A package's directory that is not in the tree (a Traversable)."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader
        self._path = Path(loader.path).parent
        self.name = self._path.name

    def __str__(self) -> str:
        return str(self._path)

    def is_dir(self) -> bool:
        """Tell that it is one."""
        return True

    def is_file(self) -> bool:
        """Tell that it is none."""
        return False

    def iterdir(self) -> Iterator[Source]:
        """Yield the sources of the modules in it."""
        for name in sorted(self._loader.sources()):
            yield Source(self._loader, name)

    def joinpath(self, *parts: Any) -> Any:
        """Return what has that name in it; a path that does not exist otherwise."""
        name = "/".join(map(str, parts))
        return Source(self._loader, name) if name in self._loader.sources() else self._path / name

    __truediv__ = joinpath

    def open(self, *_args: Any, **_options: Any) -> Any:
        """Fail: it is a directory."""
        raise IsADirectoryError(str(self))

    def read_bytes(self) -> bytes:
        """Fail: it is a directory."""
        raise IsADirectoryError(str(self))

    def read_text(self, encoding: str | None = None) -> str:  # noqa: ARG002
        """Fail: it is a directory."""
        raise IsADirectoryError(str(self))


class Source:
    """The source of a module (a Traversable)."""

    def __init__(self, loader: Loader, name: str) -> None:
        self._path = os.path.join(os.path.dirname(loader.path), name)
        self._loader = loader
        self.name = name

    def __str__(self) -> str:
        return self._path

    def is_dir(self) -> bool:
        """Tell that it is none."""
        return False

    def is_file(self) -> bool:
        """Tell that it is one."""
        return True

    def iterdir(self) -> Iterator[Source]:
        """Fail: it is a file."""
        raise NotADirectoryError(str(self))

    def joinpath(self, *_parts: Any) -> Any:
        """Fail: there is nothing below a file."""
        raise NotADirectoryError(str(self))

    __truediv__ = joinpath

    def open(self, mode: str = "r", *args: Any, **options: Any) -> Any:
        """Open it for reading, as a path's open does."""
        stream = io.BytesIO(self.read_bytes())
        return stream if "b" in mode else io.TextIOWrapper(stream, *args, **options)

    def read_bytes(self) -> bytes:
        """Return it."""
        return self._loader.get_data(self._path)

    def read_text(self, encoding: str | None = None) -> str:
        """Return it as text."""
        with self.open(encoding=encoding) as stream:
            text: str = stream.read()
        return text
