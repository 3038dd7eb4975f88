package payload

import "errors"

// What can be wrong with a payload, or with a tree that is to become one: the reasons
// of an [*Error].
var (
	ErrNotPayload  = errors.New("not a payload")
	ErrTruncated   = errors.New("payload is cut short")
	ErrTrailing    = errors.New("something follows the end of the payload")
	ErrVersion     = errors.New("payload of another version")
	ErrLayout      = errors.New("payload whose parts do not fit together")
	ErrIndex       = errors.New("malformed index of the payload")
	ErrID          = errors.New("index does not have the hash that the payload is named by")
	ErrDirectory   = errors.New("directory of the archive contradicts the index")
	ErrHeader      = errors.New("header of the entry contradicts the directory of the archive")
	ErrName        = errors.New("bad name")
	ErrDuplicate   = errors.New("name is there twice")
	ErrOrder       = errors.New("names are not in order")
	ErrConflict    = errors.New("below something that is no directory")
	ErrMode        = errors.New("bad mode")
	ErrLink        = errors.New("link that leads out of the tree")
	ErrCompression = errors.New("compressed data is damaged")
	ErrSize        = errors.New("wrong size")
	ErrChecksum    = errors.New("wrong CRC-32")
	ErrHash        = errors.New("wrong SHA-256")
)

// An Error says that a payload is not one that [Write] wrote, or that a tree cannot be
// written as one. errors.Is finds the reason.
type Error struct {
	Path   string // of the entry; "" where it is about the whole
	Reason error  // one of the Err variables above
	Detail string // "12 bytes, not 13"; "" where there is nothing to add
}

func (e *Error) Error() string {
	text := e.Reason.Error()
	if e.Path != "" {
		text = quote(e.Path) + ": " + text
	}
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	return text
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Reason }

func bad(reason error, path, detail string) error {
	return &Error{Path: path, Reason: reason, Detail: detail}
}
