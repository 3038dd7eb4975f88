package oci

import (
	"net"
	"regexp"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
)

const scheme = "oci://"

// repositoryName is the grammar of the distribution specification.
var repositoryName = regexp.MustCompile(`^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$`)

// Address is a repository of a registry.
type Address struct {
	repo  name.Repository
	plain bool // http is allowed for this host, by the user
}

// ParseAddress reads oci://HOST[:PORT]/REPOSITORY. With plain, the host may be asked
// by http; hosts that are this machine may always.
func ParseAddress(text string, plain bool) (Address, error) {
	rest, ok := strings.CutPrefix(text, scheme)
	if strings.Contains(text, "@") { // before anything that quotes it
		return Address{}, &Error{
			Text: "an address has no credentials or digest in it: " + scheme + "HOST/REPOSITORY",
			Next: "docker login HOST   # or podman login: their credentials are used",
		}
	}
	host, repository, _ := strings.Cut(rest, "/")
	bad := &Error{Text: text + " is no address of a repository", Next: "oci://HOST[:PORT]/REPOSITORY, in lower case"}
	if !ok || host == "" || repository == "" {
		return Address{}, bad
	}
	options := []name.Option{name.StrictValidation}
	if plain || isLoopback(host) {
		options = append(options, name.Insecure)
	}
	// The host is what stands first, always: name.NewRepository takes one without a
	// dot for a directory of Docker Hub, and would send a team's store there.
	registry, err := name.NewRegistry(host, options...)
	if err != nil {
		return Address{}, bad
	}
	if !repositoryName.MatchString(repository) || len(repository) > 255 {
		return Address{}, bad
	}
	return Address{repo: registry.Repo(repository), plain: plain}, nil
}

func (a Address) String() string { return scheme + a.repo.Name() }

// host is HOST[:PORT].
func (a Address) host() string { return a.repo.RegistryStr() }

// isLoopback tells whether a host, with or without a port, is this machine by its name
// alone: nothing that a name server says is believed here.
func isLoopback(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
