"""Python that travels: how a packaged program imports from its module file.

One file holds the code of all modules that need not be files of their own; its
format is described in Go's internal/bootstrap/modules. These sources are compiled
into it by the target interpreter and run there, CPython 3.9 to 3.14:

    start.py      stands in for the package encodings, which CPython imports before
                  anything else, in every interpreter and in every child process
    finder.py     finds and loads modules; start.py installs it
    resources.py  importlib.resources for packages that are not directories

Nothing here may import what is in the module file itself at the top level.
"""
