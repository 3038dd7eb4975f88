package pyinit

import (
	"os/exec"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/settings"
	"github.com/llgo-pypack/llgo-pypack/internal/pythontest"
)

func TestArenas(t *testing.T) {
	eachPython(t, func(t *testing.T, exe string, _ settings.Settings) {
		want(t, run(t, exec.Command(exe, "code", pythontest.ArenaChecks)), 0, pythontest.ArenasPopulated)
	})
}
