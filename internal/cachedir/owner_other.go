//go:build !unix

package cachedir

import "io/fs"

// distrust has nothing to go by: where there are no Unix permissions the cache
// lies in the user's profile, which other users cannot write to.
func distrust(fs.FileInfo) string { return "" }
