package cli

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// entryCommand is `entry <kind> <name> <version> <directory>` of scripts: it puts a
// directory without native files into the store.
func entryCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: entry kind name version directory")
	}
	st, err := store.Open(ts.Getenv(store.EnvDir))
	ts.Check(err)
	d := store.Draft{
		Entry:   store.Entry{Kind: args[0], Name: args[1], Version: args[2], Origin: store.Origin{Kind: "directory"}},
		Sources: map[string]string{},
	}
	dir := ts.MkAbs(args[3])
	ts.Check(filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if filepath.Dir(name) == "bin" { // archives of scripts have no modes
			_ = os.Chmod(path, 0o755)
		}
		d.Sources[filepath.ToSlash(name)] = path
		return err
	}))
	_, err = st.Add(context.Background(), d)
	ts.Check(err)
	ts.Check(st.Close())
}
