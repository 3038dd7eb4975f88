from __future__ import annotations

from pathlib import Path

from pyhelper.analysis import warnfile
from pyhelper.protocol import Missing

# As PyInstaller 6.22.3 writes it.
TEXT = """
This file lists modules PyInstaller was not able to find. This does not

Types of import:
* top-level: imported at the top-level - look at these first
excluded module named pydoc - imported by _sitebuiltins (delayed)
missing module named 'org.python' - imported by copy (optional), 'xml.sax' (delayed, conditional)
missing module named yaml - imported by numpy.__config__ (delayed), /w/entry.py (top-level)
invalid module named broken - imported by a (top-level)
missing module named numpy._core.add - imported by numpy._core (conditional)
"""


def test_lines_become_missing_modules(tmp_path: Path) -> None:
    path = tmp_path / "warn.txt"
    path.write_text(TEXT, "utf-8")
    missing = warnfile.read(str(path))
    assert missing == [
        Missing("broken", ["a"], optional=False),
        Missing("numpy._core.add", ["numpy._core"], optional=True),
        Missing("org.python", ["copy", "xml.sax"], optional=True),
        Missing("yaml", ["/w/entry.py", "numpy.__config__"], optional=False),
    ]
    told = warnfile.worth_telling(missing, {"numpy._core"}, {"copy", "xml.sax"})
    assert [m.module for m in told] == ["broken", "yaml"]
