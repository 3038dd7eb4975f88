package payload

import (
	"errors"
	"strings"
	"testing"
)

// embedding is a program with a payload somewhere inside, as go:embed leaves it, and with
// things that look like one.
func embedding(before int, data string) string {
	decoy := commentHead + strings.Repeat("0", 64)
	return noise(before) + decoy + string(le32(nil, endMagic)) + data + noise(5000) + commentHead
}

// TestFindIn finds the payload wherever it is, and says where one is that is damaged.
func TestFindIn(t *testing.T) {
	sources, _ := sample()
	data, id := write(t, sources, Options{})
	const block = 1 << 20 // that nextEnd reads
	for _, before := range []int{0, block - len(data) - 200, block - len(data), 2 * block} {
		program := embedding(before, string(data))
		at := int64(strings.Index(program, string(data)))
		p, offset, size, err := FindIn(strings.NewReader(program), int64(len(program)))
		if err != nil || p.ID() != id || offset != at || size != int64(len(data)) {
			t.Errorf("%d, %d bytes, %v; want %d, %d", offset, size, err, at, len(data))
		}
		index := strings.Index(program, indexHead)
		changed := program[:index] + "X" + program[index+1:]
		_, offset, size, err = FindIn(strings.NewReader(changed), int64(len(changed)))
		if !errors.Is(err, ErrID) || offset != at || size != int64(len(data)) {
			t.Errorf("damaged: %d, %d bytes, %v; want %d, %d", offset, size, err, at, len(data))
		}
	}
	none := embedding(100, "")
	if _, _, _, err := FindIn(strings.NewReader(none), int64(len(none))); !errors.Is(err, ErrNotPayload) {
		t.Error(err)
	}
}
