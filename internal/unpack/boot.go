package unpack

import "encoding/hex"

// parseBootID reads a UUID. What is none is zero.
func parseBootID(text []byte) (id [16]byte) {
	digits := make([]byte, 0, 32)
	for _, c := range text {
		if c != '-' && c != '\n' {
			digits = append(digits, c)
		}
	}
	if len(digits) != 32 {
		return id
	}
	if _, err := hex.Decode(id[:], digits); err != nil {
		return [16]byte{}
	}
	return id
}
