"""What is promised of modules in a module file; runs in a tree that has one."""

import importlib
import importlib.metadata
import importlib.resources
import importlib.util
import inspect
import io
import linecache
import os
import pickle
import pkgutil
import runpy
import subprocess
import sys
import threading
import traceback
import types
import unittest

STDLIB = os.path.dirname(os.__file__)
SITE = os.path.join(STDLIB, "site-packages")
SOURCES = os.path.exists(os.path.join(STDLIB, "with-sources"))


def python(*args, **options):
    """Run the tree's interpreter; return what it printed."""
    done = subprocess.run(
        [sys.executable, *args], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", **options
    )
    return f"{done.stdout}{done.returncode or ''}"


class Attributes(unittest.TestCase):
    def test_module(self):
        import json.decoder

        path = os.path.join(STDLIB, "json", "decoder.py")
        self.assertFalse(os.path.exists(path))
        self.assertEqual(json.decoder.__file__, path)
        self.assertEqual(json.decoder.__spec__.origin, path)
        self.assertTrue(json.decoder.__spec__.has_location)
        self.assertEqual(json.decoder.__package__, "json")
        self.assertEqual(json.__path__, [os.path.join(STDLIB, "json")])
        self.assertEqual(json.__spec__.submodule_search_locations, json.__path__)
        self.assertEqual(json.decoder.__cached__, path + "c")
        self.assertIs(json.decoder.__loader__, json.decoder.__spec__.loader)
        self.assertEqual(type(json.decoder.__loader__).__module__, "_llgo_modules")

    def test_encodings(self):
        import encodings.utf_8

        self.assertEqual(encodings.__file__, os.path.join(STDLIB, "encodings", "__init__.py"))
        self.assertTrue(encodings.search_function)
        self.assertNotIn("_start", list(vars(encodings)))
        self.assertEqual("ä".encode("cp437"), b"\x84")
        self.assertEqual(encodings.utf_8.__file__, os.path.join(STDLIB, "encodings", "utf_8.py"))

    def test_co_filename(self):
        import json.decoder

        self.assertEqual(json.decoder.JSONDecoder.decode.__code__.co_filename, json.decoder.__file__)

    def test_find_spec(self):
        self.assertEqual(importlib.util.find_spec("pkg.sub.deep").origin, os.path.join(SITE, "pkg/sub/deep.py"))
        self.assertIsNone(importlib.util.find_spec("pkg.nothing"))
        self.assertIsNone(importlib.util.find_spec("nothing"))
        with self.assertRaises(ModuleNotFoundError):
            importlib.util.find_spec("nothing.below")

    def test_frozen_stays_frozen(self):
        if sys.version_info >= (3, 11):
            self.assertEqual(os.__spec__.origin, "frozen")

    def test_builtin(self):
        self.assertEqual(sys.__spec__.origin, "built-in")


class Loader(unittest.TestCase):
    def setUp(self):
        self.loader = importlib.util.find_spec("pkg.mod").loader

    def test_code(self):
        self.assertIsInstance(self.loader.get_code("pkg.mod"), types.CodeType)
        with self.assertRaises(ImportError):
            self.loader.get_code("other")

    def test_source(self):
        source = self.loader.get_source("pkg.mod")
        if SOURCES:
            self.assertTrue(source.startswith('"""A module of a package."""\n'))
        else:
            self.assertIsNone(source)

    def test_filename(self):
        self.assertEqual(self.loader.get_filename("pkg.mod"), os.path.join(SITE, "pkg", "mod.py"))

    def test_is_package(self):
        self.assertFalse(self.loader.is_package("pkg.mod"))
        self.assertTrue(importlib.util.find_spec("pkg").loader.is_package("pkg"))

    def test_data(self):
        self.assertEqual(self.loader.get_data(os.path.join(SITE, "pkg", "data.txt")), b"data of pkg\n")
        self.assertEqual(pkgutil.get_data("pkg", "data.txt"), b"data of pkg\n")
        with self.assertRaises(OSError):
            self.loader.get_data(os.path.join(SITE, "pkg", "none.txt"))
        if SOURCES:
            self.assertIn(b"class Point", pkgutil.get_data("pkg", "mod.py"))

    def test_equal_and_pickled(self):
        import pkg.mod

        self.assertEqual(self.loader, pkg.mod.__loader__)
        again = pickle.loads(pickle.dumps(self.loader))
        self.assertEqual(again, self.loader)
        self.assertEqual(hash(again), hash(self.loader))
        self.assertNotEqual(self.loader, pkg.__loader__)
        package = pickle.loads(pickle.dumps(pkg.__loader__))
        self.assertTrue(package.is_package("pkg"))

    def test_repr(self):
        self.assertIn("pkg.mod", repr(self.loader))
        self.assertIn("mod.py", repr(importlib.import_module("pkg.mod")))

    def test_module_from_spec(self):
        spec = importlib.util.find_spec("pkg.sub.deep")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        self.assertEqual(module.VALUE, "größe")

    def test_lazy(self):
        sys.modules.pop("pkg.sub.deep", None)
        spec = importlib.util.find_spec("pkg.sub.deep")
        spec.loader = importlib.util.LazyLoader(spec.loader)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        self.assertEqual(module.VALUE, "größe")


class Import(unittest.TestCase):
    def test_reload(self):
        import pkg

        before = pkg.COUNT
        self.assertIs(importlib.reload(pkg), pkg)
        self.assertEqual(pkg.COUNT, before + 1)

    def test_relative(self):
        import pkg.sub

        self.assertEqual(pkg.sub.mod.__name__, "pkg.mod")

    def test_threads(self):
        names = ["csv", "colorsys", "chunk", "bisect", "calendar", "cmd", "code", "pkg.sub.deep", "pkg.mod"]
        names = [name for name in names if importlib.util.find_spec(name.partition(".")[0])]
        for name in names:
            sys.modules.pop(name, None)
        errors = []

        def work():
            try:
                for name in names:
                    importlib.import_module(name)
            except BaseException as err:
                errors.append(err)

        threads = [threading.Thread(target=work) for _ in range(8)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(errors, [])

    def test_invalidate(self):
        importlib.invalidate_caches()
        import pkg.sub.deep  # noqa: F401

    def test_extension(self):
        name = next((n for n in ("_json", "_bisect", "_csv") if n not in sys.builtin_module_names), None)
        if name is None:
            self.skipTest("no extension module")
        spec = importlib.util.find_spec(name)
        self.assertTrue(os.path.isfile(spec.origin))
        self.assertIsNone(spec.cached)
        importlib.import_module(name)

    def test_failure_names_no_loader(self):
        out = python("-c", "import breaks")
        self.assertIn("ZeroDivisionError", out)
        self.assertIn(os.path.join(SITE, "breaks.py") + '", line 1', out)
        self.assertNotIn("llgo>", out)
        self.assertNotIn("importlib", out)
        out = python("-c", "import lacks")
        self.assertIn("No module named 'nowhere_to_be_found'", out)
        self.assertNotIn("importlib", out)


class Collector(unittest.TestCase):
    """It runs less while modules are imported, and as before afterwards."""

    def test_restored(self):
        import gc

        before = gc.get_threshold()
        sys.modules.pop("pkg.collector", None)
        import pkg.collector

        self.assertGreater(pkg.collector.DURING[0], before[0])
        self.assertEqual(gc.get_threshold(), before)

    def test_the_program_decides(self):
        out = python("-c", "import gc; gc.set_threshold(0); import pkg.collector as c; print(c.DURING[0], gc.get_threshold()[0])")
        self.assertEqual(out, "0 0\n")
        out = python("-c", "import gc, pkg.sets; print(gc.get_threshold()[0])")
        self.assertEqual(out, "123\n")
        out = python("-c", "import gc\nbefore = gc.get_threshold()\ntry: import breaks\nexcept ZeroDivisionError: print(before == gc.get_threshold())")
        self.assertEqual(out, "True\n")


class Order(unittest.TestCase):
    """sys.path decides, as ever."""

    def test_first_entry_wins(self):
        here = os.path.dirname(os.path.abspath(__file__))
        override = os.path.join(here, "override")
        out = python("-c", f"import sys; sys.path.insert(0, {override!r}); import colorsys; print(colorsys.MARK)")
        self.assertEqual(out, "override\n")
        out = python("-c", f"import sys; sys.path.append({override!r}); import colorsys; print(colorsys.__file__)")
        self.assertEqual(out, os.path.join(STDLIB, "colorsys.py") + "\n")

    def test_taken_off_the_path(self):
        out = python("-c", f"import sys; sys.path.remove({SITE!r})\ntry: import pkg\nexcept ImportError: print('gone')")
        self.assertEqual(out, "gone\n")

    def test_other_spellings(self):
        out = python("-c", f"import sys; sys.path[:] = [{SITE!r} + '/../site-packages/.', {STDLIB!r} + '/']; import pkg; print(pkg.COUNT)")
        self.assertEqual(out, "1\n")


class Packages(unittest.TestCase):
    def test_namespace(self):
        import parts.loose
        import parts.mapped

        self.assertEqual(parts.mapped.NAME, "in the module file")
        self.assertEqual(parts.loose.NAME, "a file")
        self.assertEqual(list(parts.__path__), [os.path.join(SITE, "parts")])
        self.assertIsNone(parts.__file__ if hasattr(parts, "__file__") else None)

    def test_namespace_grows(self):
        here = os.path.dirname(os.path.abspath(__file__))
        more = os.path.join(here, "override")
        out = python("-c", f"import sys, parts; sys.path.append({more!r}); import parts.more, parts.mapped; print(parts.more.NAME)")
        self.assertEqual(out, "more\n")

    def test_iter_modules(self):
        import parts
        import pkg

        self.assertEqual(
            [(m.name, m.ispkg) for m in pkgutil.iter_modules(pkg.__path__)],
            [("__main__", False), ("collector", False), ("mod", False), ("sets", False), ("sub", True)],
        )
        self.assertEqual(sorted(m.name for m in pkgutil.iter_modules(parts.__path__, "parts.")), ["parts.loose", "parts.mapped"])
        walked = [m.name for m in pkgutil.walk_packages(pkg.__path__, "pkg.")]
        self.assertEqual(walked, ["pkg.__main__", "pkg.collector", "pkg.mod", "pkg.sets", "pkg.sub", "pkg.sub.deep"])
        top = {m.name: m.ispkg for m in pkgutil.iter_modules()}
        self.assertEqual((top["pkg"], top["json"], top["colorsys"]), (True, True, False))
        self.assertNotIn("", top)
        self.assertNotIn("parts", top)

    def test_resources(self):
        self.assertEqual(importlib.resources.files("pkg").joinpath("data.txt").read_text(), "data of pkg\n")
        with importlib.resources.as_file(importlib.resources.files("pkg") / "data.txt") as path:
            self.assertEqual(str(path), os.path.join(SITE, "pkg", "data.txt"))
        if hasattr(importlib.resources, "read_text"):
            self.assertEqual(importlib.resources.read_text("pkg", "data.txt"), "data of pkg\n")

    @unittest.skipIf(sys.version_info < (3, 10), "3.9 asks the path alone")
    def test_resources_without_a_directory(self):
        import pkg.sub

        files = importlib.resources.files(pkg.sub)
        self.assertTrue(files.is_dir())
        self.assertFalse(files.joinpath("none").is_file())
        found = {f.name: f for f in files.iterdir()}
        if SOURCES:
            self.assertEqual(found["deep.py"].read_text(encoding="utf-8"), 'VALUE = "größe"\n')
            self.assertTrue((files / "deep.py").is_file())
        else:
            self.assertEqual(found, {})

    def test_metadata(self):
        self.assertEqual(importlib.metadata.version("sample"), "1.5")
        self.assertIn("sample", [d.metadata["Name"] for d in importlib.metadata.distributions()])


class Tools(unittest.TestCase):
    def test_pickle(self):
        import pkg.mod

        self.assertEqual(pickle.loads(pickle.dumps(pkg.mod.Point(1, 2))), pkg.mod.Point(1, 2))

    def test_traceback(self):
        import pkg.mod

        linecache.clearcache()
        out = io.StringIO()
        try:
            pkg.mod.fail()
        except ValueError:
            traceback.print_exc(file=out)
        self.assertIn(f'File "{pkg.mod.__file__}", line 15, in fail\n', out.getvalue())
        self.assertEqual('raise ValueError("on purpose")' in out.getvalue(), SOURCES)

    def test_inspect(self):
        import pkg.mod

        self.assertIs(inspect.getmodule(pkg.mod.where()), pkg.mod)
        self.assertEqual(inspect.getfile(pkg.mod.Point), pkg.mod.__file__)
        self.assertEqual(inspect.getsourcefile(pkg.mod), pkg.mod.__file__)
        if SOURCES:
            self.assertEqual(inspect.getsource(pkg.mod.fail), 'def fail():\n    raise ValueError("on purpose")\n')
            self.assertIn("class Point", inspect.getsource(pkg.mod.Point))
        else:
            with self.assertRaises(OSError):
                inspect.getsource(pkg.mod.fail)

    def test_runpy(self):
        sys.modules.pop("pkg.sub.deep", None)
        self.assertEqual(runpy.run_module("pkg.sub.deep")["VALUE"], "größe")

    def test_dash_m(self):
        self.assertEqual(python("-m", "pkg", "a"), "main of pkg.__main__ pkg ['a']\n")
        self.assertIn("No module named pkg.none", python("-m", "pkg.none"))

    def test_children_of_every_kind(self):
        for options in (["-I"], ["-S"], ["-I", "-S"], ["-E", "-s"], ["-B", "-O"]):
            out = python(*options, "-c", "import colorsys; print(colorsys.__file__)")
            self.assertEqual(out, os.path.join(STDLIB, "colorsys.py") + "\n", options)

    def test_multiprocessing(self):
        for method in ("spawn", "forkserver", "fork"):
            code = (
                "import multiprocessing as m, operator\n"
                "if __name__ == '__main__':\n"
                f"    with m.get_context({method!r}).Pool(2) as pool: print(pool.map(operator.neg, [1, 2]))\n"
            )
            path = os.path.join(self.directory(), "main.py")
            with open(path, "w") as f:
                f.write(code)
            self.assertEqual(python("-W", "ignore", path), "[-1, -2]\n", method)

    def directory(self):
        import tempfile

        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        return directory.name

    def test_subinterpreter(self):
        try:
            from concurrent import interpreters
        except ImportError:
            self.skipTest("3.14 and later")
        interp = interpreters.create()
        self.addCleanup(interp.close)
        interp.exec("import colorsys, pkg.mod\nassert type(colorsys.__loader__).__module__ == '_llgo_modules'")

    def test_no_open_file(self):
        """The file is mapped, not kept open (before 3.13 mmap keeps a duplicate)."""
        if sys.version_info < (3, 13):
            self.skipTest("mmap keeps its file")
        kept = [os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{fd}")]
        self.assertNotIn("modules.marshal", " ".join(kept))


if __name__ == "__main__":
    unittest.main()
