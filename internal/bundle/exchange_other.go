//go:build !linux && !darwin

package bundle

import "errors"

// exchangeNames says that there is no such thing here.
func exchangeNames(string, string) error { return errors.ErrUnsupported }
