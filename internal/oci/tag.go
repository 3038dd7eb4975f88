package oci

import (
	"fmt"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// A tag is [A-Za-z0-9_][A-Za-z0-9._-]{0,127}. Of an ID, letters, digits, dots and
// dashes stay as they are, a comma becomes "__", and any other byte "_" and two
// hexadecimal digits: numpy,2.3.5,9f3a… is numpy__2.3.5__9f3a…. An ID that is too long
// for that is "_." and its hash; the manifest has the rest.
const (
	maxTag    = 128
	comma     = "__"
	shortened = "_."
)

// tagOf returns the tag of an entry.
func tagOf(id string) string {
	var b strings.Builder
	for i := range len(id) {
		switch c := id[i]; {
		case c == ',':
			b.WriteString(comma)
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-':
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "_%02x", c)
		}
	}
	if b.Len() > maxTag {
		return shortened + id[strings.LastIndexByte(id, ',')+1:]
	}
	return b.String()
}

// idOf returns the ID that a tag stands for; ok is false for a tag of somebody else,
// and for a shortened one.
func idOf(tag string) (id string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(tag); i++ {
		var c byte
		switch {
		case tag[i] != '_':
			b.WriteByte(tag[i])
		case strings.HasPrefix(tag[i:], comma):
			b.WriteByte(',')
			i++
		case len(tag) < i+3:
			return "", false
		default:
			if _, err := fmt.Sscanf(tag[i+1:i+3], "%02x", &c); err != nil {
				return "", false
			}
			b.WriteByte(c)
			i += 2
		}
	}
	id = b.String()
	return id, store.IsID(id) && tagOf(id) == tag
}
