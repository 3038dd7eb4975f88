// Requests speaks TLS with a server of the Go side, and certifi has its certificates.
//
// Requires: requests certifi
package main

import (
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"

	"github.com/goplus/lib/c"
	"github.com/goplus/lib/py"
)

func main() {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"path": %q, "agent": %q}`, r.URL.Path, r.UserAgent()[:15])
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it would tell of the client that refuses
	server.StartTLS()
	defer server.Close()
	dir, err := os.MkdirTemp("", "certificate")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "ca.pem")
	block := &pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}
	if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
		panic(err)
	}
	py.RunSimpleString(c.Str(`
import ssl
import certifi
import requests
context = ssl.create_default_context(cafile=certifi.where())
print("certificates", len(context.get_ca_certs()) > 50)
def fetch(url, verify):
    try:
        return requests.get(url + "/größe", verify=verify, timeout=20).json()
    except requests.exceptions.SSLError as err:
        return "refused: " + ("CERTIFICATE_VERIFY_FAILED" in str(err) and "certificate")
`))
	fetch := py.ImportModule(c.Str("__main__")).GetAttrString(c.Str("fetch"))
	for _, verify := range []*py.Object{py.FromGoString(file), py.List(true).ListItem(0)} {
		fmt.Println(c.GoString(fetch.CallFunctionObjArgs(py.FromGoString(server.URL), verify, nil).Str().CStr()))
	}
}

// Output:
// certificates True
// {'path': '/größe', 'agent': 'python-requests'}
// refused: certificate
