"""The Python half of llgo-pypack: what only Python can know about Python.

The Go half starts this package once per question and asks it over a pipe
(see :mod:`pyhelper.protocol`). Four questions, two kinds of interpreter:

* in the interpreter the program will travel with (the *target*, CPython 3.9 to
  3.14): ``analyze`` asks PyInstaller what an import needs and answers with a
  plan of files; ``compile`` turns sources into byte code.
* in the managed interpreter: ``link`` closes the set of shared libraries and
  gives each a search path inside the bundle.
* ``hello``, in either, says who answers.

How the process is started, and why, is told in :mod:`pyhelper.__main__`.
"""
