// Package unpack keeps the trees that one-file programs run from, in a cache on
// the user's machine. It is compiled into users' programs.
//
// # Layout
//
// Below a cache directory (see places.go for which):
//
//	onefile/trees/<id>/             one payload, unpacked; <id> is its SHA-256
//	onefile/stamps/<id>             says that the tree is complete, and how each
//	                                file looked when it was (see stamp.go)
//	onefile/sums/<id>               the same for people: `sha256sum -c` reads it
//	onefile/files/<hh>/<hash>-r|x   every content once; trees hold hard links to it
//	                                (a pool of internal/objects)
//	onefile/work/                   what a living process is writing
//	onefile/lock                    held by whoever changes any of the above
//
// # Warm start
//
// Check the way to the cache, open the stamp, take a shared lock on it, read it, and
// compare size, time, mode and owner of every file with it: one system call for each.
// All files carry one time in the past (objects.Time), so any write to a file shows. The
// lock lives as long as the process, is closed in programs that it starts, and keeps
// Trim away from a tree in use. Nothing is written, but for the time of the stamp,
// once an hour.
//
// # First start
//
//  1. First check, as above, in every candidate directory.
//  2. Lock, exclusively: of many first starts one goes on, the others wait. The
//     lock dies with its process, however that ends.
//  3. Second check: who waited finds the tree.
//  4. Clean: whatever lies in work/ has lost its owner.
//  5. Each content that files/ lacks is written to work/, verified by the payload
//     reader meanwhile, made read-only and renamed into files/. A content that is
//     there is used again only if its SHA-256 is right. All processors take part.
//  6. A tree of links is built in work/ and renamed to trees/<id>: complete or
//     absent. A tree that was there, and found damaged, goes to work/ first. Then
//     work/ is emptied, because nobody will look there soon.
//  7. The stamp is written, last, in one write; it carries its own checksum. A stamp
//     that exists is overwritten, as running programs hold their locks on it.
//  8. Third check, as in a warm start: a file system that does not keep what it
//     is given is found out here.
//
// An error on the way makes the next candidate directory the cache, and nothing
// stays behind in this one; an error of the payload ends the start.
//
// A process killed before 7 leaves files that nobody trusts: 4 and 5 deal with
// them. A power cut could leave a stamp on the disk without the files that it
// vouches for. Rather than waiting for the disk, a stamp is good for the running
// boot only; the first start after a reboot goes through the steps above, finds
// every content in place, checks it, waits for the disk and writes a stamp that is
// good for ever. Where boots cannot be told apart, the first start waits.
//
// # Threat model
//
// What lies in the cache is executed. Against whom, and how:
//
//   - Other users, who may own or write to directories on the way to the cache.
//     Every directory and symbolic link on the path must belong to the user or to
//     root, and nobody else may write to it, unless it is sticky; the cache's own
//     directories may not even be that, and are never links. Checked from the
//     root down, so that no name can change hands between check and use. Files of
//     a tree must belong to the user or root as well. See trust.go.
//   - Other users, with predictable names in shared directories. Only /var/tmp is
//     tried, last but one, as a directory that was created 0700 and passes the
//     check above. Never /tmp.
//   - The user who starts a program that has more rights than he has (set-uid,
//     set-gid, file capabilities). No environment variable is looked at, and if
//     the cache would belong to that same user there is no safe place: refused.
//   - Accidents of the user's own: files changed, cut or removed by editors,
//     cleaners, full disks, kill -9, power cuts. Noticed at the next start and
//     repaired. Files added to a tree are left alone.
//   - A payload that was damaged. The reader verifies each file while it is
//     copied; nothing of a bad file gets a name that counts.
//
// Not defended against: programs that already run as the user (or root). They can
// write anything, with any time; LLGO_PY_VERIFY=1 compares all contents, for what
// it is worth. Damage by the disk that leaves size and time as they were is found
// by that variable and by `llgo py cache verify` only.
package unpack
