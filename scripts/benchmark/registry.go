package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"path/filepath"
	"sync/atomic"

	"github.com/google/go-containerregistry/pkg/registry"
)

// registry pushes a program to a registry, then the same after a change of its code,
// and pulls both into another store, and counts what is moved.
func (c *copying) registry(ctx context.Context) error {
	counted := &counting{next: registry.New(registry.Logger(log.New(io.Discard, "", 0)))}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: counted}
	go func() { _ = server.Serve(listener) }()
	defer server.Close()
	repository := fmt.Sprintf("oci://%s/programs", listener.Addr())
	here, there := filepath.Join(c.work, "data of ten"), filepath.Join(c.work, "data there")

	for i, name := range []string{sharedApp + "0", sharedApp + "1"} {
		size, _, err := weigh(filepath.Join(c.work, "ten", name, "out"))
		if err != nil {
			return err
		}
		for _, step := range []struct{ what, data string }{{"push", here}, {"pull", there}} {
			counted.bytes.Store(0)
			if err := c.with(ctx, step.data, "store", step.what, repository, name); err != nil {
				return err
			}
			what := step.what + " of a program with numpy"
			if i > 0 {
				what = step.what + " of one whose own code is another"
			}
			c.Moved = append(c.Moved, moving{what, size, counted.bytes.Load()})
		}
	}
	return nil
}

// counting counts the bytes of what it is sent, and of what it answers.
type counting struct {
	next  http.Handler
	bytes atomic.Int64
}

func (c *counting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = &countedBody{r.Body, &c.bytes}
	c.next.ServeHTTP(&countedAnswer{w, &c.bytes}, r)
}

type countedBody struct {
	io.ReadCloser
	bytes *atomic.Int64
}

func (b *countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.bytes.Add(int64(n))
	return n, err
}

type countedAnswer struct {
	http.ResponseWriter
	bytes *atomic.Int64
}

func (a *countedAnswer) Write(p []byte) (int, error) {
	n, err := a.ResponseWriter.Write(p)
	a.bytes.Add(int64(n))
	return n, err
}
