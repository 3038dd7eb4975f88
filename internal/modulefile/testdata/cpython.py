"""Run CPython's own tests of importing, and of what builds upon it, but those that ask for files."""

import sys
import unittest

SUITES = ["test.test_importlib", "test.test_pkgutil", "test.test_runpy", "test.test_import", "test.test_linecache"]

NOT_OURS = {
    # They look the loader's class up in a table of CPython's own.
    "SubinterpImportTests.test_isolated_config": "class of the loader",
    "SubinterpImportTests.test_python_compat": "class of the loader",
    # They read the sources of the library from files of its directory.
    "LineCacheTests.test_clearcache": "sources as files",
    "LineCacheTests.test_getline": "sources as files",
    "LineCacheTests.test_memoryerror": "sources as files",
}


def ours(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from ours(test)
        elif ".".join(test.id().split(".")[-2:]) not in NOT_OURS:
            yield test


if __name__ == "__main__":
    suite = unittest.TestSuite(ours(unittest.defaultTestLoader.loadTestsFromNames(SUITES)))
    result = unittest.TextTestRunner().run(suite)
    sys.exit(not result.wasSuccessful() or result.testsRun < 1000)
