package assemble

import (
	"errors"
	"fmt"

	"github.com/llgo-pypack/llgo-pypack/internal/helper"
)

// located puts the lines of Go that ask for a module before an error about it.
func located(err error) error {
	var e *helper.Error
	if !errors.As(err, &e) || len(e.Positions) == 0 {
		return err
	}
	return &locatedError{e}
}

// locatedError is an error of the helper with its place.
type locatedError struct{ cause *helper.Error }

func (e *locatedError) Error() string {
	at := e.cause.Positions
	if more := len(at) - 1; more > 0 {
		return fmt.Sprintf("%s: %s (%d more places ask for it)", at[0], e.cause.Text, more)
	}
	return at[0] + ": " + e.cause.Text
}

func (e *locatedError) Hint() string   { return e.cause.Hint() }
func (e *locatedError) Detail() string { return e.cause.Detail() }
