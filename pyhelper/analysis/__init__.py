"""Operation analyze: which files does an import need?

PyInstaller answers that, in the target interpreter, from its own graph of
imports, its hooks and those of pyinstaller-hooks-contrib. What it found is
read from the ``Analysis-00.toc`` it writes: a documented file that people can
look at, and not from its objects; only who imports whom stands in no file and
comes from its graph (:mod:`pyhelper.analysis.graph`). This package says where
each file goes in a bundle that, unlike PyInstaller's, is an ordinary Python
installation, and sorts what was not found.
"""
