package main

import (
	"io/fs"
	"os"
	"path/filepath"
)

// weigh adds up the regular files below paths, or those files themselves. Names of
// the same file count once.
func weigh(paths ...string) (bytes int64, files int, err error) {
	seen := make(map[int64][]fs.FileInfo) // by size, which the names of one file have in common
	for _, path := range paths {
		err = filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			info, err := d.Info()
			if err != nil || !info.Mode().IsRegular() {
				return err
			}
			for _, other := range seen[info.Size()] {
				if os.SameFile(info, other) {
					return nil
				}
			}
			seen[info.Size()] = append(seen[info.Size()], info)
			bytes += info.Size()
			files++
			return nil
		})
		if err != nil {
			return 0, 0, err
		}
	}
	return bytes, files, nil
}

// adds is what dir holds that the others do not: what was copied, if they were there
// before.
func adds(dir string, others ...string) (int64, error) {
	without, _, err := weigh(others...)
	if err != nil {
		return 0, err
	}
	with, _, err := weigh(append(others, dir)...)
	return with - without, err
}
