package bundle

import "golang.org/x/sys/unix"

// exchangeNames exchanges two files of any type in one step.
func exchangeNames(a, b string) error {
	return unix.RenamexNp(a, b, unix.RENAME_SWAP)
}
