from .. import mod  # noqa
