// Package oci shares entries of the store through a registry: push, pull and sync
// with oci://HOST/REPOSITORY, any registry of the OCI distribution specification.
//
// # What an entry is there
//
// One manifest (OCI image specification 1.1, an artifact):
//
//	artifactType  application/vnd.llgo-pypack.entry.v1
//	config        entry.json, to the byte: its digest is the entry's hash
//	layers        the contents of the entry's files, application/vnd.llgo-pypack.contents.v1+zstd
//	annotations   the entry's ID, licence and platform, for people and other tools
//
// The layers, decompressed and one after the other, are all contents of the entry,
// each once: those below 128 KiB in the order of the files that have them first, then
// the larger ones. So entry.json says which bytes are whose, and an annotation with
// each layer's decompressed size where to find them. Where the layers are cut is up to
// who pushes (see layout.go); an entry without a single byte has the specification's
// empty descriptor as its only layer.
//
// The manifest has one tag, which is the entry's ID in the grammar of tags: the list of
// tags is the index by name, version and hash. There is no index to be read, changed
// and written: of two who push at once, both are right, and what a registry answers in
// the middle of the other's push is asked again (see again.go). What an entry was
// resolved against is pushed before it and pulled with it.
//
// # What is resumed
//
// A blob is the unit: 8 MiB of content at most. What a registry has already (from
// a push that was killed, from another version, from another entry) is not sent again,
// and what was received is kept in the cache until its entry is in the store. Uploads
// are not resumed within a blob: a registry tells where one stopped only to who
// remembers its session, not every registry does, and a blob is a second's work.
//
// # Threat model
//
// A registry, and everyone who may write to it, is believed nothing but what hashes
// prove: the manifest and the sizes in it are limited before they are read, every
// blob is compared with its digest, entry.json with the ID that was asked for and with
// the rules of the store (no path or link that leads outside), every content with its
// SHA-256 before it gets a name in the store. What is compressed stops at the size
// that was announced. Whoever chooses an entry by name alone believes those who can
// push to the repository; the hash in an ID pins it.
//
// Credentials come from the configuration of docker or podman and their helpers. They
// go to the registry that they are for and to the token service that it names, never
// by plain http except on loopback or as -plain-http allows, never along with a
// redirection, and into no message (see secrets.go).
package oci
