"""Stands in for otool, of which delocate parses the output and which Macs have.

What macholib reads of a Mach-O file is printed as otool prints it, as far as delocate
looks: -L the libraries, -D the install name, -l the LC_RPATH commands.
"""

import sys

from macholib.mach_o import CPU_TYPE_NAMES, LC_ID_DYLIB, LC_RPATH
from macholib.MachO import MachO

OWN_NAMES = {"ARM64": "arm64", "x86_64": "x86_64"}


def main(arguments: list[str]) -> int:
    *flags, path = arguments
    try:
        headers = MachO(path).headers
    except (OSError, ValueError):
        print(f"{path}: object is not a Mach-O file type")
        return 0
    for header in headers:
        arch = CPU_TYPE_NAMES[header.header.cputype]
        fat = f" (architecture {OWN_NAMES.get(arch, arch)})" if len(headers) > 1 else ""
        print(f"{path}{fat}:")
        for line in listing(header, flags):
            print(line)
    return 0


def listing(header, flags: list[str]) -> list[str]:
    own = [text(data) for command, _, data in header.commands if command.cmd == LC_ID_DYLIB]
    if "-D" in flags:
        return own
    if "-L" in flags:
        names = own + [name for _, _, name in header.walkRelocatables()]
        return [f"\t{name} (compatibility version 1.0.0, current version 1.0.0)" for name in names]
    paths = [(command.cmdsize, text(data)) for command, _, data in header.commands if command.cmd == LC_RPATH]
    return [
        line
        for number, (size, path) in enumerate(paths)
        for line in (f"Load command {number}", "      cmd LC_RPATH", f"  cmdsize {size}", f"     path {path} (offset 12)")
    ]


def text(data: bytes) -> str:
    return data.rstrip(b"\x00").decode()


sys.exit(main(sys.argv[1:]))
