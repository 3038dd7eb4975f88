package reqs

import "testing"

func TestReplace(t *testing.T) {
	const text = "# what we need\nnumpy==2.4   # numbers\n\nidna==3.10 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n-r more.txt\nlast"
	for _, test := range []struct{ text, old, fresh, want string }{
		{text, "numpy==2.4", "numpy==2.5", "# what we need\nnumpy==2.5   # numbers\n\nidna==3.10 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n-r more.txt\nlast"},
		{text, "numpy==2.4", "", "# what we need\n\nidna==3.10 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n-r more.txt\nlast"},
		{text, "idna==3.10", "idna==3.11", "# what we need\nnumpy==2.4   # numbers\n\nidna==3.11\n-r more.txt\nlast"},
		{text, "", "six", text + "\nsix\n"},
		{"", "", "six", "six\n"},
		{"a\r\nb\r\n", "", "six", "a\r\nb\r\nsix\r\n"},
		{"a\r\nb\r\n", "a", "c", "c\r\nb\r\n"},
		{"a\n", "b", "", "a\n"},
	} {
		if got := Replace(test.text, test.old, test.fresh); got != test.want {
			t.Errorf("Replace(%q, %q, %q)\n got %q\nwant %q", test.text, test.old, test.fresh, got, test.want)
		}
	}
}

func TestBlocksAreTheText(t *testing.T) {
	const text = "a \\\n --hash=x # c\n\n# only\n-r b\n c"
	var whole string
	var found []string
	for _, block := range Blocks(text) {
		whole += block.Text
		if block.Requirement != "" {
			found = append(found, block.Requirement)
		}
	}
	if whole != text || len(found) != 2 || found[0] != "a" || found[1] != "c" {
		t.Errorf("%q, requirements %q", whole, found)
	}
}
