package pyinit

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/settings"
)

// embedding is a program that knows nothing of us and starts Python in one of several
// ways. Its argument is what it runs.
const embedding = `
#include <stdlib.h>
#include <string.h>
typedef struct { int type; const char *function, *message; int status; } PyStatus;
void Py_Initialize(void);
void Py_InitializeEx(int);
PyStatus Py_InitializeFromConfig(const void *);
int Py_InitializeFromInitConfig(void *);
int Py_FinalizeEx(void);
int PyRun_SimpleStringFlags(const char *, void *);

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  char config[1024] = {0};
  if (strcmp(argv[1], "plain") == 0) Py_Initialize();
  if (strcmp(argv[1], "ex") == 0) Py_InitializeEx(0);
  if (strcmp(argv[1], "config") == 0 && Py_InitializeFromConfig(config).type != 0) return 3;
#ifdef INIT_CONFIG
  if (strcmp(argv[1], "initconfig") == 0 && Py_InitializeFromInitConfig(config) != 0) return 4;
#endif
  int status = PyRun_SimpleStringFlags(argv[2], NULL);
  if (argc > 3) return Py_FinalizeEx() < 0 ? 120 : status;
  return status;
}
`

// TestLibrary: a program that was linked with libpython by its full path gets the
// isolated start, however it starts Python, when the library takes libpython's place.
func TestLibrary(t *testing.T) {
	eachPython(t, func(t *testing.T, _ string, python settings.Settings) {
		exe, ways := embedded(t, python)
		for _, way := range ways {
			cmd := checked(exe, exe, python)
			cmd.Args = []string{exe, way, cmd.Args[2], "x", "a b", "ü"}
			cmd.Env = []string{"PYTHONHOME=/nowhere", "PYTHONPATH=/nowhere"}
			want(t, run(t, cmd), 0, "é x a b ü\n")
		}
		o := run(t, exec.Command(exe, "plain", "print('lost?', end='')"))
		want(t, o, 0, "lost?")
		o = run(t, exec.Command(exe, "none", ""))
		if o.code == 0 || strings.Contains(o.stderr, settings.CannotStart) {
			t.Errorf("Python was started although nobody asked: %+v", o)
		}
	})
}

// embedded builds the program beside a link to Python, and says in which ways it can
// start it.
func embedded(t *testing.T, python settings.Settings) (exe string, ways []string) {
	t.Helper()
	cc, dir := needCompiler(t), t.TempDir()
	libDir := filepath.Join(dir, "python", "lib")
	if err := os.MkdirAll(libDir, 0o700); err != nil {
		t.Fatal(err)
	}
	link := func(from, to string) {
		if err := os.Symlink(from, to); err != nil {
			t.Fatal(err)
		}
	}
	libPython := filepath.Join(python.Prefix, python.LibPython)
	link(filepath.Join(python.Prefix, "lib", python.LibDir), filepath.Join(libDir, python.LibDir))
	link(libPython, filepath.Join(libDir, filepath.Base(libPython)))
	link(filepath.Join(python.Prefix, "bin"), filepath.Join(dir, "python", "bin"))
	told := settings.Settings{Minor: python.Minor, LibDir: python.LibDir}
	library, err := CompileLibrary(t.Context(), CC{Command: append(cc[:len(cc):len(cc)], strict...)}, t.TempDir(), told, libPython)
	if err != nil {
		if e, ok := err.(*CompilerError); ok {
			t.Log(e.Said)
		}
		t.Fatal(err)
	}
	link(library, filepath.Join(libDir, LibraryName))
	ways = []string{"plain", "ex", "config"}
	args := append(cc[1:len(cc):len(cc)], "-x", "c", "-", "-x", "none", "-Wl,--no-as-needed", library, libPython,
		"-Wl,-rpath,$ORIGIN/python/lib,--disable-new-dtags", "-o", filepath.Join(dir, "app"))
	if python.Minor == "3.14" {
		ways, args = append(ways, "initconfig"), append(args, "-DINIT_CONFIG")
	}
	cmd := exec.Command(cc[0], args...)
	cmd.Stdin = strings.NewReader(embedding)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return filepath.Join(dir, "app"), ways
}
