package deb

import (
	"compress/bzip2"
	"compress/gzip"
	"fmt"
	"io"
	"path"

	"github.com/klauspost/compress/zstd"
	"github.com/therootcompany/xz"
)

// decompress reads a member by the end of its name, as dpkg does (deb(5): xz, zst,
// gz, none; bz2 in old ones). end gives back what the reader holds.
func decompress(name string, r io.Reader) (plain io.Reader, end func(), err error) {
	none := func() {}
	switch suffix := path.Ext(name); suffix {
	case ".tar":
		return r, none, nil
	case ".gz":
		z, err := gzip.NewReader(r)
		return z, none, err
	case ".bz2":
		return bzip2.NewReader(r), none, nil
	case ".xz":
		z, err := xz.NewReader(r, maxDictionary)
		return z, none, err
	case ".zst":
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxDictionary))
		if err != nil {
			return nil, none, err
		}
		return z, z.Close, nil
	default:
		return nil, none, fmt.Errorf("compression %q is not known", suffix)
	}
}
