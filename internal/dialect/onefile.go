package dialect

import (
	"path"

	"github.com/llgo-pypack/llgo-pypack/internal"
	"github.com/llgo-pypack/llgo-pypack/internal/gosource"
)

// A program of one file has its payload in a package of its own: one file of Go
// that embeds the archive. Like a third-party binding module it exists in the
// overlay only, since it is different for every build.
const (
	payloadPath   = "llgopy.invalid/payload"
	payloadSource = `// Package payload holds the Python of this program.
package payload

import _ "embed" // for Zip

// Zip is the archive.
//
//go:embed payload.zip
var Zip string
`
)

const onefileRequires = "\nrequire " + internal.ZstdPath + " " + internal.ZstdVersion + "\n"

// onefileSource joins the parts: before Python starts, the bootstrap asks where
// its files are, and this unpacks them if they are not there yet.
const onefileSource = `package bootstrap

import (
	"` + gosource.LibPath + `/internal/payload"
	"` + gosource.LibPath + `/internal/unpack"
	archive "` + payloadPath + `"
)

// Variables are initialised before init functions run.
var _ = func() bool { unpacked = unpackPayload; return true }()

func unpackPayload() (string, error) {
	r, size := payload.Embedded(archive.Zip), int64(len(archive.Zip))
	id, err := payload.ReadID(r, size)
	if err != nil {
		return "", err
	}
	return unpack.Ensure(id, func() (unpack.Payload, error) { return payload.Open(r, size) })
}
`

// addPayload makes archive the content of the payload package.
func addPayload(archive string, gomod *modfileCopy, files *overlay) error {
	dir := path.Join(virtualRoot, payloadPath)
	files.Replace[path.Join(dir, "payload.zip")] = archive
	if err := files.add(path.Join(dir, "go.mod"), []byte("module "+payloadPath+"\n\ngo 1.20\n")); err != nil {
		return err
	}
	if err := files.add(path.Join(dir, "payload.go"), []byte(payloadSource)); err != nil {
		return err
	}
	gomod.sums = append(gomod.sums, internal.ZstdSums...)
	gomod.replaceWith(payloadPath, directory(dir))
	if err := gomod.require(payloadPath, "v0.0.0"); err != nil {
		return err
	}
	return gomod.require(internal.ZstdPath, internal.ZstdVersion)
}
