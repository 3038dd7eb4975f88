"""Native files as the layout farm has them: where each is, and what finds it."""

from __future__ import annotations

import os
import posixpath
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pyhelper.binaries import elf, farm, nativefile, places, policy
from pyhelper.protocol import Binary, Link, Linked
from pyhelper.tests.conftest import about, ask, given, interpreter_files

if sys.platform != "linux":
    pytest.skip("elf files are linked on linux", allow_module_level=True)

P1 = "site-packages/p1"
MACHINE = ("EM_X86_64", 64)


def made(
    work: Path,
    dest: str,
    needed: dict[str, nativefile.File] | None = None,
    content: str = "",
    **says: object,
) -> nativefile.File:
    """Return a file that nobody has to read: what it says of itself is given."""
    source = work / dest
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(content or dest)
    soname = dest.rpartition("/")[2] if "lib" in dest.rpartition("/")[2] else ""
    known = {"soname": soname, "search": (), "starts": False, **says}
    described = elf.Elf(MACHINE, needed=tuple(needed or ()), **known)  # type: ignore[arg-type]
    return nativefile.File(dest, str(source), described, found=dict(needed or {}))


def paths(plan: farm.Farm, files: list[nativefile.File]) -> dict[str, str]:
    """Return every path in the bundle that leads to a native file, with its real one."""
    found = {n.dest: posixpath.normpath(posixpath.join(posixpath.dirname(n.dest), n.target))
             for n in plan.names()}  # fmt: skip
    for file in files:
        found[file.dest] = plan.real(file) or file.dest
        found[found[file.dest]] = found[file.dest]
    return found


def opened_in(plan: farm.Farm, files: list[nativefile.File], file: nativefile.File) -> list[str]:
    """Return the directories from which a file is opened, by the rules of the layout."""
    real = plan.real(file) or file.dest
    at = [posixpath.dirname(p) for p, to in paths(plan, files).items() if to == real]
    return sorted(set(at))


def found(
    plan: farm.Farm, files: list[nativefile.File], file: nativefile.File, name: str
) -> set[str]:
    """Return what the loader finds for ``name`` in every place that ``file`` is opened in.

    It must find it before it looks anywhere outside of the bundle.
    """
    there, results = paths(plan, files), set()
    for place in opened_in(plan, files, file):
        for entry in plan.search(file):
            path = posixpath.normpath(f"/bundle/{entry.replace('$ORIGIN', place)}")
            # From the place of the real file nobody opens it but to look at it.
            is_inside = path.startswith("/bundle/") or place == farm.REALS
            assert is_inside, f"{file.dest} in {place}: {entry}"
            at = f"{path.removeprefix('/bundle/')}/{name}"
            if at in there:
                results.add(there[at])
                break
        else:
            results.add(f"nothing, from {place}")
    return results


def test_a_library_is_found_from_wherever_a_file_is_opened(tmp_path: Path) -> None:
    z = made(tmp_path, f"{farm.OPENED}/libz.so.1")
    deep = made(tmp_path, f"{P1}/pkg/libs/deep/libdeep.so", {"libz.so.1": z})
    beside = made(tmp_path, f"{P1}/pkg.libs/libbeside.so", {"libdeep.so": deep})
    extension = made(tmp_path, f"{P1}/pkg/core/_c.so", {"libbeside.so": beside, "libz.so.1": z})
    top = made(tmp_path, f"{P1}/_top.so", {"libz.so.1": z})
    python = made(tmp_path, "lib/libpython3.14.so.1.0", {"libz.so.1": z})
    files = [z, deep, beside, extension, top, python]
    plan = farm.Farm(files)
    for file in files:
        for name, library in file.found.items():
            assert found(plan, files, file, name) == {plan.real(library)}
    assert plan.search(z) == []
    assert plan.search(top) == ["$ORIGIN/../../symlinks"]
    assert plan.search(extension) == ["$ORIGIN/../../symlinks", "$ORIGIN/../../../../symlinks"]
    assert plan.search(python) == ["$ORIGIN/../symlinks", "$ORIGIN/../../symlinks"]
    # What the package may open by its path has beside it what it needs.
    names = {n.dest: n.target for n in plan.names()}
    assert names[f"{P1}/pkg/libs/deep/libz.so.1"] == "../../../../../reals/r/libz.so.1"
    assert names["symlinks/libdeep.so"] == "../reals/r/libdeep.so"


def test_equal_files_are_one(tmp_path: Path) -> None:
    one = made(tmp_path, f"{P1}/a.libs/libf.so", content="same")
    two = made(tmp_path, f"{P1}/b.libs/libf.so", content="same")
    user = made(tmp_path, f"{P1}/b/_b.so", {"libf.so": two})
    files = [one, two, user]
    plan = farm.Farm(files)
    assert plan.real(one) == plan.real(two) == "reals/r/libf.so"
    assert found(plan, files, user, "libf.so") == {"reals/r/libf.so"}


def test_a_name_that_is_taken_has_another_directory(tmp_path: Path) -> None:
    one = made(tmp_path, f"{P1}/a.libs/libf.so", content="one")
    two = made(tmp_path, f"{P1}/b.libs/libf.so", content="two")
    own = made(tmp_path, f"{P1}/c.libs/libstdc++.so.6")
    users = [
        made(tmp_path, f"{P1}/a/_a.so", {"libf.so": one}),
        made(tmp_path, f"{P1}/b/_b.so", {"libf.so": two}),
        made(tmp_path, f"{P1}/c/_c.so", {"libstdc++.so.6": own}),
        made(tmp_path, f"{P1}/d/_d.so", {}),
    ]
    files = [one, two, own, *users]
    plan = farm.Farm(files)
    assert found(plan, files, users[0], "libf.so") == {plan.real(one)}
    assert found(plan, files, users[1], "libf.so") == {plan.real(two)}
    assert found(plan, files, users[2], "libstdc++.so.6") == {plan.real(own)}
    # Others go on taking the machine's.
    assert "symlinks/libstdc++.so.6" not in paths(plan, files)
    assert plan.search(users[3]) == []
    assert len({plan.real(f) for f in files}) == len(files)


def test_what_is_lent_has_no_name(tmp_path: Path) -> None:
    lent = made(tmp_path, f"{policy.FALLBACK}/libgcc_s.so.1")
    user = made(tmp_path, f"{P1}/a/_a.so", {"libgcc_s.so.1": lent})
    python = made(tmp_path, "lib/libpython3.14.so.1.0", {"libgcc_s.so.1": lent})
    plan = farm.Farm([lent, user, python])
    assert plan.real(lent) == "reals/r/libgcc_s.so.1"
    assert [n.dest for n in plan.names()] == ["symlinks/libpython3.14.so.1.0"]
    assert plan.search(user) == []
    assert plan.search(python)[0] == "$ORIGIN/fallback"


def test_programs_stay(tmp_path: Path) -> None:
    z = made(tmp_path, f"{farm.OPENED}/libz.so.1")
    tool = made(tmp_path, f"{P1}/pkg/bin/tool", {"libz.so.1": z}, starts=True)
    tool.reach.append(farm.OPENED)
    program = made(tmp_path, f"{places.PROGRAM}/program", {"libz.so.1": z})
    program.reach.append(farm.OPENED)
    plan = farm.Farm([z, tool, program])
    assert (plan.real(tool), plan.real(program)) == ("", "")
    assert plan.search(program) == ["$ORIGIN/python/ld_library_paths/l"]
    assert plan.search(tool) == ["$ORIGIN/../../../../ld_library_paths/l"]


def test_what_opens_by_name_searches_the_names(tmp_path: Path) -> None:
    opened = made(tmp_path, f"{farm.OPENED}/libextra.so")
    caller = made(tmp_path, f"{P1}/_cffi_backend.so", content="\0dlopen\0")
    other = made(tmp_path, f"{P1}/_other.so")
    plan = farm.Farm([opened, caller, other])
    assert plan.search(caller) == ["$ORIGIN/../../symlinks"]
    assert plan.search(other) == []
    assert farm.Farm([caller, other]).search(caller) == []  # nothing to open


def lay_out(linked: Linked, top: Path) -> None:
    """Write the files and links of the bundle."""
    for file in linked.files:
        place, real = top / file.dest, top / (file.real or file.dest)
        for path in (place, real):
            path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file.source, real)
        if place != real:
            place.symlink_to(os.path.relpath(real, place.parent))
    for name in linked.names:
        (top / name.dest).parent.mkdir(parents=True, exist_ok=True)
        (top / name.dest).symlink_to(name.target)


def loaded(top: Path, opened: list[str]) -> set[str]:
    """Return the files of the bundle that a process has mapped that opened some."""
    code = (
        "import ctypes, sys\n"
        "for path in sys.argv[1:]: ctypes.CDLL(path, ctypes.RTLD_GLOBAL)\n"
        "print(open('/proc/self/maps').read())"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, *[str(top / path) for path in opened]],
        env={},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    files = {line.split()[-1] for line in done.stdout.splitlines() if str(top) in line}
    return {os.path.relpath(file, top) for file in files}


def test_the_loader_finds_numpys_libraries(tmp_path: Path) -> None:
    """The real loader, and every place that an extension module is opened in."""
    (site,) = about(given("LLGO_PY_TEST_NUMPY"), "[sysconfig.get_path('platlib')]")
    all_of_it = sorted(p for p in Path(site).rglob("*.so*") if p.is_file())
    files = [Binary(f"{P1}/{p.relative_to(site)}", str(p)) for p in all_of_it]
    request = Link(str(tmp_path / "patched"), files, farm=True)
    linked = ask(sys.executable, request, Linked)
    top = tmp_path.resolve() / "bundle"
    lay_out(linked, top)
    (blas,) = (f for f in linked.files if "openblas" in f.dest)
    # It is in one place, whoever finds it, and by whatever name.
    needing = [f for f in linked.files if blas.soname in f.needed]
    assert needing
    for file in needing:
        assert file.real
        for path in (file.dest, file.real):
            command = ["env", "-i", "LD_TRACE_LOADED_OBJECTS=1", _loader(), str(top / path)]
            done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
            (line,) = (x for x in done.stdout.splitlines() if blas.soname in x)
            where = Path(line.split("=>")[1].split(" (")[0].strip())
            assert where.parent.resolve() == top / "symlinks"
            assert where.resolve() == top / blas.real


def _loader() -> str:
    with open(sys.executable, "rb") as f:
        data = f.read()
    start = data.index(b"/lib64/ld-linux-x86-64.so.2") if b"/lib64/ld-linux" in data else 0
    return "/lib64/ld-linux-x86-64.so.2" if start else "/lib/ld-linux-aarch64.so.1"


def test_a_standard_librarys_modules_load(python: str, tmp_path: Path) -> None:
    (stdlib,) = about(
        python, "[sysconfig.get_path('platstdlib', vars={'platbase': sys.base_prefix})]"
    )
    modules = sorted(Path(stdlib, "lib-dynload").glob("_ssl.*.so"))
    if not modules:
        pytest.skip(f"{python} has _ssl built in")
    dest = f"lib/{Path(stdlib).name}/lib-dynload/{modules[0].name}"
    files = [*interpreter_files(python), Binary(dest, str(modules[0]))]
    files = [f for f in files if not f.dest.startswith("bin/")]
    linked = ask(sys.executable, Link(str(tmp_path / "patched"), files, farm=True), Linked)
    top = tmp_path.resolve() / "bundle"
    lay_out(linked, top)
    (library,) = (f for f in linked.files if f.dest.startswith("lib/libpython"))
    added = {f.dest for f in linked.added}
    assert added
    assert all(a.startswith(farm.OPENED + "/") for a in added)
    mapped = loaded(top, [library.dest, dest])
    of_ssl = {f.real for f in linked.files if f.dest in added and "ssl" in f.dest}
    assert of_ssl <= mapped
    assert all(path.startswith("reals/r/") for path in mapped)
