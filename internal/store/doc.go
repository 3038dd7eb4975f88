// Package store keeps programs, libraries and Python distributions of a user: files by
// content, and entries that say which files belong together and what is known of them.
// Environments and installations are made from it by links.
//
// # Layout
//
// Below store/ of the user's directory (see Dir):
//
//	objects/<hh>/<hash>-r|x                every content once (a pool of internal/objects)
//	entries/<name>,<version>,<16 digits>/  an entry; the digits begin the SHA-256 of
//	    entry.json                         what is known of it (Entry)
//	    SHA256SUMS                         the same for `sha256sum --check`
//	    files/…                            its tree: hard links to objects
//	roots/<user>                           IDs of the entries that somebody needs
//	holds/<process>                        the same, as long as the process lives
//	work/, lock                            what a living process is writing
//
// Nothing below objects/ and files/ can be written to. Paths in an entry are
// normalised by its source (internal/source): bin/, lib/ (flat), share/, include/,
// lib/pkgconfig/, site-packages/, python/, bundle/.
//
// # Order of an Add
//
//  1. A directory in work/ is made, which carries a lock of its own. Native files are
//     changed in it (relocate.go) and everything is hashed: nothing else waits for that.
//  2. Lock, exclusively. Locks die with their process. Whatever lies in work/ without
//     its lock has lost its owner and is removed. What is needed is looked for among
//     the entries: now it is known which entry this is.
//  3. Contents that objects/ lacks are written to work/, verified, and renamed into
//     objects/. One that is there is believed only if its SHA-256 is right.
//  4. The entry is built in work/, brought to the disk together with the objects, and
//     renamed into entries/: complete or absent. If it is there already, its files are
//     compared with the objects, and mended one by one.
//  5. Its ID is written to the file of this process in holds/, which GC heeds until the
//     process ends.
//
// A process killed before the rename of 4 leaves objects that no entry has, which the
// next failed Add, Remove or GC takes away. GC removes an entry by a rename to work/,
// then its files, then the objects that no entry has. Reading needs no lock: an entry
// is there or not, and if it is there it never changes.
//
// # Threat model
//
// What comes out of a store is executed. Its directory belongs to the user and is
// closed to others, or it is refused; archives that are imported, and entries that are
// pulled, are verified by content before they get a name that counts, and no path of
// theirs leads out of an entry. Whoever runs as the same user is trusted. Damage by
// the disk is found by Verify, which reads everything.
package store
