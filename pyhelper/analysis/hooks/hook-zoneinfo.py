"""zoneinfo falls back to the tzdata package by its name, if there is one.

A minimal machine has no /usr/share/zoneinfo; a program that cares installs
tzdata, and PyInstaller's hook for it then brings the data.
"""

from importlib.util import find_spec

hiddenimports = ["tzdata"] if find_spec("tzdata") else []
