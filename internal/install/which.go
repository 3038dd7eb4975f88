package install

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// Source is an entry that a file is from.
type Source struct {
	ID   string // name,version,hash
	File string // its path in the entry
	// Original says that it has the content from before the entry was made of it.
	Original bool
	// Recorded says that the directory it is in knows it, not just the content.
	Recorded bool
	Object   store.Hash
}

// UnknownFileError says that nothing in the store has the content of a file.
type UnknownFileError struct {
	Path string
	Hash store.Hash
}

func (e *UnknownFileError) Error() string {
	return fmt.Sprintf("%s is from no entry of the store: nothing there has its content (sha256 %.16s…)", e.Path, e.Hash)
}

// Hint says what to do.
func (e *UnknownFileError) Hint() string {
	return "llgo py store add FILE   # if it should be in it"
}

// Which finds the way back from a file to the entries that it is from: by the record
// of the directory where it lies, and by its content, wherever that was copied to.
// The first is the most certain. Links are followed.
func Which(s *store.Store, file string) ([]Source, error) {
	sum, err := store.HashOfFile(file)
	if err != nil {
		return nil, err
	}
	real, err := filepath.EvalSymlinks(file)
	if err != nil {
		return nil, err
	}
	list := recorded(real, sum)
	refs, err := s.Which(sum)
	if err != nil {
		return nil, err
	}
	for _, ref := range refs {
		f := ref.Entry.File(ref.Path)
		source := Source{ID: ref.Entry.ID(), File: ref.Path, Original: f != nil && f.Object != sum, Object: sum}
		if len(list) > 0 && list[0].ID == source.ID && list[0].File == source.File {
			continue
		}
		list = append(list, source)
	}
	if len(list) == 0 {
		return nil, &UnknownFileError{file, sum}
	}
	return list, nil
}

// recorded looks for a WHERE around a file. A file that was changed is not what the
// record says.
func recorded(file string, sum store.Hash) []Source {
	for dir := filepath.Dir(file); ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, stateDir)); err == nil {
			return recordedIn(dir, file, sum)
		}
		if dir == filepath.Dir(dir) {
			return nil
		}
	}
}

func recordedIn(where, file string, sum store.Hash) []Source {
	records, err := readRecords(where)
	if err != nil {
		return nil
	}
	inside, err := filepath.Rel(where, file)
	if err != nil || strings.HasPrefix(inside, "../") {
		return nil
	}
	for _, r := range records {
		if f := r.file(filepath.ToSlash(inside)); f != nil && f.Object == sum {
			return []Source{{ID: f.Entry, File: f.File, Recorded: true, Object: sum}}
		}
	}
	return nil
}
