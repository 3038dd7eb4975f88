NAME = "plugin"


def run():
    return "ran " + NAME
