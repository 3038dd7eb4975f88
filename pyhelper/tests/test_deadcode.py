from __future__ import annotations

import json
import os
import platform
import shutil
import struct
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from pyhelper.binaries import unused
from pyhelper.binaries.bind import bind
from pyhelper.binaries.image import Image
from pyhelper.deadcode import cut, functions, graph, references, survey
from pyhelper.deadcode.functions import Unexpected
from pyhelper.protocol import Link, Linked, Survey, Surveyed
from pyhelper.tests.conftest import ask, interpreter_files

if sys.platform != "linux" or platform.machine() != "x86_64":
    pytest.skip("elf files of x86-64", allow_module_level=True)

# A library like libpython: two modules, of which one needs a library of its own. What the
# comments call a trap of the analysis is there because libpython has such.
SOURCE = """
#include <stddef.h>
typedef int (*function)(int);
typedef struct { const char *name; void *(*init)(void); } module;
#define BIG(name) const int name[8192] = {[0 ... 8191] = __LINE__}
#define NOINLINE __attribute__((noinline))

/* A table of jumps. */
NOINLINE int jumps(int x) {
    switch (x) {
    case 0: return x + 17; case 1: return x * 3; case 2: return x - 5; case 3: return x ^ 99;
    case 4: return x + 23; case 5: return x * 7; case 6: return x - 2; case 7: return x | 64;
    default: return 0;
    }
}

/* An object that only it itself refers to the midst of. */
struct list { struct list *next, *last; int value; };
static struct list buckets[256] = {
#define B(i) {&buckets[i], &buckets[i], i},
#define B8(i) B(i) B(i + 1) B(i + 2) B(i + 3) B(i + 4) B(i + 5) B(i + 6) B(i + 7)
#define B64(i) B8(i) B8(i + 8) B8(i + 16) B8(i + 24) B8(i + 32) B8(i + 40) B8(i + 48) B8(i + 56)
    B64(0) B64(64) B64(128) B64(192)
};
int bucket(int i) { return buckets[i].next->value + (buckets[i].last == &buckets[i]); }

/* What is needed in common. */
static BIG(common_numbers);
NOINLINE static int common(int x) { return common_numbers[x & 8191] + jumps(x & 7); }

/* A table of addresses that are relative to it, as LLVM makes one of an array of strings:
   they are amid what only b needs, and nothing else refers to them. */
asm(".section .rodata\\n.balign 4\\nwords: .long one - words, two - words\\n"
    "rare_text: .fill 3000, 1, 120\\none: .asciz \\"one\\"\\ntwo: .asciz \\"two\\"\\n"
    ".fill 3000, 1, 121\\n"
    /* An object of which only the end is named, behind what only b needs. */
    "rare_more: .fill 3000, 1, 120\\n.fill 64, 1, 7\\nseven_end: .byte 0\\n.text");
#define HIDDEN extern __attribute__((visibility("hidden"))) const
HIDDEN int words[2];
HIDDEN char rare_text[], rare_more[], seven_end[];
int word(int i) { return ((const char *)words + words[i])[0]; }
int seven(int i) { return seven_end[-i]; }

/* The library that only b needs. */
static BIG(rare_numbers);
NOINLINE static int rare1(int x) { return rare_numbers[x & 8191] + common(x); }
NOINLINE static int rare2(int x) { return rare1(x) * rare_text[x & 1023] * rare_more[x & 1023]; }
#define R8 rare1, rare2, rare2, rare1, rare1, rare2, rare1, rare2
#define R64 R8, R8, R8, R8, R8, R8, R8, R8
#define R512 R64, R64, R64, R64, R64, R64, R64, R64
static const function rare[4096] = {R512, R512, R512, R512, R512, R512, R512, R512};
NOINLINE static int library(int x) { return rare[x & 4095](x); }

static const function of_a[2] = {common, jumps};
static volatile int four = 4;
void *PyInit_a(void) { return (void *)(size_t)of_a[four & 1](four); }
void *PyInit_b(void) { return (void *)(size_t)library(four); }
void *PyInit_builtins(void) { return (void *)3; }
static module table[] = {
    {"b", PyInit_b}, {"a", PyInit_a}, {"none", NULL}, {"builtins", PyInit_builtins}, {NULL, NULL}
};
module *PyImport_Inittab = table;
#ifdef CHOSEN
static int (*choose(void))(int) { return jumps; }
__attribute__((ifunc("choose"), visibility("hidden"))) int chosen(int x);
int chosen_of(int x) { return chosen(x) + 1; }
#endif
int length(void) { int n = 0; while (table[n].name) n++; return n; }
const char *name(int i) { return table[i].name; }
long init(int i) { return table[i].init ? (long)table[i].init() : -1; }
"""


def compiled(tmp_path: Path, *flags: str) -> bytes:
    cc = shutil.which("cc") or shutil.which("gcc")
    if cc is None:
        pytest.skip("skipped: no C compiler")
    (tmp_path / "x.c").write_text(SOURCE)
    path = tmp_path / "libx.so"
    command = [cc, "-O2", "-shared", "-fPIC", *flags, str(tmp_path / "x.c"), "-o", str(path)]
    subprocess.run(command, check=True)
    return path.read_bytes()


def called(path: Path, expression: str) -> object:
    code = f"import ctypes, json; x = ctypes.CDLL({str(path)!r}); x.name.restype = ctypes.c_char_p"
    command = [sys.executable, "-c", f"{code}; print(json.dumps({expression}))"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return json.loads(done.stdout) if done.returncode == 0 else done.returncode


def names(path: Path) -> object:
    return called(path, "[x.name(i).decode() for i in range(x.length())]")


@pytest.mark.parametrize("bound", [True, False])
def test_what_only_a_module_needs_goes_with_it(tmp_path: Path, bound: bool) -> None:
    whole, less = tmp_path / "whole.so", tmp_path / "less.so"
    data = compiled(tmp_path)
    data = (bind(data) or b"") if bound else data
    whole.write_bytes(data)
    result = cut.cut(data, survey.survey(data), {"b", "of nobody"})
    assert result is not None
    less.write_bytes(result.data)
    assert (result.modules, len(result.data)) == (["b"], len(data))
    # The numbers and the functions of the library, but for the kilobytes around the living.
    both = 8192 * 4 + 4096 * 8
    assert both - 4 * cut.MARGIN <= result.emptied <= both + 1024
    assert names(whole) == ["b", "a", "none", "builtins"]
    assert names(less) == ["a", "none", "builtins"]
    everything = "[x.init(i) for i in range(-3, 0)] + [x.bucket(i) for i in range(256)]"
    everything = everything.replace("range(-3, 0)", "range(x.length() - 3, x.length())")
    assert called(less, everything) == called(whole, everything)
    numbers = "[x.jumps(i) for i in range(9)]"
    assert called(less, numbers) == called(whole, numbers)
    assert called(less, "[x.word(0), x.word(1)]") == [ord("o"), ord("t")]
    assert called(less, "[x.seven(1), x.seven(64)]") == [7, 7]
    assert called(less, "x.PyInit_b()") == 0
    assert called(whole, "x.PyInit_b()") != 0


def test_all_stays_that_a_kept_module_needs(tmp_path: Path) -> None:
    data = compiled(tmp_path)
    found = survey.survey(data)
    assert cut.cut(data, found, {"of nobody"}) is None
    kept, less = tmp_path / "whole.so", tmp_path / "less.so"
    result = cut.cut(data, found, {"a"})
    assert result is not None
    kept.write_bytes(data)
    less.write_bytes(result.data)
    assert names(less) == ["b", "none", "builtins"]
    assert called(less, "x.PyInit_b()") == called(kept, "x.PyInit_b()")


def test_what_is_not_as_expected_stays_whole(tmp_path: Path) -> None:
    data = compiled(tmp_path)
    for bad in (b"#!/bin/sh", data[:18] + b"\xb7\x00" + data[20:]):
        with pytest.raises(Unexpected):
            survey.survey(bad)
    without = compiled(tmp_path, "-fno-asynchronous-unwind-tables", "-Wl,--no-eh-frame-hdr")
    answer = ask(sys.executable, Survey(written(tmp_path, without), str(tmp_path / "s")), Surveyed)
    assert answer.doubt or cut.cut(without, survey.survey(without), {"b"}) is None
    chosen = compiled(tmp_path, "-DCHOSEN")
    assert cut.cut(chosen, survey.survey(chosen), {"b"}) is None
    found = survey.survey(data)
    ordinary = written(tmp_path, data)
    renamed = Path(ordinary).read_bytes().replace(b"PyImport_Inittab", b"PyImport_Inittax")
    assert cut.cut(renamed, found, {"b"}) is None
    with pytest.raises(Unexpected, match="damaged"):
        references.load(found.dump()[:-40])


def written(tmp_path: Path, data: bytes) -> str:
    path = tmp_path / "given.so"
    path.write_bytes(data)
    return str(path)


def test_names_in_native_files(tmp_path: Path) -> None:
    path = tmp_path / "x.so"
    path.write_bytes(b"..\0_ssl\0_curses\0x_hashlib\0pyexpat.expat_CAPI\0_lzma.x\0readline_\0")
    names = ["_ssl", "_curses", "_hashlib", "pyexpat", "_lzma", "readline"]
    assert unused._named([str(path)], names) == {"_ssl", "_curses", "pyexpat", "_lzma"}


@pytest.fixture(scope="module")
def managed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return the library of the interpreter that runs the tests, and a survey of it."""
    library = next(
        f.source for f in interpreter_files(sys.executable) if f.dest.startswith("lib/libpython")
    )
    output = str(tmp_path_factory.mktemp("survey") / "survey")
    answer = ask(sys.executable, Survey(library, output), Surveyed)
    assert answer.doubt == ""
    assert answer.functions > 20_000
    return Path(library), output


def test_the_library_of_the_managed_interpreter(managed: tuple[Path, str], tmp_path: Path) -> None:
    library, known = managed
    files = interpreter_files(sys.executable)
    files.sort(key=lambda f: not f.dest.startswith("lib/libpython"))
    request = Link(
        str(tmp_path / "out"),
        files,
        bind=files[0].dest,
        unused=["_hashlib", "_sqlite3", "_ssl", "of_nobody"],
        survey=known,
    )
    linked = ask(sys.executable, request, Linked)
    less = Path(next(f.source for f in linked.files if f.dest == files[0].dest))
    assert linked.unused == ["_hashlib", "_sqlite3", "_ssl"]
    assert linked.emptied > 5_000_000
    assert os.path.getsize(less) == os.path.getsize(library)
    image = Image(bytearray(less.read_bytes()))
    symbols = image.symbols(next(s for s in image.sections() if s.name == ".dynsym"))
    table = graph.Builtins(image, symbols, graph.pointers(image))
    assert not {"_ssl", "_sqlite3"} & {*table.names}
    assert {"_io", "_sre", "unicodedata", "builtins"} <= {*table.names}
    kept = {s.name: s for s in symbols}
    for name in ("PyInit_zlib", "PyInit__json", "Py_InitializeFromConfig"):
        at, size = image.offset(kept[name].address), kept[name].size
        assert image.data[at : at + size] == library.read_bytes()[at : at + size]
    assert alive_code_refers_to_nothing_that_is_gone(image, Path(known))
    whole = replace(request, unused=[], output=str(tmp_path / "whole"))
    assert ask(sys.executable, whole, Linked).unused == []


def alive_code_refers_to_nothing_that_is_gone(image: Image, known: Path) -> bool:
    """Look at every reference of the functions that are still there."""
    found = references.load(known.read_bytes())
    sections = {s.name: s for s in image.sections()}
    text = sections[".text"]
    code = image.data[text.offset : text.offset + text.size]
    starts = [s - text.address for s in found.starts]
    gone = {i for i, s in enumerate(starts) if code[s : s + 8] == b"\xcc" * 8}
    assert len(gone) > 5000
    where = {s: i for i, s in enumerate(found.starts)}
    return not any(
        where.get(t) in gone for i in range(len(starts)) if i not in gone for t in found.of(i)
    )


def test_frames_can_still_be_read(managed: tuple[Path, str], tmp_path: Path) -> None:
    library, known = managed
    whole = library.read_bytes()
    less = cut.cut(whole, references.load(Path(known).read_bytes()), {"_ssl", "_hashlib"})
    assert less is not None
    before, after = (
        functions.read(image, next(s for s in image.sections() if s.name == ".eh_frame"))
        for image in (Image(bytearray(whole)), Image(bytearray(less.data)))
    )
    assert len(after) < len(before) - 5000
    assert {(f.start, f.end) for f in after} < {(f.start, f.end) for f in before}
    path = tmp_path / "less.so"
    path.write_bytes(less.data)
    with path.open("rb") as f:
        section = ELFFile(f).get_section_by_name(".eh_frame_hdr")
        assert section is not None
        header, address = section.data(), section["sh_addr"]
    rows = struct.unpack_from("<I", header, 8)[0]
    table = [address + r[0] for r in struct.iter_unpack("<iI", header[12 : 12 + rows * 8])]
    assert table == sorted(table)
    assert {f.start for f in after} <= {*table}
