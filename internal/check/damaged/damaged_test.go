package damaged

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/llgo-pypack/llgo-pypack/internal/check"
	"github.com/llgo-pypack/llgo-pypack/internal/check/checktest"
	"github.com/llgo-pypack/llgo-pypack/internal/check/facts"
	"github.com/llgo-pypack/llgo-pypack/internal/check/finding"
	"github.com/llgo-pypack/llgo-pypack/internal/check/policy"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/payload"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/section"
)

func TestMain(m *testing.M) { checktest.Main(m) }

// cutPoints is at how many points each file is cut; with LLGO_PY_TEST_FULL more.
func cutPoints() int {
	if os.Getenv("LLGO_PY_TEST_FULL") != "" {
		return 200
	}
	return 50
}

// flips is how many files with random flips are made of all: a few, or as many as
// scripts/fuzz asks for.
func flips(t *testing.T) int {
	text := os.Getenv("LLGO_PY_FUZZ")
	if text == "" {
		return 150
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("LLGO_PY_FUZZ: %v", err)
	}
	return n
}

// A specimen is a good file that is going to be damaged.
type specimen struct {
	name string // with the suffix that the damaged ones get
	data []byte
	own  bool // it is a container by itself
}

func specimens(t *testing.T) []specimen {
	t.Helper()
	wheel := checktest.MarkupSafe(t, checktest.Manylinux)
	elf := checktest.Read(t, checktest.Member(t, wheel, ".so"))
	return []specimen{
		{"elf.so", elf, false},
		{"fat.so", checktest.Read(t, checktest.Member(t, checktest.MarkupSafe(t, checktest.Universal2), ".so")), false},
		{"macho.so", checktest.Read(t, checktest.Member(t, checktest.MarkupSafe(t, checktest.Arm64), ".so")), false},
		{"MarkupSafe-3.0.2-cp313-cp313-manylinux_2_17_x86_64.whl", checktest.Read(t, wheel), true},
		{"onefile", onefile(t, elf, nil), true},
	}
}

// onefile makes a small one: a binary with the payload of a tree in its section. That it
// would not run is nothing a check finds out.
func onefile(t *testing.T, elf []byte, more map[string][]byte) []byte {
	t.Helper()
	manifest := `{"format":"llgo-py-onedir","version":1,"program":"app","python":{"version":"3.14.6"},"files":[]}`
	content := map[string][]byte{
		"manifest.json": []byte(manifest),
		"lib/python3.14/site-packages/speedups.so":   elf,
		"lib/python3.14/os.py":                       bytes.Repeat([]byte("import sys, json\n"), 50),
		"lib/python3.14/site-packages/a/__init__.py": []byte("from . import b\n"),
	}
	maps.Copy(content, more)
	var sources []payload.Source
	for name, data := range content {
		sources = append(sources, payload.Source{Path: name, Mode: 0o644, Open: func() (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(data)), nil
		}})
	}
	archive, err := os.Create(filepath.Join(t.TempDir(), "archive"))
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	program, err := os.OpenFile(checktest.Write(t, "program", elf), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer program.Close()
	_, err = payload.Write(t.Context(), archive, sources, payload.Options{})
	if err == nil {
		_, err = archive.Seek(0, io.SeekStart)
	}
	if err == nil {
		_, err = section.Add(program, archive)
	}
	if err != nil {
		t.Fatal(err)
	}
	return checktest.Read(t, program.Name())
}

// recorder is a handler that remembers findings.
type recorder struct {
	containers int
	findings   []finding.Finding
}

func (r *recorder) Config(*finding.Config) error       { return nil }
func (r *recorder) Container(*finding.Container) error { r.containers++; return nil }
func (r *recorder) Finding(f *finding.Finding) error   { r.findings = append(r.findings, *f); return nil }
func (r *recorder) Verdict(*finding.Verdict) error     { return nil }
func (r *recorder) Summary(*finding.Summary) error     { return nil }

// checkAll checks a path with every reader, Python's too if there is a helper. An error
// is one for people.
func checkAll(t *testing.T, path string, h *helper.Helper) (*recorder, error) {
	t.Helper()
	return checkWithin(t, path, h, 30*time.Second)
}

// checkWithin is checkAll with a time limit for each reader.
func checkWithin(t *testing.T, path string, h *helper.Helper, limit time.Duration) (*recorder, error) {
	t.Helper()
	p, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	r := &recorder{}
	opts := check.Options{
		Paths: []string{path}, Policy: p, FailOn: finding.Error,
		Facts: facts.Options{Helper: h, Timeout: limit, Memory: 512},
	}
	_, err = check.Run(t.Context(), opts, r)
	var clear interface{ Hint() string }
	switch {
	case err != nil && (!errors.As(err, &clear) || clear.Hint() == ""):
		t.Errorf("%s: no clear error: %v", path, err)
	case err != nil:
		readable(t, path, err.Error())
	}
	for i := range r.findings {
		readable(t, path, r.findings[i].Text)
	}
	return r, err
}

// readable checks that a text is one line for people.
func readable(t *testing.T, path, text string) {
	t.Helper()
	if text == "" || len(text) > 2000 || strings.ContainsAny(text, "\n\r\x00") {
		t.Errorf("%s: %q", path, text)
	}
	for _, sign := range []string{"Traceback", "goroutine ", "panic:", "runtime error"} {
		if strings.Contains(text, sign) {
			t.Errorf("%s: %q", path, text)
		}
	}
}

// damagedFiles checks files that are no containers of their own, all at once, and
// returns for each whether anything was found that is not found in the good one.
func damagedFiles(t *testing.T, name string, h *helper.Helper, good []byte, data [][]byte) []bool {
	t.Helper()
	dir := t.TempDir()
	index := map[string]int{}
	data = append(slices.Clone(data), good) // what is found in it anyway is no notice
	for i := range data {
		file := fmt.Sprintf("%04d%s", i, name)
		index[file] = i
		if err := os.WriteFile(filepath.Join(dir, file), data[i], 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r, err := checkAll(t, dir, h)
	if err != nil {
		t.Fatal(err)
	}
	said := make([]map[string]bool, len(data))
	for _, f := range r.findings {
		if i, ok := index[f.Path]; ok {
			if said[i] == nil {
				said[i] = map[string]bool{}
			}
			said[i][f.Rule+" "+f.Subject] = true
		}
	}
	found := make([]bool, len(data)-1)
	for i := range found {
		found[i] = !maps.Equal(said[i], said[len(said)-1])
	}
	return found
}

// damagedContainers checks each file by itself, by Go's readers.
func damagedContainers(t *testing.T, name string, good []byte, data [][]byte) []bool {
	t.Helper()
	dir := t.TempDir()
	checkOne := func(data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o755); err != nil {
			t.Fatal(err)
		}
		r, err := checkAll(t, path, nil)
		text := fmt.Sprint(err)
		for _, f := range r.findings {
			text += "\n" + f.Rule + " " + f.Path + " " + f.Subject
		}
		return text
	}
	anyway := checkOne(good)
	found := make([]bool, len(data))
	for i := range data {
		found[i] = checkOne(data[i]) != anyway
	}
	return found
}

func (s *specimen) check(t *testing.T, h *helper.Helper, data [][]byte) []bool {
	t.Helper()
	if s.own {
		return damagedContainers(t, s.name, s.data, data)
	}
	return damagedFiles(t, s.name, h, s.data, data)
}

func open(t *testing.T) *helper.Helper {
	t.Helper()
	h, err := helper.Open(t.Context(), progress.Discard)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestCuts: every beginning of a file is noticed, but for those that lack nothing that
// anybody reads, and those that are too short to be a binary at all.
func TestCuts(t *testing.T) {
	h, cuts := open(t), cutPoints()
	for _, s := range specimens(t) {
		t.Run(s.name, func(t *testing.T) {
			var data [][]byte
			for i := range cuts {
				data = append(data, s.data[:len(s.data)*i/cuts])
			}
			for i, found := range s.check(t, h, data) {
				if enough := len(data[i]) >= 64 && i < cuts*9/10; !found && (enough || s.own) {
					t.Errorf("cut to %d of %d bytes: nothing found", len(data[i]), len(s.data))
				}
			}
		})
	}
}

// batchSize is how many damaged files are checked at once.
const batchSize = 500

// TestFlips: files with random bytes changed end in findings, or as the good file does.
func TestFlips(t *testing.T) {
	h := open(t)
	all := specimens(t)
	seed := uint64(1)
	if text := os.Getenv("LLGO_PY_FUZZ_SEED"); text != "" {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		seed = n
	}
	each := (flips(t) + len(all) - 1) / len(all)
	for _, s := range all {
		t.Run(s.name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, uint64(len(s.data))))
			noticed, total := 0, 0
			for done := 0; done < each; done += batchSize {
				var data [][]byte
				for range min(batchSize, each-done) {
					data = append(data, flipped(random, s.data))
				}
				for _, found := range s.check(t, h, data) {
					total++
					if found {
						noticed++
					}
				}
			}
			t.Logf("seed %d: %d of %d noticed", seed, noticed, total)
			if noticed == 0 {
				t.Error("not one change was noticed")
			}
		})
	}
	peaks(t)
}

// flipped returns data with one to eight bytes changed, more often where the headers are.
func flipped(random *rand.Rand, data []byte) []byte {
	data = bytes.Clone(data)
	for range 1 + random.IntN(8) {
		at := random.IntN(len(data))
		if random.IntN(2) == 0 {
			at = random.IntN(min(len(data), 2048))
		}
		data[at] = byte(random.Uint32())
	}
	return data
}
