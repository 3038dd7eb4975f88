// Small wheels of every sort in one program: C (pyyaml, markupsafe, zstandard),
// Rust (orjson), Cython (frozenlist), cffi (argon2), a namespace of several
// distributions (jaraco), entry points of several distributions (keyrings).
//
// Requires: argon2-cffi frozenlist jaraco.context jaraco.functools jinja2 keyring keyrings.alt orjson pyyaml zstandard
package main

import (
	"github.com/goplus/lib/c"
	"github.com/goplus/lib/py"
)

func main() {
	py.RunSimpleString(c.Str(`
import argon2
hasher = argon2.PasswordHasher(time_cost=1, memory_cost=64)
print("argon2", hasher.verify(hasher.hash("secret"), "secret"))
import jinja2
print(jinja2.Environment(autoescape=True).from_string("jinja2 {{ x|upper }} {% for i in range(2) %}{{ i }}{% endfor %}").render(x="<ü>"))

import yaml
print("yaml", yaml.__with_libyaml__, yaml.load("[1, {a: 2024-01-01}]", Loader=yaml.CSafeLoader))

import orjson
print("orjson", orjson.dumps({"b": [1.5, None], "a": "ü"}, option=orjson.OPT_SORT_KEYS).decode())

import zstandard
print("zstandard", zstandard.ZstdDecompressor().decompress(zstandard.ZstdCompressor().compress(b"x" * 100)) == b"x" * 100, zstandard.backend)

import frozenlist
print("cython", frozenlist.FrozenList.__module__, list(frozenlist.FrozenList([1, 2])), frozenlist.FrozenList is not frozenlist.PyFrozenList)
import importlib.metadata
import jaraco.context
import jaraco.functools
print("namespace", len(jaraco.__path__), getattr(jaraco, "__file__", None), jaraco.functools.compose(str, abs)(-3))

import keyring.backend
names = {f"{type(k).__module__}.{type(k).__name__}" for k in keyring.backend.get_all_keyring()}
print("entry points", "keyrings.alt.file.PlaintextKeyring" in names, "keyring.backends.fail.Keyring" in names)
print("versions", [importlib.metadata.version(n).partition(".")[0] for n in ("Jinja2", "keyrings.alt", "PyYAML")])
`))
}

// Output:
// argon2 True
// jinja2 &lt;Ü&gt; 01
// yaml True [1, {'a': datetime.date(2024, 1, 1)}]
// orjson {"a":"ü","b":[1.5,null]}
// zstandard True cext
// cython frozenlist._frozenlist [1, 2] True
// namespace 1 None 3
// entry points True True
// versions ['3', '5', '6']
