package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"llgo": func() { os.Exit(Main(os.Args[1:])) },
	})
}

// The scripts in testdata/script say what the command line does, topic by topic.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		// Scripts find no llgo but those they make.
		Setup: func(env *testscript.Env) error {
			env.Setenv("LLGO_BIN", "")
			first := filepath.SplitList(env.Getenv("PATH"))[0]
			env.Setenv("LLGO_SELF", filepath.Join(first, "llgo"))
			return nil
		},
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"entry": entryCommand},
		RequireExplicitExec: true,
	})
}

func TestHasPyFlag(t *testing.T) {
	for _, test := range []struct {
		args []string
		want bool
	}{
		{[]string{"--py-onedir"}, true},
		{[]string{"-v", "-py-onedir", "."}, true},
		{[]string{"-o", "x", "--py-compiler=go"}, true},
		{[]string{"-v", "."}, false},
		{[]string{"./--py-dir"}, false},
		{[]string{"--", "--py-onedir"}, false},
		{nil, false},
	} {
		if got := hasPyFlag(test.args); got != test.want {
			t.Errorf("hasPyFlag(%q) = %v", test.args, got)
		}
	}
}
