package check

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/check/checktest"
	"github.com/llgo-pypack/llgo-pypack/internal/check/facts"
	"github.com/llgo-pypack/llgo-pypack/internal/check/finding"
	"github.com/llgo-pypack/llgo-pypack/internal/check/render"
)

// broken is a wheel for macOS held to an older one, so that there is something to find.
func broken(t *testing.T) Options {
	t.Helper()
	opts := options(t, false, wheel(t, "markupsafe==3.0.3", macARM), wheel(t, "markupsafe==3.0.3", linuxX86))
	var err error
	if opts.Target, err = opts.Policy.ParseTarget("glibc:2.5"); err != nil {
		t.Fatal(err)
	}
	return opts
}

func rendered(t *testing.T, format string, opts Options) (string, *finding.Summary) {
	t.Helper()
	var out bytes.Buffer
	h, err := render.New(format, &out)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := Run(t.Context(), opts, h)
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), sum
}

// TestSameBytes: two runs say the same, byte for byte, in each format.
func TestSameBytes(t *testing.T) {
	for _, format := range render.Formats() {
		first, sum := rendered(t, format, broken(t))
		second, _ := rendered(t, format, broken(t))
		if first != second || first == "" {
			t.Errorf("%s:\n%s\nand then:\n%s", format, first, second)
		}
		if !sum.Failed || sum.Errors < 2 || sum.Containers != 2 {
			t.Errorf("%+v", sum)
		}
	}
}

// TestBaseline: what a baseline accepts does not fail; what nothing is found for any
// more is counted.
func TestBaseline(t *testing.T) {
	var file bytes.Buffer
	opts := broken(t)
	if _, err := Run(t.Context(), opts, NewBaselineWriter(&file)); err != nil {
		t.Fatal(err)
	}
	name := checktest.Write(t, "known.json", file.Bytes())
	accept := func(text string) *finding.Summary {
		t.Helper()
		var err error
		if opts.Baseline, err = ReadBaseline(checktest.Write(t, "known.json", []byte(text))); err != nil {
			t.Fatal(err)
		}
		_, sum := rendered(t, "text", opts)
		return sum
	}
	if sum := accept(file.String()); sum.Failed || sum.Errors != 0 || sum.Known < 2 || sum.Stale != 0 {
		t.Errorf("everything is known, and still: %+v\n%s", sum, checktest.Read(t, name))
	}
	any := `{"version": 1, "findings": [
		{"rule": "glibc-floor", "container": "markupsafe-*.whl", "path": "markupsafe/*.so", "subject": "GLIBC_*"},
		{"rule": "libc-other", "container": "*", "path": "*", "subject": ""}]}`
	if sum := accept(any); sum.Known < 1 || sum.Stale != 1 {
		t.Errorf("with patterns: %+v", sum)
	}
	for _, bad := range []string{"", "[]", `{"version": 2, "findings": []}`, `{"version": 1, "finding": []}`, `{"version": 1, "findings": [{"path": "["}]}`} {
		if _, err := ReadBaseline(checktest.Write(t, "bad.json", []byte(bad))); err == nil {
			t.Errorf("%s is a baseline", bad)
		}
	}
}

// TestFailOn: a warning fails when it is asked to.
func TestFailOn(t *testing.T) {
	path := macho("psycopg2-binary==2.9.13", ".dylibs/libpq.5.dylib", nil)(t)
	opts := options(t, false, path)
	warn := finding.Finding{Rule: finding.RunOutside, Severity: finding.Warning, Container: path, Text: "something"}
	opts.Start = func(context.Context, *facts.Container) ([]finding.Finding, error) {
		return []finding.Finding{warn}, nil
	}
	for _, c := range []struct {
		failOn finding.Severity
		known  bool
	}{{finding.Error, false}, {finding.Warning, true}} {
		opts.FailOn = c.failOn
		_, sum := rendered(t, "text", opts)
		if want := sum.Errors > 0 || c.known; sum.Failed != want {
			t.Errorf("fail on %s: %+v", c.failOn, sum)
		}
	}
	opts.Start = func(context.Context, *facts.Container) ([]finding.Finding, error) { return nil, errors.New("no") }
	if _, err := Run(t.Context(), opts, &recorder{}); err == nil {
		t.Error("a failure of --run is no failure")
	}
}

// TestPages: every rule says what, why and how, in a text that fits a terminal.
func TestPages(t *testing.T) {
	for _, r := range Rules() {
		page, err := Explain(r.ID)
		if err != nil || r.What == "" || r.Why == "" || r.Mend == "" {
			t.Errorf("%s: %v %+v", r.ID, err, r)
		}
		for _, line := range strings.Split(page, "\n") {
			if len([]rune(line)) > 80 && strings.Contains(strings.TrimSpace(line), " ") {
				t.Errorf("%s: %d columns: %s", r.ID, len([]rune(line)), line)
			}
		}
		if !strings.HasSuffix(r.What, ".") {
			t.Errorf("%s: %q is no sentence", r.ID, r.What)
		}
	}
	if _, err := Explain("nothing"); err == nil {
		t.Error("there is a page for nothing")
	}
}

// TestCommand: the command itself: exit codes, two formats at once, files in their
// place only when the check is over.
func TestCommand(t *testing.T) {
	llgo, dir := checktest.LLGo(t), t.TempDir()
	file := wheel(t, "markupsafe==3.0.3", linuxX86)
	code := func(args ...string) (int, string) {
		t.Helper()
		cmd := exec.Command(llgo, append([]string{"py", "check"}, args...)...)
		cmd.Dir = dir
		out, err := cmd.Output()
		if cmd.ProcessState == nil {
			t.Fatal(err)
		}
		return cmd.ProcessState.ExitCode(), string(out)
	}
	if got, out := code("--format", "text", "--format", "sarif=check.sarif", file); got != 0 || !strings.Contains(out, "fits manylinux_2_14_x86_64") {
		t.Errorf("exit code %d\n%s", got, out)
	}
	sarif := checktest.Read(t, filepath.Join(dir, "check.sarif"))
	if !bytes.Contains(sarif, []byte(`"version": "2.1.0"`)) {
		t.Errorf("%s", sarif)
	}
	if got, out := code("--target", "glibc:2.5", "--write-baseline", "known.json", "--format", "github", file); got != 3 || !strings.Contains(out, "::error file=") {
		t.Errorf("exit code %d\n%s", got, out)
	}
	if got, out := code("--target", "glibc:2.5", "--baseline", "known.json", file); got != 0 {
		t.Errorf("with a baseline: exit code %d\n%s", got, out)
	}
	if got, _ := code("--format", "sarif=check.sarif", filepath.Join(dir, "nothing")); got != 1 {
		t.Errorf("nothing there: exit code %d", got)
	}
	if again := checktest.Read(t, filepath.Join(dir, "check.sarif")); !bytes.Equal(sarif, again) {
		t.Error("a check that failed changed the file")
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 {
		t.Errorf("%v %v", entries, err)
	}
}
