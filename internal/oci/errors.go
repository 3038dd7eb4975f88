package oci

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"unicode"

	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// Error is a failure that a person can understand and act on. What a registry says
// may be in it, made one line and without secrets.
type Error struct {
	Text   string // one line
	Next   string // what to do, or ""
	Output string // the cause, or ""
	cause  error
}

func (e *Error) Error() string { return e.Text }

// Hint is what to do, or nothing.
func (e *Error) Hint() string { return e.Next }

// Detail is the cause as the registry or the network tells it, or nothing.
func (e *Error) Detail() string { return e.Output }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.cause }

// explain makes an error of the library one of ours. What it was about stands first.
func (r *Registry) explain(about string, err error) error {
	var ours *Error
	switch {
	case err == nil || errors.As(err, &ours):
		return err
	case errors.Is(err, context.Canceled):
		return context.Canceled
	}
	e := &Error{Output: r.secrets.hide(oneLine(err.Error())), cause: sealed{err}}
	var refused *transport.Error
	var network net.Error
	host := r.address.host()
	switch {
	case errors.As(err, &refused) && (refused.StatusCode == http.StatusUnauthorized || refused.StatusCode == http.StatusForbidden):
		e.Text = host + " refuses: " + about
		e.Next = "docker login " + host + "   # or podman login: their credentials are used"
	case errors.As(err, &refused):
		e.Text = about + ": " + host + " answers " + r.secrets.hide(oneLine(answer(refused)))
	case errors.As(err, &network):
		e.Text = about + ": cannot reach " + host + ": " + e.Output
	default:
		e.Text = about + ": " + e.Output
	}
	return e
}

// refused is the error of the store about what a registry has sent. It says which entry
// it is about, and may quote what is in that.
func (r *Registry) refused(err error) error {
	if errors.Is(err, context.Canceled) {
		return context.Canceled
	}
	return &Error{Text: r.secrets.hide(oneLine(err.Error())), cause: err}
}

// sealed keeps what errors.Is and errors.As find in a cause, and not its text.
type sealed struct{ error }

func (sealed) Error() string   { return "see the detail" }
func (s sealed) Unwrap() error { return s.error }

// answer is the status and the codes of a registry's refusal. Its body, if it is none
// of the specification's, is left to the detail: it may be a page of HTML.
func answer(e *transport.Error) string {
	text := http.StatusText(e.StatusCode)
	for _, d := range e.Errors {
		text += ", " + string(d.Code) + ": " + d.Message
	}
	return text
}

// oneLine makes the words of a stranger harmless on a terminal, and short.
func oneLine(text string) string {
	const limit = 400
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), " ")
	if runes := []rune(text); len(runes) > limit {
		text = string(runes[:limit]) + " …"
	}
	return text
}

func isStatus(err error, codes ...int) bool {
	var refused *transport.Error
	if !errors.As(err, &refused) {
		return false
	}
	for _, code := range codes {
		if refused.StatusCode == code {
			return true
		}
	}
	return false
}

func isNetwork(err error) bool {
	var network net.Error
	return errors.As(err, &network)
}
