// Additions has Python modules of its own beside the Go code, with data files,
// a plugin that is found by its entry point, run-time hooks and files that its
// pyproject.toml names.
package main

import (
	"github.com/goplus/lib/c"
	"github.com/goplus/lib/py"
)

func main() {
	py.RunSimpleString(c.Str(`
import importlib, importlib.metadata, importlib.resources, os, pkgutil, subprocess, sys
import shop

print(shop.greeting())
print("resource:", importlib.resources.files("shop").joinpath("data/prices.txt").read_text().strip())
print("pkgutil:", pkgutil.get_data("shop", "data/prices.txt").decode().strip())
print("modules:", [m.name for m in pkgutil.iter_modules(shop.__path__)])
print("computed:", importlib.import_module("shop." + "plug" + "in").NAME)
print("metadata:", importlib.metadata.version("shop"))
(point,) = importlib.metadata.entry_points(group="shop.plugins")
print("entry point:", point.load()())
print("added:", open(os.path.join(sys._MEIPASS, "assets", "img", "logo.txt")).read().strip())
print("pattern:", sorted(os.listdir(os.path.join(sys._MEIPASS, "notes"))))
print("hooks:", shop.HOOKS)
print("frozen:", hasattr(sys, "frozen"))
child = "import shop, sys; print('child:', shop.HOOKS, hasattr(sys, '_MEIPASS'))"
print(subprocess.run([sys.executable, "-c", child], capture_output=True, text=True, check=True).stdout, end="")
for name in ("bz2", "shop.secret"):
    try:
        importlib.import_module(name)
    except ImportError as err:
        print("excluded:", err)
`))
}
