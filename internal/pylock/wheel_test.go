package pylock

import "testing"

func TestWheel(t *testing.T) {
	lock := parse(t, `lock-version = "1.0"
[[packages]]
name = "numpy"
version = "2.1.0"
wheels = [
  { url = "https://i.example/numpy-2.1.0-cp311-cp311-manylinux_2_17_x86_64.whl#sha256=x", hashes = { sha256 = "aa" } },
  { name = "numpy-2.1.0-cp314-cp314-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl", hashes = { sha256 = "bb" } },
]
[[packages]]
name = "other"
version = "1"
archive = { path = "wheels/other-1-py2.py3-none-any.whl", hashes = { sha256 = "cc" } }
`)
	for _, test := range []struct {
		name      string
		tags      []string
		file, sum string
	}{
		{"numpy", []string{"cp311-cp311-manylinux_2_17_x86_64"}, "numpy-2.1.0-cp311-cp311-manylinux_2_17_x86_64.whl", "aa"},
		{"numpy", []string{"cp314-cp314-manylinux_2_28_x86_64", "cp314-cp314-manylinux_2_27_x86_64"}, "numpy-2.1.0-cp314-cp314-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl", "bb"},
		{"numpy", []string{"cp314-cp314-linux_x86_64"}, "", ""}, // built here
		{"numpy", nil, "", ""},
		{"other", []string{"py2-none-any", "py3-none-any"}, "other-1-py2.py3-none-any.whl", "cc"},
		{"absent", []string{"py3-none-any"}, "", ""},
	} {
		if file, sum := lock.Wheel(test.name, test.tags); file != test.file || sum != test.sum {
			t.Errorf("%s %q: %q %q", test.name, test.tags, file, sum)
		}
	}
}
