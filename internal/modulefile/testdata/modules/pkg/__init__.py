"""A package with data beside it."""

COUNT = globals().get("COUNT", 0) + 1
