package oci

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

const (
	user     = "ci-user"
	password = "s3cr3t/+ p@ss"
	token    = "bearer-token-0123456789"
)

var basic = base64.StdEncoding.EncodeToString([]byte(user + ":" + password))

// login writes docker's configuration for a host, as docker login does.
func login(t *testing.T, host, secret string) {
	t.Helper()
	auth := base64.StdEncoding.EncodeToString([]byte(user + ":" + secret))
	writeConfig(t, map[string]any{"auths": map[string]any{host: map[string]any{"auth": auth}}})
}

func writeConfig(t *testing.T, config map[string]any) {
	t.Helper()
	data, err := json.Marshal(config)
	must(t, err)
	dir := filepath.Join(os.Getenv("HOME"), ".docker")
	must(t, os.MkdirAll(dir, 0o700))
	must(t, os.WriteFile(filepath.Join(dir, "config.json"), data, 0o600))
	t.Setenv("DOCKER_CONFIG", dir)
}

// tells checks all that a person can be shown of an error, with -v too.
func tells(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Fatalf("error %v, want %q", err, want)
	}
	text := err.Error()
	if e, ok := err.(interface{ Hint() string }); ok {
		text += "\n" + e.Hint()
	}
	if e, ok := err.(interface{ Detail() string }); ok {
		text += "\n" + e.Detail()
	}
	for _, secret := range []string{password, basic, token, "wrong-secret", base64.StdEncoding.EncodeToString([]byte(user + ":wrong-secret"))} {
		if strings.Contains(text, secret) {
			t.Errorf("a secret is shown: %s", text)
		}
	}
	oneClearLine(t, err)
	t.Log(text)
}

// guarded wants the user's password, or the token of the realm, for everything.
type guarded struct {
	next   http.Handler
	realm  string // "" for basic authentication
	denied atomic.Int64
}

func (g *guarded) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	want, challenge := "Basic "+basic, `Basic realm="registry"`
	if g.realm != "" {
		want, challenge = "Bearer "+token, fmt.Sprintf("Bearer realm=%q,service=\"registry\"", g.realm)
	}
	if got := req.Header.Get("Authorization"); got != want {
		g.denied.Add(1)
		w.Header().Set("WWW-Authenticate", challenge)
		w.WriteHeader(http.StatusUnauthorized)
		// What a registry is sent it may repeat.
		fmt.Fprintf(w, `{"errors":[{"code":"UNAUTHORIZED","message":%q}]}`, "who is "+got+"? "+decode(got))
		return
	}
	g.next.ServeHTTP(w, req)
}

func decode(header string) string {
	plain, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(header, "Basic "))
	return string(plain)
}

// roundTrip pushes and pulls.
func roundTrip(t *testing.T, host string) error {
	t.Helper()
	mine, theirs := newStore(t), newStore(t)
	e := add(t, mine, "tool", "1", files{"a": noise(1, 200_000), "b": "b"})
	if _, err := connect(t, host).Push(t.Context(), mine, []*store.Entry{e}); err != nil {
		return err
	}
	if _, err := connect(t, host).Pull(t.Context(), theirs, []string{e.ID()}); err != nil {
		return err
	}
	same(t, mine, theirs, e)
	return nil
}

func TestPasswordOfDockersConfiguration(t *testing.T) {
	quiet(t)
	host := serve(t, &guarded{next: memoryRegistry()})
	tells(t, roundTrip(t, host), "refuses")
	login(t, host, "wrong-secret")
	tells(t, roundTrip(t, host), "refuses")
	login(t, host, password)
	must(t, roundTrip(t, host))
}

func TestCredentialHelper(t *testing.T) {
	quiet(t)
	host := serve(t, &guarded{next: memoryRegistry()})
	bin := t.TempDir()
	helper := fmt.Sprintf("#!/bin/sh\necho '{\"ServerURL\":\"%s\",\"Username\":\"%s\",\"Secret\":\"%s\"}'\n", host, user, password)
	must(t, os.WriteFile(filepath.Join(bin, "docker-credential-ours"), []byte(helper), 0o755))
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	writeConfig(t, map[string]any{"credHelpers": map[string]any{host: "ours"}})
	must(t, roundTrip(t, host))
}

// tokens is a token service at a host of its own.
func tokens(t *testing.T, answer func(w http.ResponseWriter, req *http.Request)) (realm string) {
	t.Helper()
	return "http://" + serve(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Header.Get("Authorization") != "Basic "+basic {
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, "no: "+req.Header.Get("Authorization")+decode(req.Header.Get("Authorization")))
			return
		}
		answer(w, req)
	})) + "/token"
}

func TestTokenService(t *testing.T) {
	quiet(t)
	g := &guarded{next: memoryRegistry()}
	host := serve(t, g)
	g.realm = tokens(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, `{"token":%q}`, token) })
	login(t, host, "wrong-secret")
	tells(t, roundTrip(t, host), "refuses")
	login(t, host, password)
	must(t, roundTrip(t, host))

	// One that makes no sense, with the secrets in it.
	g.realm = tokens(t, func(w http.ResponseWriter, req *http.Request) {
		fmt.Fprintf(w, `{"not a token":%q,"password":%q}`, req.Header.Get("Authorization"), decode(req.Header.Get("Authorization")))
	})
	tells(t, roundTrip(t, host), "no token")
}

// A registry that repeats in its errors what it was sent.
func TestErrorsQuoteNoSecrets(t *testing.T) {
	quiet(t)
	g := &guarded{next: http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Path == "/v2/" {
			return
		}
		w.WriteHeader(http.StatusBadRequest)
		got := req.Header.Get("Authorization")
		fmt.Fprintf(w, `{"errors":[{"code":"DENIED","message":%q,"detail":%q}]}`, got+" "+decode(got), decode(got))
	})}
	host := serve(t, g)
	login(t, host, password)
	tells(t, roundTrip(t, host), "DENIED")
	g.realm = tokens(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, `{"token":%q}`, token) })
	tells(t, roundTrip(t, host), "Bad Request")
}

// Blobs may lie elsewhere, where the credentials do not go.
func TestRedirectionGetsNoCredentials(t *testing.T) {
	for _, bearer := range []bool{false, true} {
		quiet(t)
		inner := memoryRegistry()
		var leaked, asked atomic.Int64
		elsewhere := serve(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			asked.Add(1)
			if req.Header.Get("Authorization") != "" || req.Header.Get("Cookie") != "" {
				leaked.Add(1)
			}
			inner.ServeHTTP(w, req)
		}))
		g := &guarded{next: http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			if req.Method == http.MethodGet && strings.Contains(req.URL.Path, "/blobs/") {
				http.Redirect(w, req, "http://"+elsewhere+req.URL.Path, http.StatusTemporaryRedirect)
				return
			}
			inner.ServeHTTP(w, req)
		})}
		host := serve(t, g)
		if bearer {
			g.realm = tokens(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, `{"token":%q}`, token) })
		}
		login(t, host, password)
		must(t, roundTrip(t, host))
		if asked.Load() == 0 || leaked.Load() != 0 {
			t.Errorf("bearer %v: %d requests elsewhere, %d of them with credentials", bearer, asked.Load(), leaked.Load())
		}
	}
}

// A host that a blob is redirected to must not get the token by asking for one.
func TestRedirectedHostCannotAskForTheToken(t *testing.T) {
	quiet(t)
	inner := memoryRegistry()
	var leaked atomic.Int64
	elsewhere := serve(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Header.Get("Authorization") != "" {
			leaked.Add(1)
		}
		w.Header().Set("WWW-Authenticate", `Bearer realm="http://`+req.Host+`/token"`)
		w.WriteHeader(http.StatusUnauthorized)
	}))
	g := &guarded{next: http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method == http.MethodGet && strings.Contains(req.URL.Path, "/blobs/") {
			http.Redirect(w, req, "http://"+elsewhere+req.URL.Path, http.StatusTemporaryRedirect)
			return
		}
		inner.ServeHTTP(w, req)
	})}
	host := serve(t, g)
	g.realm = tokens(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, `{"token":%q}`, token) })
	login(t, host, password)
	tells(t, roundTrip(t, host), "refuses")
	if leaked.Load() != 0 {
		t.Errorf("%d requests with credentials", leaked.Load())
	}
}

// A registry cannot have the credentials sent over plain http.
func TestTokenServiceOverPlainHTTP(t *testing.T) {
	quiet(t)
	host := serve(t, &guarded{next: memoryRegistry(), realm: "http://192.0.2.1/token"})
	login(t, host, password)
	tells(t, roundTrip(t, host), "would be asked by http")
}
