package modulefile

import (
	"os"
	"strings"
	"testing"
)

// What a shell exports must not decide what the interpreters of the tests do.
func TestMain(m *testing.M) {
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "PYTHON") {
			os.Unsetenv(name)
		}
	}
	os.Exit(m.Run())
}
