package oci

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// secrets are what was sent to prove who we are. They are learnt from the requests
// themselves, whatever helper or token service they come from, and taken out of every
// text that may quote an answer: a registry can put into its errors what it was sent.
type secrets struct {
	mu    sync.Mutex
	known []string
}

// learn takes the secrets of a request.
func (s *secrets) learn(req *http.Request) {
	_, value, _ := strings.Cut(req.Header.Get("Authorization"), " ")
	s.add(value)
	if plain, err := base64.StdEncoding.DecodeString(value); err == nil {
		_, password, _ := strings.Cut(string(plain), ":")
		s.add(string(plain), password)
	}
	if req.GetBody == nil || req.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		return
	}
	if body, err := req.GetBody(); err == nil {
		form, _ := readAtMost(body, maxForm)
		values, _ := url.ParseQuery(string(form))
		s.add(values.Get("refresh_token"), values.Get("password"))
	}
}

const maxForm = 64 << 10

func (s *secrets) add(values ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range values {
		for _, form := range []string{v, url.QueryEscape(v), url.PathEscape(v)} {
			if len(form) >= 3 && !slices.Contains(s.known, form) {
				s.known = append(s.known, form)
			}
		}
	}
	// The longest first: one may be a part of another.
	slices.SortFunc(s.known, func(a, b string) int { return len(b) - len(a) })
}

// hide takes the secrets out of a text.
func (s *secrets) hide(text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range s.known {
		text = strings.ReplaceAll(text, v, "****")
	}
	return text
}
