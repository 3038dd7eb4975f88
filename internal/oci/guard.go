package oci

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// guard is between the library and the network: every request passes it, redirections
// and those to token services included.
type guard struct {
	next    http.RoundTripper
	address Address
	secrets *secrets
	stall   time.Duration // how long an answer may pause
}

// stallLimit is for networks that go away without a word.
const stallLimit = time.Minute

// newGuard has a transport of its own: connections end with it.
func newGuard(a Address, s *secrets) *guard {
	return &guard{address: a, secrets: s, stall: stallLimit, next: &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   2 * jobs,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: 2 * stallLimit, // a registry may store a blob elsewhere before it answers
	}}
}

// RoundTrip implements http.RoundTripper.
func (g *guard) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := g.allow(req); err != nil {
		if req.Body != nil {
			req.Body.Close()
		}
		return nil, err
	}
	g.secrets.learn(req)
	ctx, cancel := context.WithCancelCause(req.Context())
	sent := req.WithContext(ctx)
	if req.Body != nil && req.Body != http.NoBody {
		sent.Body = watchUpload(req.Body, g.stall, cancel)
	}
	resp, err := g.next.RoundTrip(sent)
	if err != nil {
		if context.Cause(ctx) == errStalled {
			err = errStalled
		}
		cancel(nil)
		return nil, err
	}
	resp.Request = req
	left := limitOf(req.Context())
	if resp.StatusCode >= http.StatusMultipleChoices {
		left = maxManifest // why there is no such answer, which may be longer
	}
	resp.Body = &watched{ReadCloser: resp.Body, left: left, ctx: ctx, cancel: cancel, stall: g.stall}
	return resp, nil
}

// allow refuses where a registry must not send us.
func (g *guard) allow(req *http.Request) error {
	host, own := req.URL.Host, g.address.host()
	switch {
	case req.URL.Scheme == "https":
	case req.URL.Scheme != "http":
		return refused("%s leads to %s:, which is no protocol of registries", own, req.URL.Scheme)
	case isLoopback(host) || host == own && g.address.plain:
	default:
		return &Error{
			Text: fmt.Sprintf("%s would be asked by http, which anybody on the way can read and change", oneLine(host)),
			Next: "-plain-http   # if that is meant, for " + own + " alone",
		}
	}
	if host != own && isHere(host) && !isLoopback(own) {
		return refused("%s leads to %s, on this machine or link, where it has no business", own, oneLine(host))
	}
	return nil
}

func refused(format string, args ...any) error {
	return &Error{Text: fmt.Sprintf(format, args...)}
}

// isHere tells whether a host is an address that means something else on every machine:
// itself, and the link with the metadata services of clouds.
func isHere(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return isLoopback(host) || ip != nil && (ip.IsLinkLocalUnicast() || ip.IsUnspecified())
}

// limitKey is the context's key for how many bytes an answer may have.
type limitKey struct{}

// withLimit limits the answers to requests of ctx.
func withLimit(ctx context.Context, bytes int64) context.Context {
	return context.WithValue(ctx, limitKey{}, bytes)
}

func limitOf(ctx context.Context) int64 {
	if n, ok := ctx.Value(limitKey{}).(int64); ok {
		return n
	}
	return maxManifest
}

// watched is the body of an answer: of limited length, and of limited patience.
type watched struct {
	io.ReadCloser
	left   int64
	stall  time.Duration
	ctx    context.Context
	cancel context.CancelCauseFunc
}

var errStalled = errors.New("the connection stopped in the middle")

func (w *watched) Read(p []byte) (int, error) {
	// One byte more than is allowed tells an answer that ends there from one that
	// does not.
	if int64(len(p)) > w.left+1 {
		p = p[:w.left+1]
	}
	timer := time.AfterFunc(w.stall, func() { w.cancel(errStalled) })
	n, err := w.ReadCloser.Read(p)
	timer.Stop()
	if w.left -= int64(n); w.left < 0 {
		return 0, &Error{Text: "the answer is longer than was announced or is allowed"}
	}
	if err != nil && context.Cause(w.ctx) == errStalled {
		err = errStalled
	}
	return n, err
}

func (w *watched) Close() error {
	defer w.cancel(nil)
	return w.ReadCloser.Close()
}

// uploading is the body of a request, which has to be taken bit by bit.
type uploading struct {
	io.ReadCloser
	timer *time.Timer
	stall time.Duration
}

func watchUpload(body io.ReadCloser, stall time.Duration, cancel context.CancelCauseFunc) *uploading {
	return &uploading{body, time.AfterFunc(stall, func() { cancel(errStalled) }), stall}
}

func (u *uploading) Read(p []byte) (int, error) {
	n, err := u.ReadCloser.Read(p)
	u.timer.Reset(u.stall)
	if err != nil {
		u.timer.Stop()
	}
	return n, err
}

func (u *uploading) Close() error {
	u.timer.Stop()
	return u.ReadCloser.Close()
}

// readAtMost reads r to its end, which has to come within limit bytes, and closes it.
func readAtMost(r io.ReadCloser, limit int64) ([]byte, error) {
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("it is longer than %d bytes", limit)
	}
	return data, err
}
