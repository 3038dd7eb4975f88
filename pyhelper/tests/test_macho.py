"""Closing Mach-O files and signing them, on any machine; nothing here is run."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import lief
import pytest

from pyhelper.binaries import codesign, macho, macho_patch, scrub
from pyhelper.channel import Failed
from pyhelper.check import macho_names as names
from pyhelper.protocol import Binary, Error, Finding, Link, Linked, LinkedFile, Neutral
from pyhelper.tests import machofile
from pyhelper.tests.conftest import ask, converse
from pyhelper.tests.machofile import ARM64, X86_64, Image

SYSTEM = "/usr/lib/libSystem.B.dylib"
SITE = "lib/python3.14/site-packages"


def binaries(top: Path, files: dict[str, bytes]) -> list[Binary]:
    """Write files, each at its place in the bundle."""
    for dest, data in files.items():
        (top / dest).parent.mkdir(parents=True, exist_ok=True)
        (top / dest).write_bytes(data)
        (top / dest).chmod(0o755)
    return [Binary(dest, str(top / dest)) for dest in files]


def link(
    top: Path, files: dict[str, bytes], neutral: list[Neutral] | None = None
) -> dict[str, LinkedFile]:
    request = Link(str(top / "out"), binaries(top / "in", files), neutral or [])
    linked = ask(sys.executable, request, Linked)
    assert [f.dest for f in linked.files] == sorted(f.dest for f in linked.files)
    return {f.dest: f for f in linked.files}


def refused(top: Path, files: dict[str, bytes]) -> str:
    last = converse(sys.executable, Link(str(top / "out"), binaries(top / "in", files)))[-1]
    assert isinstance(last, Error), last
    assert "\n" not in last.text
    assert not (top / "out").exists()
    return last.text


def test_names_lead_to_the_bundle(tmp_path: Path) -> None:
    module = Image(
        loads=[
            "/opt/nowhere/lib/libone.1.dylib",
            (names.LC_LOAD_WEAK_DYLIB, "@rpath/libtwo.dylib"),
            (names.LC_REEXPORT_DYLIB, "@executable_path/../lib/libtwo.dylib"),
            "@loader_path/.dylibs/libnear.dylib",
            SYSTEM,
        ],
        rpaths=["/opt/nowhere/lib", "@loader_path/../../..", "@executable_path/../lib"],
    )
    linked = link(
        tmp_path,
        {
            "lib/libone.1.2.dylib": Image(name="/opt/nowhere/lib/libone.1.dylib").data(),
            "lib/libtwo.dylib": Image(name="@rpath/libtwo.dylib").data(),
            f"{SITE}/p/_m.so": module.data(),
            f"{SITE}/p/.dylibs/libnear.dylib": Image(name="@loader_path/libnear.dylib").data(),
        },
    )
    one, two = linked["lib/libone.1.2.dylib"], linked["lib/libtwo.dylib"]
    assert (one.soname, one.patched) == ("@rpath/libone.1.2.dylib", True)
    assert (two.soname, two.patched) == ("@rpath/libtwo.dylib", False)
    assert not linked[f"{SITE}/p/.dylibs/libnear.dylib"].patched
    changed = linked[f"{SITE}/p/_m.so"]
    assert changed.needed == [
        "@loader_path/../../../libone.1.2.dylib",
        "@rpath/libtwo.dylib",  # by the rpath that stays
        "@loader_path/../../../libtwo.dylib",
        "@loader_path/.dylibs/libnear.dylib",
        SYSTEM,
    ]
    assert changed.runpath == ["@loader_path/../../.."]
    read = macho.read(changed.source)
    assert read is not None
    kinds = [kind for kind, _ in read.images[0].loads]
    weak, again = names.LC_LOAD_WEAK_DYLIB, names.LC_REEXPORT_DYLIB
    assert kinds == [names.LC_LOAD_DYLIB, weak, again, *[names.LC_LOAD_DYLIB] * 2]
    assert b"nowhere" not in Path(changed.source).read_bytes()
    assert os.stat(changed.source).st_mode & 0o777 == 0o755


def test_only_load_commands_and_the_signature_change(tmp_path: Path) -> None:
    module = Image(loads=["/opt/nowhere/liba.dylib"]).data()
    linked = link(tmp_path, {"lib/liba.dylib": Image(name="liba.dylib").data(), "m.so": module})
    after = Path(linked["m.so"].source).read_bytes()
    room, end = Image().room, len(module)
    assert after[room:end] == module[room:]
    assert machofile.verify(after) == "m.so"
    fat = lief.MachO.parse(linked["m.so"].source)
    binary = None if fat is None else fat.at(0)
    assert binary is not None
    signature, linkedit = binary.code_signature, binary.get_segment("__LINKEDIT")
    assert signature is not None
    assert linkedit is not None
    assert signature.data_offset + signature.data_size == len(after)
    assert linkedit.file_offset + linkedit.file_size == len(after)
    assert linkedit.virtual_size % 0x4000 == 0
    assert linkedit.virtual_size >= linkedit.file_size


def test_a_fat_file_keeps_its_images(tmp_path: Path) -> None:
    """Each is signed for itself; Intel's stays unsigned if it came so."""
    load = ["/opt/nowhere/liba.dylib"]
    intel, arm = Image(X86_64, loads=load, code=b"intel"), Image(ARM64, loads=load, code=b"arm")
    library = machofile.fat(*(Image(cpu, name="@rpath/a").data() for cpu in (X86_64, ARM64)))
    files = {"lib/liba.dylib": library, "m.so": machofile.fat(intel.data(), arm.data())}
    linked = link(tmp_path, files)
    read = macho.read(linked["m.so"].source)
    assert read is not None
    assert [(i.arch, i.signed) for i in read.images] == [("x86_64", False), ("arm64", True)]
    assert {i.loads for i in read.images} == {
        ((names.LC_LOAD_DYLIB, "@loader_path/lib/liba.dylib"),)
    }
    one, other = machofile.parts(Path(linked["m.so"].source).read_bytes())
    assert one[1024:] == intel.data()[1024:]
    assert other[1024:].startswith(arm.data()[1024:])
    assert machofile.verify(other) == "m.so"


def test_signing_again_takes_the_place_of_the_old_signature() -> None:
    for cpu in (ARM64, X86_64):
        image = Image(cpu, linkedit=b"x" * 4099).data()
        once = codesign.sign(image, "first")
        twice = codesign.sign(once, "second, and longer")
        assert machofile.verify(once) == "first"
        assert machofile.verify(twice) == "second, and longer"
        assert codesign.sign(twice, "first") == once
        damaged = bytearray(once)
        damaged[5000] ^= 1
        with pytest.raises(AssertionError):
            machofile.verify(bytes(damaged))


def test_a_path_of_the_build_machine_in_an_image(tmp_path: Path) -> None:
    module = Image(code=b"/Users/runner/src/m.c\0").data()
    linked = link(tmp_path, {"m.so": module}, [Neutral("/Users/runner", "/u")])
    after = Path(linked["m.so"].source).read_bytes()
    assert b"/Users" not in after
    assert b"runner/src/m.c" in after
    machofile.verify(after)


def test_a_library_of_the_machine_joins(tmp_path: Path) -> None:
    """As Homebrew's do on a Mac: by path, their own needs too, for that processor only."""
    brew = tmp_path / "brew"
    second = Image(name=f"{brew}/libsecond.dylib", loads=[SYSTEM]).data()
    first = Image(name=f"{brew}/libfirst.dylib", loads=["@loader_path/libsecond.dylib"]).data()
    intel = Image(X86_64, name="x").data()
    binaries(brew, {"libfirst.dylib": first, "libsecond.dylib": second, "libintel.dylib": intel})
    loads = [f"{brew}/libfirst.dylib", f"{brew}/libintel.dylib"]
    request = Link(
        str(tmp_path / "out"), binaries(tmp_path / "in", {"m.so": Image(loads=loads).data()})
    )
    messages = converse(sys.executable, request)
    linked = messages[-1]
    assert isinstance(linked, Linked)
    assert [(a.dest, a.source) for a in linked.added] == [
        ("lib/libfirst.dylib", f"{brew}/libfirst.dylib"),
        ("lib/libsecond.dylib", f"{brew}/libsecond.dylib"),
    ]
    needed = {f.dest: f.needed for f in linked.files}
    assert needed["m.so"] == ["@loader_path/lib/libfirst.dylib", f"{brew}/libintel.dylib"]
    assert needed["lib/libfirst.dylib"] == ["@loader_path/libsecond.dylib"]
    assert {f.soname for f in linked.files} == {
        "",
        "@rpath/libfirst.dylib",
        "@rpath/libsecond.dylib",
    }
    (finding,) = (m for m in messages if isinstance(m, Finding))
    assert (finding.id, finding.path) == ("library-not-found", "m.so")
    assert "libintel.dylib" in finding.text


def test_what_may_be_missing(tmp_path: Path) -> None:
    """A weak library, and Swift's, which only a Mac has."""
    module = Image(
        loads=[(names.LC_LOAD_WEAK_DYLIB, "/opt/x.dylib"), "@rpath/libswiftCore.dylib"],
        rpaths=["/usr/lib/swift"],
    )
    files = binaries(tmp_path, {"m.so": module.data()})
    messages = converse(sys.executable, Link(str(tmp_path / "out"), files))
    assert not [m for m in messages if isinstance(m, Finding)]
    linked = messages[-1]
    assert isinstance(linked, Linked)
    assert linked.files[0].runpath == ["/usr/lib/swift"]
    assert not linked.files[0].patched


def test_a_program_beside_the_bundle(tmp_path: Path) -> None:
    library = Image(name="@executable_path/../lib/libpython3.14.dylib").data()
    starter = Image(name="libstart.dylib", loads=["@rpath/libpython3.14.dylib"]).data()
    program = Image(kind=2, loads=["@rpath/libpython3.14.dylib", SYSTEM], rpaths=["/opt/lib"])
    (tmp_path / "exe").write_bytes(program.data())
    files = binaries(
        tmp_path / "in",
        {"lib/libpython3.14.dylib": library, "lib/libstart.dylib": starter},
    )
    plain = Link(str(tmp_path / "out"), files, [], str(tmp_path / "exe"))
    for request, needs in (
        (plain, "libpython3.14.dylib"),
        (
            Link(plain.output, files, [], plain.program, "libstart.dylib", "libpython3.14.dylib"),
            "libstart.dylib",
        ),
    ):
        linked = ask(sys.executable, request, Linked)
        read = macho.read(linked.program)
        assert read is not None
        assert read.needed == (f"@loader_path/python/lib/{needs}", SYSTEM)
        assert read.rpaths == ()
        data = Path(linked.program).read_bytes()
        machofile.verify(data)
        assert len(linked.files) == 2
        directory = data.index(b"\xfa\xde\x0c\x02")
        assert data[directory + 80 : directory + 88] == b"\0\0\0\0\0\0\0\1"  # the main binary


def test_the_same_bytes_twice(tmp_path: Path) -> None:
    files = {
        "lib/liba.dylib": Image(name="/opt/liba.dylib").data(),
        "m.so": Image(loads=["/opt/liba.dylib"]).data(),
    }

    def contents(top: Path) -> list[bytes]:
        return [Path(f.source).read_bytes() for f in link(top, files).values()]

    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_no_room_is_an_error(tmp_path: Path) -> None:
    full = Image(loads=["/l.dylib"])
    size = 32 + 72 + 80 + 72 + 40
    full.room = size
    deep = f"{SITE}/a/b/c/m.so"
    text = refused(tmp_path, {deep: full.data(), "lib/l.dylib": Image(name="l").data()})
    assert "-headerpad_max_install_names" in text
    full.room = size + 24  # enough for the name, not for the signature
    text = refused(tmp_path, {deep: full.data(), "lib/l.dylib": Image(name="l").data()})
    assert "no room for a signature" in text


def test_damaged_input_is_an_error(tmp_path: Path) -> None:
    whole = machofile.fat(*(Image(c, loads=["/opt/x.dylib"]).data() for c in (X86_64, ARM64)))
    library = machofile.fat(*(Image(c, name="@rpath/x.dylib").data() for c in (X86_64, ARM64)))
    cuts = (6, 30, 0x4000, 0x4010, 0x4100, 0xA000, len(whole) - 50)
    for cut in cuts:
        files = {"m.so": whole[:cut], "lib/x.dylib": library}
        assert refused(tmp_path / str(cut), files).count("m.so") >= 1
    for magic in (b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbf"):
        text = refused(tmp_path / magic.hex(), {"m.so": magic + whole[4:]})
        assert "only 64-bit little-endian mach-o files are linked" in text
    elf = {"m.so": whole, "other.so": Path(sys.executable).read_bytes()[:4096]}
    assert "is not a mach-o file" in refused(tmp_path / "elf", elf)


def written(source: Path, output: Path) -> str:
    """Change a file; return the error, or nothing."""
    changes = macho_patch.Changes(loads={"/opt/x.dylib": "@rpath/x.dylib"}, without={"/opt"})
    try:
        macho_patch.write(str(source), str(output), changes, scrub.scrubber([]))
    except (ValueError, Failed) as err:
        return str(err)
    return ""


@pytest.mark.filterwarnings("ignore:.*is not a valid:RuntimeWarning")
def test_overwritten_load_commands(tmp_path: Path) -> None:
    """Whatever is in them: a file that reads back, or an error of one line."""
    good = Image(loads=["/opt/x.dylib"], rpaths=["/opt"]).data()
    source, output = tmp_path / "m.so", tmp_path / "out" / "m.so"
    texts = []
    for at in range(0, 400, 3):
        source.write_bytes(good[:at] + b"\xff\xfe\xfd\xfc" + good[at + 4 :])
        text = written(source, output)
        if text:
            texts.append(text)
        else:
            machofile.verify(output.read_bytes())
    assert len(texts) > 20
    assert all(str(source) in text and "\n" not in text for text in texts)
