package bootstrap_test

import (
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/pythontest"
)

func TestArenas(t *testing.T) {
	o := scenario(t, "code", pythontest.ArenaChecks)
	if want := pythontest.ArenasPopulated + "status 0\n"; o.stdout != want || o.code != 0 {
		t.Errorf("exit status %d\n%s%s\nwant\n%s", o.code, o.stdout, o.stderr, want)
	}
}
