package acceptance

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/registry"

	"github.com/llgo-pypack/llgo-pypack/internal/elftest"
)

const (
	registryUser     = "ci-user"
	registryPassword = "s3cr3t-p@ssw0rd"
)

// privateRegistry is a registry on loopback that wants a password, and repeats in its
// refusals what it was sent.
func privateRegistry(t *testing.T) (host string) {
	t.Helper()
	inner := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		user, password, _ := req.BasicAuth()
		if user == registryUser && password == registryPassword {
			inner.ServeHTTP(w, req)
			return
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="team"`)
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprintf(w, `{"errors":[{"code":"UNAUTHORIZED","message":%q}]}`, "not "+password+" "+req.Header.Get("Authorization"))
	}))
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// teammate is a desk of somebody who is logged in to a registry.
type teammate struct {
	desk
	home   string
	host   string
	output strings.Builder // everything that was printed
}

func newTeammate(t *testing.T, host, password string) *teammate {
	t.Helper()
	base := t.TempDir()
	m := &teammate{desk: desk{t: t, data: filepath.Join(base, "data")}, home: base, host: host}
	t.Cleanup(func() { _ = exec.Command("chmod", "-R", "u+w", m.data).Run() })
	auth := base64.StdEncoding.EncodeToString([]byte(registryUser + ":" + password))
	config, err := json.Marshal(map[string]any{"auths": map[string]any{host: map[string]any{"auth": auth}}})
	must(t, err)
	must(t, os.MkdirAll(filepath.Join(base, ".docker"), 0o700))
	must(t, os.WriteFile(filepath.Join(base, ".docker", "config.json"), config, 0o600))
	return m
}

// store runs llgo py store.
func (m *teammate) store(args ...string) result {
	m.t.Helper()
	cmd := exec.Command(llgo, append([]string{"py", "store"}, args...)...)
	cmd.Env = append(os.Environ(), "LLGO_PY_DATA="+m.data, "LLGO_PY_CACHE="+cacheRoot(), "HOME="+m.home, "DOCKER_CONFIG="+filepath.Join(m.home, ".docker"))
	r := start(m.t, cmd)
	m.output.WriteString(r.stdout + r.stderr)
	return r
}

// must is store where nothing may go wrong.
func (m *teammate) must(args ...string) result {
	m.t.Helper()
	r := m.store(args...)
	if r.code != 0 {
		m.t.Fatalf("llgo py store %s: %v", strings.Join(args, " "), r)
	}
	return r
}

// A store is shared through a registry: pushed, pulled, repaired, kept in step; with
// credentials that nothing prints.
func TestStoreThroughARegistry(t *testing.T) {
	t.Parallel()
	host := privateRegistry(t)
	address := "oci://" + host + "/team/store"
	one, two := newTeammate(t, host, registryPassword), newTeammate(t, host, registryPassword)
	src := t.TempDir()
	must(t, os.MkdirAll(filepath.Join(src, "bin"), 0o755))
	must(t, os.MkdirAll(filepath.Join(src, "lib"), 0o755))
	elftest.Write(t, filepath.Join(src, "lib", "libgreet.so.1"), elftest.Image{SONAME: "libgreet.so.1"})
	elftest.Write(t, filepath.Join(src, "bin", "greet"), elftest.Image{Needed: []string{"libgreet.so.1"}, Message: "hello\n"})
	one.must("add", filepath.Join(src, "lib", "libgreet.so.1"))
	one.must("add", "-version", "1.0", filepath.Join(src, "bin", "greet"))

	pushed := one.must("push", "-v", address, "greet")
	if !strings.Contains(pushed.stderr, "libgreet") || !strings.Contains(pushed.stderr, "sent") {
		t.Errorf("pushed: %v", pushed)
	}
	if r := one.must("push", address, "greet"); !strings.Contains(r.stderr, "is there already") {
		t.Errorf("pushed again: %v", r)
	}
	two.must("pull", "-v", address, "greet,1")
	two.must("gc")
	two.must("verify")

	two.llgo("env", "create", "tools", "greet")
	object := firstObject(t, two.data)
	flipByte(t, object)
	if r := two.store("verify"); r.code == 0 || !strings.Contains(r.stdout, filepath.Base(object)) {
		t.Errorf("verify of a flipped byte: %v", r)
	}
	if r := two.must("pull", address, "greet"); !strings.Contains(r.stderr, "1 damaged files repaired") {
		t.Errorf("repaired: %v", r)
	}
	two.must("verify")
	two.llgo("env", "upgrade", "tools") // its links were to the damaged file
	if r := start(t, exec.Command(filepath.Join(two.data, "envs", "tools", "current", "bin", "greet"))); r.stdout != "hello\n" {
		t.Errorf("in the environment: %v", r)
	}

	elftest.Write(t, filepath.Join(src, "bin", "greet"), elftest.Image{Needed: []string{"libgreet.so.1"}, Message: "good day\n"})
	two.must("add", "-version", "1.1", filepath.Join(src, "bin", "greet"))
	if r := one.must("sync", "-n", address); r.stdout != "" {
		t.Errorf("sync -n where nothing is to be done: %v", r)
	}
	if r := two.must("sync", "-n", address); !strings.HasPrefix(r.stdout, "push greet,1.1,") || strings.Count(r.stdout, "\n") != 1 {
		t.Errorf("sync -n: %v", r)
	}
	two.must("sync", address)
	if r := one.must("sync", "-json", address, "greet"); !strings.Contains(r.stdout, `"entry":"greet,1.1,`) {
		t.Errorf("sync: %v", r)
	}
	if r := one.store("pull", address, "greet"); r.code == 0 || !strings.Contains(r.stderr, "may mean greet,1.0,") {
		t.Errorf("an ambiguous name: %v", r)
	}

	stranger := newTeammate(t, host, "wrong-secret")
	if r := stranger.store("pull", "-v", address, "greet"); r.code == 0 || !strings.Contains(r.stderr, "docker login "+host) {
		t.Errorf("a wrong password: %v", r)
	}
	if r := stranger.store("pull", "-v", "oci://joe:wrong-secret@"+host+"/team/store", "greet"); r.code == 0 || !strings.Contains(r.stderr, "no credentials") {
		t.Errorf("a password in the address: %v", r)
	}
	for _, m := range []*teammate{one, two, stranger} {
		for _, password := range []string{registryPassword, "wrong-secret"} {
			for _, secret := range []string{password, base64.StdEncoding.EncodeToString([]byte(registryUser + ":" + password))} {
				if strings.Contains(m.output.String(), secret) {
					t.Errorf("a secret is printed:\n%s", m.output.String())
				}
			}
		}
	}
}

// firstObject is a file of the store below data.
func firstObject(t *testing.T, data string) (object string) {
	t.Helper()
	must(t, filepath.WalkDir(filepath.Join(data, "store", "objects"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && object == "" {
			object = path
		}
		return err
	}))
	if object == "" {
		t.Fatal("the store has no objects")
	}
	return object
}

// flipByte changes a byte of a file in place, and nothing else of it, as a disk does.
func flipByte(t *testing.T, name string) {
	t.Helper()
	info, err := os.Stat(name)
	must(t, err)
	data, err := os.ReadFile(name)
	must(t, err)
	data[len(data)/2] ^= 1
	must(t, os.Chmod(name, 0o600))
	must(t, os.WriteFile(name, data, 0o600))
	must(t, os.Chmod(name, info.Mode()))
	must(t, os.Chtimes(name, info.ModTime(), info.ModTime()))
}
