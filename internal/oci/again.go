package oci

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// tries is how often something is tried that may work the next time: a connection
// that broke, or an answer that a registry gives while somebody else pushes.
//
// The reference registry keeps on a file system which blobs a repository has, one file
// for each that it writes again with each push of the blob: emptied, then filled. Who
// asks in between is told that the blob is not there, or something about digests. Tags
// are kept in the same way, and listed before they can be read. Other registries have
// storage that knows of a change in one place before it does in another. Where such an
// answer is one of status 500 the library tries again by itself.
const tries = 4

// again calls f until it succeeds or fails in a way that is not worth another try, with
// pauses in between that double.
func (r *Registry) again(ctx context.Context, worth func(error) bool, f func() error) error {
	for try := 1; ; try++ {
		err := f()
		if err == nil || !worth(err) || try == tries {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(r.pause << (try - 1)):
		}
	}
}

// isBroken tells whether a connection may hold the next time.
func isBroken(err error) bool {
	var ours *Error
	return !errors.As(err, &ours) && (errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, errStalled) || isNetwork(err))
}

// isNotThere tells of a registry that lacks what was asked for.
func isNotThere(err error) bool { return isStatus(err, http.StatusNotFound) }

// isBrokenOrNotThere is about something that has to be there.
func isBrokenOrNotThere(err error) bool { return isBroken(err) || isNotThere(err) }

// lacksBlobs tells whether a manifest was refused because of what it names. All codes
// are the specification's; registries differ in which of them they use for this.
func lacksBlobs(err error) bool {
	var refused *transport.Error
	return errors.As(err, &refused) && isStatus(err, http.StatusBadRequest, http.StatusNotFound) &&
		slices.ContainsFunc(refused.Errors, func(d transport.Diagnostic) bool {
			switch d.Code {
			case transport.ManifestBlobUnknownErrorCode, transport.BlobUnknownErrorCode, transport.DigestInvalidErrorCode:
				return true
			}
			return false
		})
}
