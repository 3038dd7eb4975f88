package store

import (
	"errors"
	"strings"
)

// reuse takes what files become from the store, where an entry has the same file under
// the same name, with the search path that it is to have: the same distribution for
// another interpreter, say, or added again. Those files need no job any more. The
// entries are held, so that their contents are there until they are copied.
func (s *Store) reuse(r *relocation, sources map[string]string) error {
	changed, err := s.changed()
	if err != nil || len(changed) == 0 {
		return err
	}
	rest := relocation{entry: r.entry, policy: r.policy}
	held := map[string]bool{}
	for i, f := range r.files {
		found, ok := changed[changedKey(r.originals[i], r.jobs[i].Search)]
		if ok {
			ok, err = s.take(found, f, sources, held)
		}
		if err != nil {
			return err
		}
		if !ok {
			rest.files, rest.jobs, rest.originals = append(rest.files, f), append(rest.jobs, r.jobs[i]), append(rest.originals, r.originals[i])
		}
	}
	*r = rest
	return nil
}

// changed are the native files of all entries that are not as they came.
func (s *Store) changed() (map[string]Ref, error) {
	entries, err := s.Entries()
	if err != nil {
		return nil, err
	}
	files := map[string]Ref{}
	for _, e := range entries {
		for i := range e.Files {
			if f := &e.Files[i]; f.Original != "" && f.Native != nil {
				files[changedKey(f.Original, f.Native.Runpath)] = Ref{e, f.Path}
			}
		}
	}
	return files, nil
}

// changedKey says what a changed file depends on: the search path has the file's name
// in it, and the names of libraries follow from the content.
func changedKey(original Hash, search []string) string {
	return string(original) + " " + strings.Join(search, ":")
}

// take makes the content of a file in the store that of f, if it is right and stays.
func (s *Store) take(found Ref, f *File, sources map[string]string, held map[string]bool) (ok bool, err error) {
	if id := found.Entry.ID(); !held[id] {
		var missing *MissingError
		if err := s.Hold(id); errors.As(err, &missing) {
			return false, nil
		} else if err != nil {
			return false, err
		}
		held[id] = true
	}
	is := found.Entry.File(found.Path)
	object := s.Object(is.Object, is.Executable)
	sum, err := HashOfFile(object)
	if err != nil || sum != is.Object {
		return false, nil // damaged: made again, the object is repaired
	}
	f.Original, f.Native = is.Original, is.Native
	sources[f.Path] = object
	return true, nil
}
