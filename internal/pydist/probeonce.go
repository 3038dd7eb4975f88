package pydist

import (
	"context"
	"encoding/json"
	"os"

	"github.com/llgo-pypack/llgo-pypack/internal/kept"
)

// probeOnce is probe for an interpreter of ours: a managed one, or an environment on top
// of it. Nobody changes what lies in the cache under an identity, so what it answered
// once it would answer again, and need not be started for it. An interpreter of a user's
// is asked each time: site customisations, and much else, have a say in its answer.
func probeOnce(ctx context.Context, executable, identity string) (*answer, error) {
	if _, err := os.Stat(executable); err != nil {
		return probe(ctx, executable) // it says what that means
	}
	store, err := kept.Open()
	if err != nil {
		return nil, err
	}
	key := kept.NewKey("interpreter", []byte(probeScript), []byte(executable), []byte(identity))
	var a answer
	if data, ok := store.Bytes(key); ok && json.Unmarshal(data, &a) == nil {
		return &a, a.check()
	}
	told, err := probe(ctx, executable)
	if err != nil {
		return nil, err
	}
	data, err := json.Marshal(told)
	if err != nil {
		return nil, err
	}
	return told, store.KeepBytes(key, data)
}
