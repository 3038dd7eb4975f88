package section

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// asProgram makes a copy of this test print what it carries.
const asProgram = "LLGO_PY_TEST_SECTION"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) == "" {
		os.Exit(m.Run())
	}
	archive, err := Own()
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	data, err := io.ReadAll(archive)
	archive.Close()
	_, closed := archive.ReadAt(data, 0)
	fmt.Printf("%s %v %v", data, err, closed != nil)
}

// TestOwn: a program finds its own archive, whatever it is called and wherever it was
// started, and says in one line if it has none.
func TestOwn(t *testing.T) {
	f := program(t)
	name := f.Name()
	f.Close() // a file that is open for writing cannot be executed
	cmd := exec.Command(name)
	cmd.Args, cmd.Dir, cmd.Env = []string{"/bin/sh"}, t.TempDir(), []string{asProgram + "=1"}
	if out, err := cmd.CombinedOutput(); err != nil || string(out) != content+" <nil> true" {
		t.Errorf("%s, %v", out, err)
	}
	cmd = exec.Command(executable(t))
	cmd.Env = []string{asProgram + "=1"}
	if out, err := cmd.CombinedOutput(); err == nil || string(out) != ErrNone.Error()+"\n" {
		t.Errorf("%s, %v", out, err)
	}
}

// TestOpenRefuses what is not there, and reads to the end and no further.
func TestOpenRefuses(t *testing.T) {
	if _, err := open(t.TempDir() + "/none"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	f := program(t)
	archive, err := open(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	var b strings.Builder
	if _, err := io.Copy(&b, archive); err != nil || b.String() != content {
		t.Errorf("%q, %v", b.String(), err)
	}
	if err := f.Truncate(5000); err != nil {
		t.Fatal(err)
	}
	if n, err := archive.ReadAt(make([]byte, 10), 0); n != 0 || err != io.EOF {
		t.Errorf("cut: %d bytes, %v", n, err)
	}
}
