"""Import the modules of a bundle one by one and say how each one did.

Started by the bundle's own interpreter: importer.py MODULES SECONDS, where the first
is a file with a JSON list of names. One JSON object a line on what was stdout:
{"begin": name}, then {"module": name, "outcome": ..., "text": ..., "missing": ...};
files that were opened on the way are {"opened": path, "module": name}.
"""

import faulthandler
import importlib
import json
import os
import sys

# Modules of the standard library that only other systems have.
ELSEWHERE = {
    "_msi", "_overlapped", "_scproxy", "_testconsole", "_winapi", "_winreg", "_wmi", "java",
    "msvcrt", "nt", "org", "vms_lib", "winreg", "winsound",
}  # fmt: skip
LIBRARY = ("cannot open shared object file", "Library not loaded", "image not found")
SYMBOL = ("undefined symbol", "symbol not found", "Symbol not found", "version `")


def classify(err):
    """Return outcome, and the name of what is missing."""
    text = str(err)
    if isinstance(err, ImportError):
        if any(part in text for part in LIBRARY):
            return "missing library", text.split(":")[0]
        if any(part in text for part in SYMBOL):
            return "missing symbol", ""
    if isinstance(err, ModuleNotFoundError) and err.name:
        outcome = "other system" if err.name in ELSEWHERE else "missing module"
        return outcome, err.name
    return "error", ""


def main(modules, seconds):
    out = os.fdopen(os.dup(1), "w", encoding="ascii", newline="\n")
    os.dup2(2, 1)
    sys.argv[1:] = []
    current = [""]

    def say(**message):
        out.write(json.dumps(message) + "\n")
        out.flush()

    seen = set()

    def hook(event, args):
        if event == "open" and isinstance(args[0], (str, bytes)):
            path = os.fsdecode(args[0])
        elif event == "ctypes.dlopen" and isinstance(args[0], str) and "/" in args[0]:
            path = args[0]
        else:
            return
        path = os.path.abspath(path)
        if path not in seen:
            seen.add(path)
            say(opened=path, module=current[0])

    with open(modules, encoding="utf-8") as f:
        names = json.load(f)
    sys.addaudithook(hook)
    for name in names:
        current[0] = name
        say(begin=name)
        faulthandler.dump_traceback_later(seconds, exit=True)
        try:
            importlib.import_module(name)
        except BaseException as err:  # SystemExit too
            outcome, missing = classify(err)
            text = " ".join((type(err).__name__ + ": " + str(err)).split())[:500]
            say(module=name, outcome=outcome, text=text, missing=missing)
        else:
            say(module=name, outcome="ok", text="", missing="")
    faulthandler.cancel_dump_traceback_later()
    out.flush()
    os._exit(0)  # whatever was imported may have threads, and handlers for the end


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
