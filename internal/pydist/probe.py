"""Describe the running interpreter as one JSON object on the last line of stdout.

Runs under whatever interpreter a user names, so it must not fail on a Python that
is refused afterwards: Python 3.4 (the first one to know -I) and PyPy included.
"""

import json
import os
import platform
import sys
import sysconfig


def config(name):
    value = sysconfig.get_config_var(name)
    return "" if value is None else str(value)


print()
print(
    json.dumps(
        {
            "implementation": platform.python_implementation(),
            "version": platform.python_version(),
            "major": sys.version_info[0],
            "minor": sys.version_info[1],
            "abiflags": getattr(sys, "abiflags", ""),
            "platform": sysconfig.get_platform(),
            "executable": sys.executable or "",
            "base_executable": getattr(sys, "_base_executable", None) or sys.executable or "",
            "prefix": sys.prefix,
            "base_prefix": sys.base_prefix,
            "stdlib": sysconfig.get_path("stdlib"),
            "platstdlib": sysconfig.get_path("platstdlib"),
            "path": [entry for entry in sys.path if os.path.isdir(entry)],
            "soabi": config("SOABI"),
            "shared": config("Py_ENABLE_SHARED"),
            "ldlibrary": config("LDLIBRARY"),
            "instsoname": config("INSTSONAME"),
            "libdir": config("LIBDIR"),
            "libpl": config("LIBPL"),
            "multiarch": config("MULTIARCH"),
            "framework_prefix": config("PYTHONFRAMEWORKPREFIX"),
        }
    )
)
