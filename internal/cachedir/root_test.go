package cachedir

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func setRoot(t *testing.T, cache, xdg, home string) {
	t.Setenv(EnvRoot, cache)
	t.Setenv("XDG_CACHE_HOME", xdg)
	t.Setenv("HOME", home)
}

func TestRootPrecedence(t *testing.T) {
	base := t.TempDir()
	own, xdg, home := filepath.Join(base, "own"), filepath.Join(base, "xdg"), filepath.Join(base, "home")
	for _, test := range []struct{ name, cache, xdg, want string }{
		{"variable", own, xdg, own},
		{"xdg", "", xdg, filepath.Join(xdg, "llgo-py")},
		{"relative xdg is ignored", "", "cache", filepath.Join(home, ".cache", "llgo-py")},
		{"home", "", "", filepath.Join(home, ".cache", "llgo-py")},
	} {
		t.Run(test.name, func(t *testing.T) {
			setRoot(t, test.cache, test.xdg, home)
			got, err := Root()
			if err != nil || got != test.want {
				t.Fatalf("Root() = %q, %v; want %q", got, err, test.want)
			}
			for _, name := range []string{"CACHEDIR.TAG", "README"} {
				if _, err := os.Stat(filepath.Join(got, name)); err != nil {
					t.Error(err)
				}
			}
			if info, _ := os.Stat(got); runtime.GOOS != "windows" && info.Mode().Perm() != 0o700 {
				t.Errorf("mode %04o, want 0700", info.Mode().Perm())
			}
		})
	}
}

// wantRefusal checks that Root names the directory and the way out in one line.
func wantRefusal(t *testing.T, dir, reason string) {
	t.Helper()
	_, err := Root()
	if err == nil {
		t.Fatalf("Root() accepted %s", dir)
	}
	for _, part := range []string{dir, EnvRoot, reason} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("more than one line: %q", err)
	}
}

func TestRootRefusesWhatOthersCanWrite(t *testing.T) {
	dir := t.TempDir()
	for _, mode := range []os.FileMode{0o777, 0o770, 0o702} {
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
		setRoot(t, dir, "", "")
		wantRefusal(t, dir, "others may write")
	}
}

func TestRootRefusesSomeoneElsesDirectory(t *testing.T) {
	dir := t.TempDir()
	if os.Geteuid() != 0 {
		dir = "/" // belongs to root, which we are not
	} else if err := os.Chown(dir, 12345, -1); err != nil {
		t.Fatal(err)
	}
	setRoot(t, dir, "", "")
	wantRefusal(t, dir, "belongs to user")
}

func TestRootRefusesARelativeVariable(t *testing.T) {
	setRoot(t, "cache", "", "")
	wantRefusal(t, "cache", "absolute")
}

func TestRootRefusesAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	setRoot(t, file, "", "")
	wantRefusal(t, file, "not a directory")
}
