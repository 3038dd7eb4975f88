package store

import (
	"errors"
	"io/fs"
	"os"
)

const readmeText = `This directory is a store of programs, libraries and Python distributions. Nothing
in it is written to or run where it lies: files are linked or copied from here into
environments and installations. It is not a cache: what is removed here is lost. The
variable ` + EnvDir + ` moves it, with the environments beside it.

objects/hh/HASH-r|x       every content once, named by its SHA-256; -x may be executed
entries/NAME,VERSION,HASH/
    entry.json            everything that is known of the entry; HASH begins its SHA-256
    SHA256SUMS            for: cd files && sha256sum --check --quiet ../SHA256SUMS
    files/                the tree: hard links to objects
roots/                    who needs which entries: a file for each user of the store
holds/                    the same for processes that are running
work/, lock               of the process that changes the store

"llgo py store" does everything that follows, and checks what it does. By hand:

To look       ls entries; less entries/NAME,*/entry.json
To copy       cp -al entries/NAME,VERSION,HASH/files SOMEWHERE   # links; cp -a copies
              Programs and libraries find each other when they lie in one directory:
              cp -dl entries/*/files/bin/* entries/*/files/lib/* SOMEWHERE
              or with the libraries of a program foo-1.2 in foo-1.2_deps or common_libs
              beside it. What an entry needs of others is "resolved" in entry.json.
To check      cd entries/NAME,VERSION,HASH/files && sha256sum --check --quiet ../SHA256SUMS
              sha256sum ../entry.json   # begins with the HASH of the directory's name
To find       sha256sum FILE; grep -l THAT_HASH entries/*/entry.json   # where is it from?
To remove     chmod -R u+w entries/NAME,VERSION,HASH; rm -r entries/NAME,VERSION,HASH
              sed -i /^NAME,VERSION,HASH$/d roots/*   # who needs it does not any more
              find objects -type f -links 1 -delete   # contents that nothing links to
To send       tar xf EXPORTED.tar --skip-old-files    # in this directory
              "llgo py store export" writes such archives.
Links share their content: do not write to a file that was linked from here.
`

// label explains the directory to people.
func (s *Store) label() error {
	if _, err := os.Lstat(s.path("README")); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.WriteFile(s.path("README"), []byte(readmeText), 0o644)
}
