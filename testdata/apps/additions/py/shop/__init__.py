"""A package of the program's own."""

HOOKS = []  # who ran before the program


def greeting():
    return "welcome to the shop"
