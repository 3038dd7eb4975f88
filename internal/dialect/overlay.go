package dialect

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// overlay collects files for the go command's -overlay flag
// (`go help build`: a JSON object whose Replace maps paths to real files).
type overlay struct {
	dir     string
	written int
	Replace map[string]string
}

// newOverlay starts from the user's own overlay file, if there is one.
func newOverlay(dir, user string) (*overlay, error) {
	o := &overlay{dir: dir, Replace: map[string]string{}}
	if user == "" {
		return o, nil
	}
	data, err := os.ReadFile(user)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, o); err != nil {
		return nil, fmt.Errorf("-overlay %s: %v", user, err)
	}
	return o, nil
}

// add makes content appear at path.
func (o *overlay) add(path string, content []byte) error {
	o.written++
	real := filepath.Join(o.dir, fmt.Sprintf("%d.overlay", o.written))
	if err := os.WriteFile(real, content, 0o600); err != nil {
		return err
	}
	o.Replace[path] = real
	return nil
}

// addTree makes the files below dir appear below root as they are.
func (o *overlay) addTree(dir, root string) error {
	return filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		o.Replace[path.Join(root, filepath.ToSlash(rel))] = p
		return nil
	})
}

// write stores the overlay's JSON and returns its path.
func (o *overlay) write() (string, error) {
	data, err := json.Marshal(map[string]any{"Replace": o.Replace})
	if err != nil {
		return "", err
	}
	name := filepath.Join(o.dir, "overlay.json")
	return name, os.WriteFile(name, data, 0o600)
}
