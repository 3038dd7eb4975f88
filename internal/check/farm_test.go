package check

// Files of the good bundle in layout farm. What is found of a real is told of it, and
// the links to it are where it is opened.
const (
	real      = "python/reals/r/"
	farmSite  = "python/site-packages/p1/"
	symlinks  = "python/symlinks/"
	psycopgAt = farmSite + "psycopg2/_psycopg.cpython-314-x86_64-linux-gnu.so"
	psycopgIs = real + "_psycopg.cpython-314-x86_64-linux-gnu.so" // RUNPATH to symlinks from there and from here
	libpqIs   = real + "libpq-a17e3caa.so.5.17"
)

func farmMutations() []mutation {
	list := []mutation{
		{rule: "farm-place", name: "an entry less",
			make: swapIn(psycopgIs, "$ORIGIN/../../symlinks:$ORIGIN/../../../symlinks", "$ORIGIN/../../symlinks"),
			want: []string{"farm-place " + psycopgAt}},
		{rule: "farm-place", name: "opened where it was not meant to be", make: func(t *tree) {
			t.symlink("../../../reals/r/libpq-a17e3caa.so.5.17", farmSite+"psycopg2/libpq.so")
		}, want: []string{"farm-place " + farmSite + "psycopg2/libpq.so"}},
		{rule: "farm-unreached", name: "a file that nobody named", make: func(t *tree) { t.write(real+"left.so", []byte("left")) },
			want: []string{"farm-unreached " + real + "left.so"}},
		{rule: "farm-unreached", name: "links removed", make: func(t *tree) { t.remove(psycopgAt) },
			want: []string{"farm-unreached " + psycopgIs}},
		{rule: "farm-outside", name: "a link replaced by a copy", make: func(t *tree) {
			data := t.read(psycopgIs)
			t.remove(psycopgAt)
			t.write(psycopgAt, data)
		}, want: []string{"farm-outside " + psycopgAt, "farm-unreached " + psycopgIs, "file-changed " + psycopgAt}},
		{rule: "farm-outside", name: "beside the modules", make: func(t *tree) {
			t.write(farmSite+"libz.so.1", t.read(real+"libz.so.1"))
		}, want: []string{"farm-outside " + farmSite + "libz.so.1"}},
		// What holds for every bundle holds here as well.
		{rule: "library-not-found", name: "of a farm", make: func(t *tree) {
			t.remove(libpqIs)
			t.remove(symlinks + "libpq-a17e3caa.so.5.17")
			t.remove(farmSite + "psycopg2_binary.libs/libpq-a17e3caa.so.5.17")
		}, want: []string{"library-not-found " + psycopgIs}},
		{rule: "library-out-of-reach", name: "of a farm", make: func(t *tree) { t.remove(symlinks + "libpq-a17e3caa.so.5.17") },
			want: []string{"library-out-of-reach " + psycopgIs}},
		{rule: "link-dangling", name: "of a farm", make: func(t *tree) {
			t.rename(real+"libpython3.14.so.1.0", real+"libpython.so")
			t.remove(symlinks + "libpython3.14.so.1.0")
			t.symlink("../reals/r/libpython.so", symlinks+"libpython3.14.so.1.0")
		}, want: []string{"libpython-static " + real + "libpython.so", "build-path " + real + "libpython.so", "link-dangling python/lib/libpython3.14.so.1.0", "libpython-missing python/bin/python3.14"}},
		{rule: "extension-abi", name: "of a farm", make: func(t *tree) {
			const other = farmSite + "psycopg2/_psycopg.cpython-311-x86_64-linux-gnu.so"
			t.rename(psycopgAt, other)
		}, want: []string{"extension-abi " + psycopgIs}},
		{rule: "search-path-outside", name: "of a farm",
			make: swapIn(psycopgIs, "$ORIGIN/../../symlinks:$ORIGIN/../../../symlinks", "$ORIGIN/../../../../../symlinks"),
			want: []string{"search-path-outside " + psycopgIs, "library-out-of-reach " + psycopgIs}},
	}
	for i := range list {
		list[i].form = "farm"
	}
	return list
}
