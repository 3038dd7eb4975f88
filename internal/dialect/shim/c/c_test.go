package c

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"github.com/llgo-pypack/llgo-pypack/internal/dialect"
	"github.com/llgo-pypack/llgo-pypack/internal/pythontest/goapi"
)

// TestAPI compares what the package exports with upstream's declarations, less
// what is listed as unsupported.
func TestAPI(t *testing.T) {
	golden, err := os.ReadFile("testdata/api.golden")
	if err != nil {
		t.Fatal(err)
	}
	got, err := goapi.Exported(".")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, line := range strings.Split(strings.TrimSpace(string(golden)), "\n") {
		name, _, _ := strings.Cut(strings.TrimPrefix(line, "func "), "(")
		if dialect.Unsupported[name] == "" {
			want = append(want, line)
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("exported:\n%s\nupstream:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func equal(t *testing.T, got, want any) {
	t.Helper()
	if got != want {
		t.Errorf("got %v (%T), want %v (%T)", got, got, want, want)
	}
}

func TestStrings(t *testing.T) {
	s := Str("hello, world")
	equal(t, s, Str("hello, world")) // one pointer per literal
	equal(t, Strlen(s), uintptr(12))
	equal(t, GoString(s), "hello, world")
	equal(t, GoString(s, 4), "hell")
	equal(t, GoString(nil), "")
	equal(t, *GoStringData("xyz"), Char('x'))
	equal(t, GoString(Strchr(s, 'o')), "o, world")
	equal(t, GoString(Strrchr(s, 'o')), "orld")
	equal(t, Strchr(s, 'z') == nil, true)
	equal(t, GoString(Strchr(s, 0)), "")
	equal(t, GoString(Strstr(s, Str("wor"))), "world")
	equal(t, Strstr(s, Str("")), s)
	equal(t, Strstr(s, Str("x")) == nil, true)
	equal(t, Strcmp(Str("abc"), Str("abd")) < 0, true)
	equal(t, Strcmp(Str("\xff"), Str("a")) > 0, true) // as unsigned bytes
	equal(t, Strncmp(Str("abc"), Str("abd"), 2), Int(0))
}

func TestStringsInto(t *testing.T) {
	buf := (*Char)(Alloca(32))
	Strcpy(buf, Str("ab"))
	Strcat(buf, Str("cd"))
	Strncat(buf, Str("efgh"), 2)
	equal(t, GoString(buf), "abcdef")
	Strncpy(buf, Str("xy"), 5)
	equal(t, string(region(Pointer(buf), 6)), "xy\x00\x00\x00f")
	Strncpy(buf, Str("12345678"), 3)
	equal(t, GoString(buf, 3), "123")
}

func TestStrdup(t *testing.T) {
	p := Strdup(Str("copy"))
	equal(t, GoString(p), "copy")
	Free(Pointer(p))
	p = Strndup(Str("copy"), 2)
	equal(t, GoString(p), "co")
	Free(Pointer(p))
}

func TestStrtok(t *testing.T) {
	line := AllocaCStr("a b,c")
	var tokens []string
	for p := Strtok(line, Str(" ,")); p != nil; p = Strtok(nil, Str(" ,")) {
		tokens = append(tokens, GoString(p))
	}
	equal(t, strings.Join(tokens, "|"), "a|b|c")
}

func TestAtoi(t *testing.T) {
	for text, want := range map[string]Int{"42": 42, " \t-7x": -7, "+3": 3, "": 0, "x": 0, "-": 0} {
		equal(t, Atoi(AllocaCStr(text)), want)
	}
}

func TestMemory(t *testing.T) {
	p := Malloc(16)
	Memset(p, 'a', 15)
	Memcpy(unsafe.Add(p, 4), Pointer(GoStringData("xyz")), 3)
	equal(t, string(region(p, 8)), "aaaaxyza")
	Memmove(unsafe.Add(p, 5), unsafe.Add(p, 4), 3)
	equal(t, string(region(p, 9)), "aaaaxxyza")
	equal(t, Memchr(p, 'y', 15), unsafe.Add(p, 6))
	equal(t, Memchr(p, 'q', 15), Pointer(nil))
	equal(t, Memcmp(p, unsafe.Add(p, 1), 3), Int(0))
	equal(t, Memcmp(p, unsafe.Add(p, 4), 1) < 0, true)
	p = Realloc(p, 4096)
	equal(t, string(region(p, 4)), "aaaa")
	Free(p)
	p = Calloc(2, 8)
	equal(t, Memcmp(p, Alloca(16), 16), Int(0))
	Free(p)
}

func TestPointers(t *testing.T) {
	array := [4]int32{10, 20, 30, 40}
	equal(t, *Advance(&array[0], 2), int32(30))
	equal(t, *Advance(&array[3], -1), int32(30))
	equal(t, Index(&array[0], uint64(3)), int32(40))
	equal(t, Advance(Pointer(&array[0]), 4), Pointer(&array[1]))
	p := AllocaNew[[3]string]()
	p[1] = "x"
	equal(t, *p, [3]string{"", "x", ""})
	words := AllocaCStrs([]string{"a", "bc"}, true)
	equal(t, GoString(Index(words, 1)), "bc")
	equal(t, Index(words, 2) == nil, true)
}

// TestAllocaIsKept checks that strings of an array live as long as the array.
func TestAllocaIsKept(t *testing.T) {
	words := AllocaCStrs([]string{strings.Repeat("x", 100)}, false)
	for i := 0; i < 3; i++ {
		runtime.GC()
		_ = make([]byte, 1<<20)
	}
	equal(t, GoString(*words), strings.Repeat("x", 100))
}

func TestQsort(t *testing.T) {
	type pair struct{ key, order int32 }
	var a [100]pair
	for i := range a {
		a[i] = pair{int32(i * 37 % 10), int32(i)}
	}
	Qsort(Pointer(&a[0]), uintptr(len(a)), unsafe.Sizeof(a[0]), func(x, y Pointer) Int {
		return (*pair)(x).key - (*pair)(y).key
	})
	for i := 1; i < len(a); i++ {
		if a[i-1].key > a[i].key || a[i-1].key == a[i].key && a[i-1].order >= a[i].order {
			t.Fatalf("%v before %v", a[i-1], a[i])
		}
	}
	Qsort(nil, 0, 4, nil)
}

func compare(a, b Pointer) Int { return *(*Int)(a) - *(*Int)(b) }

// TestFunc lets the C library call Go.
func TestFunc(t *testing.T) {
	qsort := function{name: "qsort"}
	a := [5]Int{3, 1, 2, 5, 4}
	f := Func(compare)
	qsort.call(uintptr(unsafe.Pointer(&a[0])), 5, 4, uintptr(f))
	equal(t, a, [5]Int{1, 2, 3, 4, 5})
	equal(t, Func(compare), f) // no second callback for the same function
}

func TestFiles(t *testing.T) {
	name := AllocaCStr(filepath.Join(t.TempDir(), "é file"))
	fp := Fopen(name, Str("w+"))
	if fp == nil {
		t.Fatal("fopen failed")
	}
	equal(t, Fputs(Str("abc"), fp) >= 0, true)
	equal(t, Fputc('!', fp), Int('!'))
	equal(t, Fwrite(Pointer(GoStringData("xyz")), 1, 3, fp), uintptr(3))
	equal(t, Fprintf(fp, Str("%03d"), 7), Int(3))
	equal(t, Fflush(fp), Int(0))
	content, _ := os.ReadFile(GoString(name))
	equal(t, string(content), "abc!xyz007")
	equal(t, Fclose(fp), Int(0))
	fp = Fopen(name, Str("r"))
	buf := Alloca(16)
	equal(t, Fread(buf, 1, 16, fp), uintptr(10))
	equal(t, GoString((*Char)(buf)), "abc!xyz007")
	equal(t, Fclose(fp), Int(0))
	equal(t, Fopen(Str("/no such dir/file"), Str("r")) == nil, true)
	equal(t, errno.Load(), int32(2)) // ENOENT
	equal(t, GoString(Strerror(2)), "No such file or directory")
}

func TestProcess(t *testing.T) {
	equal(t, int(Argc), len(os.Args))
	equal(t, GoString(*Argv), os.Args[0])
	equal(t, Usleep(1), Int(0))
	equal(t, Rand() >= 0, true)
}

func TestGetopt(t *testing.T) {
	argv := AllocaCStrs([]string{"prog", "-a", "file", "-b", "value", "-x"}, true)
	Optind, Opterr = 1, 0
	var seen []string
	for {
		r := Getopt(6, argv, Str("ab:"))
		if r == -1 {
			break
		}
		seen = append(seen, string(rune(r))+GoString(Optarg))
	}
	rest := GoString(Index(argv, Optind))
	equal(t, strings.Join(seen, " "), getoptSeen)
	equal(t, rest, "file")
	if runtime.GOOS == "linux" {
		equal(t, Optopt, Int('x'))
	}
}

func TestGetoptLong(t *testing.T) {
	argv := AllocaCStrs([]string{"prog", "--name=x", "-size", "3"}, true)
	var flag, index Int
	options := []Option{
		{Name: Str("name"), HasArg: 1, Val: 'n'},
		{Name: Str("size"), HasArg: 1, Flag: &flag, Val: 7},
		{},
	}
	Optind = 0 // start again
	equal(t, GetoptLong(4, argv, Str(""), &options[0], &index), Int('n'))
	equal(t, GoString(Optarg), "x")
	equal(t, GetoptLongOnly(4, argv, Str(""), &options[0], &index), Int(0))
	equal(t, GoString(Optarg), "3")
	equal(t, index, Int(1))
	equal(t, flag, Int(7))
	equal(t, GetoptLong(4, argv, Str(""), &options[0], nil), Int(-1))
	equal(t, Optind, Int(4))
}

// TestOutput runs this test again in a process of its own: what is written in four
// ways must come in order through a pipe, and c.Exit must lose nothing.
func TestOutput(t *testing.T) {
	if os.Getenv("C_TEST_OUTPUT") != "" {
		writeOutput()
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestOutput$")
	cmd.Env = append(os.Environ(), "C_TEST_OUTPUT="+filepath.Join(t.TempDir(), "file"))
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 5 {
		t.Errorf("exit: %v, want status 5", err)
	}
	equal(t, string(out), "c 1 go 2 c 3 go 4 c")
	equal(t, stderr.String(), "what: No such file or directory\n")
	content, _ := os.ReadFile(strings.TrimPrefix(cmd.Env[len(cmd.Env)-1], "C_TEST_OUTPUT="))
	equal(t, string(content), "buffered")
}

func writeOutput() {
	Printf(Str("c %d "), 1)
	os.Stdout.WriteString("go 2 ")
	Fputs(Str("c 3 "), Stdout)
	os.Stdout.WriteString("go 4 ")
	Fputc('c', Stdout)
	Fopen(Str("/no such dir/file"), Str("r"))
	Perror(Str("what"))
	Fputs(Str("buffered"), Fopen(Str(os.Getenv("C_TEST_OUTPUT")), Str("w")))
	Exit(5)
}
