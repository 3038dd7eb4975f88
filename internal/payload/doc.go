// Package payload writes and reads the archive that a one-file program carries: the
// files of its onedir tree.
//
// It is a ZIP archive whose entries are compressed with zstd (method 93), or stored
// where that does not shrink them, so that people can look into it with any unzip that
// knows zstd, such as CPython 3.14's zipfile. Names are UTF-8, modes are Unix modes,
// links are entries that hold their target, times are all the first moment of ZIP:
//
//	data of each entry, in the order of their paths
//	data of the index, stored
//	the directory of the archive: the index, then the entries in the same order
//	the end record, with the comment "llgo-py payload 1 sha256:<id>"
//
// # The index and the id
//
// The entry llgo-py.index is the tree as text, with a tab between fields and one
// line for each entry, ordered by path as bytes:
//
//	llgo-py payload 1
//	f 644 1234 <sha256 in hexadecimal> python/lib/python3.14/os.pyc
//	l python/bin/python3 python3.14
//	d python/lib/python3.14/lib-dynload
//
// for a file with its mode in octal and size in bytes, a link with its target, and a
// directory that would be empty (others are implied). The id of a payload is the SHA-256
// of the index. It covers names, modes, targets and the hashes of all contents, and
// nothing else: the same tree has the same id whatever compressed it. That is why where
// the data is, and how large when compressed, is in the directory of the archive alone.
// The id is in the comment as well, at a fixed distance from the end, so that a program
// that starts for the second time reads it in one go ([ReadID]).
//
// # One way to say it
//
// ZIP says most things twice or in several ways, and readers that believe different
// copies have been the way in for attacks. Here a tree has one index, and an index has
// one archive but for what compression yields: method, compressed size and CRC of each
// entry. A reader takes these three from the directory, encodes each record itself and
// compares it with the one that is there, byte for byte; the same for the header in front
// of each entry's data, which begins where that of the entry before it ends. So whatever
// another unzip shows is what is extracted, and there are no gaps, overlaps, prefixes,
// trailing bytes or fields that nobody looks at.
//
// For the same reason data is not aligned: nothing maps a payload's data in place.
//
// # What a reader refuses
//
// Every path is a clean relative one of valid UTF-8 without control characters and
// backslashes. No path is there twice or below a file or link. A link leads to somewhere
// inside the tree, even if what it passes through is a link too. [Open] checks that, and
// that index, directory and end agree with each other, the id and the length of the
// whole, before it returns anything. The data of an entry is checked by [Reader.Copy],
// while it copies. All errors that mean "this is not what was written" are of type
// [*Error].
//
// # Two halves
//
// The reading half runs inside the programs of users: it is shipped as source, is Go 1.20
// and imports little. The writing half carries the build tag that keeps it out of them.
package payload
