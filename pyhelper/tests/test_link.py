from __future__ import annotations

import hashlib
import os
import posixpath
import shutil
import subprocess
import sys
from pathlib import Path

import lief
import pytest

from pyhelper.binaries import elf, machine, nativefile, policy, scrub
from pyhelper.protocol import Binary, Error, Finding, Link, Linked, LinkedFile, Neutral
from pyhelper.tests.conftest import ROOT, about, ask, converse, given, interpreter_files

if sys.platform != "linux":
    pytest.skip("elf files are linked on linux", allow_module_level=True)


def dynload(python: str) -> list[Binary]:
    """Return the extension modules of a standard library."""
    (stdlib,) = about(
        python, "[sysconfig.get_path('platstdlib', vars={'platbase': sys.base_prefix})]"
    )
    found = sorted(Path(stdlib, "lib-dynload").glob("*.so"))
    return [Binary(f"lib/{Path(stdlib).name}/lib-dynload/{p.name}", str(p)) for p in found]


def link_all(work: Path, files: list[Binary], neutral: list[Neutral] | None = None) -> Linked:
    return ask(sys.executable, Link(str(work / "patched"), files, neutral or []), Linked)


def copy(linked: Linked, top: Path) -> None:
    for file in linked.files:
        (top / file.dest).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file.source, top / file.dest)


def unresolved(linked: Linked) -> list[tuple[str, str]]:
    """Walk the search paths by hand: who does not find what?"""
    places = {f.dest for f in linked.files}

    def finds(file: LinkedFile, name: str) -> bool:
        here = os.path.dirname(file.dest)
        if "/" in name:
            return os.path.normpath(name.replace("$ORIGIN", here)) in places
        dirs = [os.path.normpath(d.replace("$ORIGIN", here)) for d in file.runpath]
        lent = f"{policy.FALLBACK}/{name}" in places
        return policy.is_system(name) or lent or any(f"{d}/{name}" in places for d in dirs)

    return [(f.dest, name) for f in linked.files for name in f.needed if not finds(f, name)]


def test_a_standard_library_is_closed(python: str, tmp_path: Path) -> None:
    files = interpreter_files(python) + dynload(python)
    linked = link_all(tmp_path, files)
    assert unresolved(linked) == []
    assert {f.dest for f in linked.files} == {f.dest for f in files} | {
        a.dest for a in linked.added
    }
    assert [f.dest for f in linked.files] == sorted(f.dest for f in linked.files)
    for file in linked.files:
        assert all(d.startswith("$ORIGIN") for d in file.runpath)
        read = elf.read(file.source)
        assert read is not None
        assert (list(read.search), list(read.needed)) == (file.runpath, file.needed)
    originals = {f.source for f in [*files, *linked.added]}
    assert all(f.patched != (f.source in originals) for f in linked.files)


def test_patched_files_load_from_the_bundle(python: str, tmp_path: Path) -> None:
    extensions = {Path(b.dest).name.partition(".")[0]: b for b in dynload(python)}
    if not {"_ssl", "_ctypes"} <= set(extensions):
        pytest.skip(f"{python} has _ssl and _ctypes built in")
    files = [*interpreter_files(python), extensions["_ssl"], extensions["_ctypes"]]
    linked = link_all(tmp_path, files)
    names = {a.dest.partition(".")[0] for a in linked.added}
    assert {"lib/libssl", "lib/libcrypto", "lib/libffi"} <= names

    top = tmp_path / "bundle"
    copy(linked, top)
    (library,) = (f.dest for f in files if f.dest.startswith("lib/libpython"))
    code = (
        "import ctypes, sys\n"
        "for path in sys.argv[1:]: ctypes.CDLL(path, ctypes.RTLD_GLOBAL)\n"
        "print(open('/proc/self/maps').read())"
    )
    paths = [str(top / d) for d in (library, extensions["_ssl"].dest, extensions["_ctypes"].dest)]
    # In a Python of another version: only the loader's work is looked at.
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, *paths],
        env={"LD_BIND_NOW": ""},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    mapped = {line.split()[-1] for line in done.stdout.splitlines() if str(top) in line}
    assert {str(top / a.dest) for a in linked.added} == {m for m in mapped if m not in paths}


def test_numpy_finds_its_own_libraries(tmp_path: Path) -> None:
    (site,) = about(given("LLGO_PY_TEST_NUMPY"), "[sysconfig.get_path('platlib')]")
    found = sorted(p for p in Path(site).rglob("*.so*") if p.is_file())
    files = [Binary(f"lib/python3/site-packages/{p.relative_to(site)}", str(p)) for p in found]
    linked = link_all(tmp_path, files)
    assert unresolved(linked) == []
    blas = next(f for f in linked.files if "openblas" in f.dest)
    # 25 MB that are right as they come stay as they came.
    assert not blas.patched


def test_what_stays_as_it_is_needs_no_lief(tmp_path: Path) -> None:
    """To import it takes half a second, of which most bundles have no use."""
    library = Binary("lib/libm.so.6", machine.find("libm.so.6", own_elf(), sys.executable))
    code = (
        "import sys; sys.modules['lief'] = None\n"
        "from pyhelper.binaries import link\n"
        "from pyhelper.channel import Channel\n"
        "from pyhelper.protocol import Binary, Link\n"
        "done = link.run(Channel(sys.stderr), Link(sys.argv[1], [Binary(*sys.argv[2:])], []))\n"
        "assert [f.patched for f in done.files] == [False], done\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path), library.dest, library.source]
    subprocess.run(command, cwd=ROOT, check=True)


def test_a_program_beside_the_bundle(python: str, tmp_path: Path) -> None:
    """It finds libpython, and what joins for it, by DT_RPATH: see patch.write."""
    libpython = next(f for f in interpreter_files(python) if "libpython" in f.dest)
    program = tmp_path / "exe"
    binary = lief.ELF.parse(shutil.which("env") or "/usr/bin/env")
    assert binary is not None
    for name in (posixpath.basename(libpython.dest), "libz.so.1"):
        binary.add_library(name)
    binary.add(lief.ELF.DynamicEntryRunPath("/opt/somewhere"))
    binary.write(str(program))

    request = Link(str(tmp_path / "patched"), [libpython], [], str(program))
    linked = ask(sys.executable, request, Linked)
    assert linked.program != str(program)
    shipped = lief.ELF.parse(linked.program)
    assert shipped is not None
    rpath = shipped.get(lief.ELF.DynamicEntry.TAG.RPATH)
    assert isinstance(rpath, lief.ELF.DynamicEntryRpath)
    assert rpath.paths == ["$ORIGIN/python/lib"]
    assert not shipped.has(lief.ELF.DynamicEntry.TAG.RUNPATH)
    assert "lib/libz.so.1" in {f.dest for f in linked.files}
    assert all(not f.dest.startswith("..") for f in linked.files)
    assert [a.dest for a in linked.added] == ["lib/libz.so.1"]


def test_the_same_bytes_twice(python: str, tmp_path: Path) -> None:
    files = interpreter_files(python) + dynload(python)[:20]

    def digests(name: str) -> list[tuple[str, str]]:
        linked = link_all(tmp_path / name, files, [Neutral("/usr", "/u")])
        return [
            (f.dest, hashlib.sha256(Path(f.source).read_bytes()).hexdigest()) for f in linked.files
        ]

    assert digests("a") == digests("b")


def test_a_library_nobody_has_is_a_finding(tmp_path: Path) -> None:
    lost = tmp_path / "lost.so"
    path = machine.find("libz.so.1", own_elf(), sys.executable)
    data = Path(path).read_bytes()
    assert data.count(b"libc.so.6\0") == 1
    lost.write_bytes(data.replace(b"libc.so.6\0", b"libq.so.6\0"))
    request = Link(str(tmp_path / "out"), [Binary("lib/lost.so", str(lost))])
    messages = converse(sys.executable, request)
    findings = [m for m in messages if isinstance(m, Finding)]
    assert [(f.id, f.severity, f.path) for f in findings] == [
        ("library-not-found", "warning", "lib/lost.so")
    ]
    assert "libq.so.6" in findings[0].text
    (answer,) = (m for m in messages if isinstance(m, Linked))
    wanted = {os.path.join(d, "libq.so.6") for d in machine.system_directories()}
    assert wanted | {"/etc/ld.so.conf"} <= set(answer.looked)


def own_elf() -> elf.Elf:
    read = elf.read(os.path.realpath(sys.executable))
    assert read is not None
    return read


@pytest.mark.parametrize(
    "content", [b"", b"#!/bin/sh\n", b"\x7fELF", b"\x7fELF\x02\x01\x01" + b"x" * 80]
)
def test_what_is_no_elf_file_is_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.so"
    path.write_bytes(content)
    last = converse(sys.executable, Link(str(tmp_path), [Binary("lib/x.so", str(path))]))[-1]
    assert isinstance(last, Error)
    assert last.text.startswith("lib/x.so: ")
    assert "\n" not in last.text


@pytest.mark.parametrize(
    ("directory", "here", "want"),
    [
        ("$ORIGIN", "lib", "lib"),
        ("${ORIGIN}/", "lib", "lib"),
        ("$ORIGIN/../..", "lib/python3.14/lib-dynload", "lib"),
        ("$ORIGIN/../numpy.libs", "lib/p/numpy", "lib/p/numpy.libs"),
        ("$ORIGIN/..", "lib", ""),
        ("$ORIGIN/../..", "lib", None),
        ("$ORIGIN/../../../..", "lib/python3.14", None),
        ("$ORIGIN/../$LIB", "bin", None),
        ("${ORIGIN}/${PLATFORM}", "lib", None),
        ("/opt/lib", "lib", None),
        ("lib", "lib", None),
    ],
)
def test_search_paths_inside_the_bundle(directory: str, here: str, want: str | None) -> None:
    assert nativefile.in_bundle(directory, here) == want


def test_tokens_of_the_loader_on_this_machine() -> None:
    found = machine._expansions("$ORIGIN/../$LIB/${PLATFORM}", "/opt/x/bin")
    assert f"/opt/x/lib64/{os.uname().machine}" in found
    assert f"/opt/x/lib/{os.uname().machine}" in found
    assert machine._expansions("${ORIGIN}/..", "/opt/x") == ["/opt"]
    assert machine._expansions("/opt/$LIBRARY", "/x") == ["/opt/$LIBRARY"]


@pytest.mark.parametrize(
    ("name", "system"),
    [
        ("libc.so.6", True),
        ("ld-linux-x86-64.so.2", True),
        ("ld-linux-aarch64.so.1", True),
        ("libcuda.so.1", True),
        ("libX11.so.6", True),
        ("libc.so.6x", False),
        ("xlibc.so.6", False),
        ("libssl.so.3", False),
    ],
)
def test_policy(name: str, system: bool) -> None:
    assert policy.is_system(name, "linux") is system


def test_fallback_libraries_are_the_build_machines_own() -> None:
    assert policy.is_fallback("libstdc++.so.6", "/usr/lib/x86_64-linux-gnu/libstdc++.so.6")
    assert not policy.is_fallback("libstdc++.so.6", "/opt/conda/lib/libstdc++.so.6")
    assert not policy.is_fallback("libz.so.1", "/usr/lib/x86_64-linux-gnu/libz.so.1")


def test_no_search_path_leads_to_what_is_lent(tmp_path: Path) -> None:
    """Not for extensions; but for libpython, which starts before anything is lent."""
    runtime = machine.find("libgcc_s.so.1", own_elf(), sys.executable)
    zlib = machine.find("libz.so.1", own_elf(), sys.executable)
    if not runtime or not zlib:
        pytest.skip("no libgcc_s.so.1 or libz.so.1 on this machine")
    data = Path(zlib).read_bytes().replace(b"libc.so.6\0", b"libq.so.6\0")
    needs = tmp_path / "needs.so"
    needs.write_bytes(data)
    lent = tmp_path / "libq.so.6"
    shutil.copy(runtime, lent)
    files = [
        Binary("lib/python3/lib-dynload/needs.so", str(needs)),
        Binary("lib/libpython3.so", str(needs)),
        Binary(f"{policy.FALLBACK}/libq.so.6", str(lent)),
    ]
    linked = {f.dest: f.runpath for f in link_all(tmp_path, files).files}
    assert linked["lib/python3/lib-dynload/needs.so"] == []
    assert linked["lib/libpython3.so"] == ["$ORIGIN/fallback"]


def test_policy_is_of_its_platform() -> None:
    assert policy.is_system("/usr/lib/libSystem.B.dylib", "darwin")
    assert not policy.is_system("libc.so.6", "darwin")


def test_scrubbing_keeps_length_and_the_last_name() -> None:
    clean = scrub.scrubber([Neutral("/home/me/versions/3.9.18", "/install")])
    data = b"\0/home/me/versions/3.9.18/lib\0/home/me/versions/3.9.18\0/home/me/versions/3.9.180\0"
    want = b"\0/install/././././/3.9.18/lib\0/install/././././/3.9.18\0/home/me/versions/3.9.180\0"
    assert clean.scrub(data) == want
    assert len(want) == len(data)
    assert os.path.normpath("/install/././././/3.9.18") == "/install/3.9.18"


def test_a_path_shorter_than_its_neutral_one() -> None:
    assert scrub.same_length(b"/install", 5) == b"/././"
