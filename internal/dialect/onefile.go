package dialect

import (
	"path"

	"github.com/llgo-pypack/llgo-pypack/internal"
	"github.com/llgo-pypack/llgo-pypack/internal/gosource"
)

// What embeds an archive is a package of its own: one file of Go. Like a third-party
// binding module it exists in the overlay only, since it is different for every build.
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
func onefileSource(embeds bool) string {
	imported, open := "", "section.Own()"
	if embeds {
		imported, open = "\n\tpayload "+`"`+payloadPath+`"`, "section.Embedded(payload.Zip), error(nil)"
	}
	return `package bootstrap

import (
	"` + gosource.LibPath + `/internal/section"
	"` + gosource.LibPath + `/internal/unpack"` + imported + `
)

// Variables are initialised before init functions run.
var _ = func() bool { unpacked = unpackPayload; return true }()

func unpackPayload() (string, error) {
	archive, err := ` + open + `
	if err != nil {
		return "", err
	}
	defer archive.Close()
	return unpack.EnsureArchive(archive, archive.Size())
}
`
}

// addOnefile adds what a program of one file needs besides, and archive as the content
// of the payload package if it is not "".
func addOnefile(archive string, gomod *modfileCopy, files *overlay) error {
	gomod.sums = append(gomod.sums, internal.ZstdSums...)
	if err := gomod.require(internal.ZstdPath, internal.ZstdVersion); err != nil || archive == "" {
		return err
	}
	dir := path.Join(virtualRoot, payloadPath)
	files.Replace[path.Join(dir, "payload.zip")] = archive
	if err := files.add(path.Join(dir, "go.mod"), []byte("module "+payloadPath+"\n\ngo 1.20\n")); err != nil {
		return err
	}
	if err := files.add(path.Join(dir, "payload.go"), []byte(payloadSource)); err != nil {
		return err
	}
	gomod.replaceWith(payloadPath, directory(dir))
	return gomod.require(payloadPath, "v0.0.0")
}
