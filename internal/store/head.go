package store

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// loadHead reads what entry.json says before the list of files, and no further: a
// distribution has thousands of files, a list of a hundred of them should not take
// a second. What it returns is not verified; nothing is linked or run by it.
func (s *Store) loadHead(id string) (*Entry, error) {
	f, err := os.Open(s.path(entriesDir, id, entryFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &MissingError{id}
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	e := &Entry{id: id}
	if err := readHead(json.NewDecoder(bufio.NewReader(f)), e); err != nil {
		return nil, &DamagedError{id, err.Error()}
	}
	if at, ok := parseID(id); !ok || at.name != e.Name || at.version != e.Version {
		return nil, &DamagedError{id, "another content than its name says"}
	}
	return e, nil
}

// readHead decodes one member of the object after the other, up to "files".
func readHead(dec *json.Decoder, e *Entry) error {
	members := map[string]any{
		"schema": &e.Schema, "name": &e.Name, "version": &e.Version, "kind": &e.Kind, "platform": &e.Platform,
		"licence": &e.Licence, "origin": &e.Origin, "size": &e.Size, "provides": &e.Provides, "resolved": &e.Resolved,
	}
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return fmt.Errorf("it begins with %v, %w", open, err)
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return err
		}
		if name == "files" {
			break
		}
		member, ok := members[fmt.Sprint(name)]
		if !ok {
			return fmt.Errorf("unknown member %v", name)
		}
		if err := dec.Decode(member); err != nil {
			return err
		}
	}
	if e.Schema != schema {
		return fmt.Errorf("schema %d of an entry, and this program knows %d", e.Schema, schema)
	}
	return nil
}
