//go:build !linux && !darwin

package links

import "errors"

func clone(_, _ string) error { return errors.ErrUnsupported }
