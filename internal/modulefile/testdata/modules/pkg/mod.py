"""A module of a package."""

import dataclasses


@dataclasses.dataclass
class Point:
    """What gets pickled."""

    x: int
    y: int


def fail():
    raise ValueError("on purpose")


def where():
    import inspect

    return inspect.currentframe()
