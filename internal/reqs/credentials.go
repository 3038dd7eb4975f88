package reqs

import (
	"os"
	"regexp"
	"strings"
)

// What stands before the @ of a URL may be a secret: all of it for the web, where
// a user name alone can be a token; the password only for ssh, whose user names
// are no secrets and needed ("git@").
var (
	web = regexp.MustCompile(`(https?://)([^/@\s"']+)@([^/\s"'?#]*)`)
	ssh = regexp.MustCompile(`(ssh://[^/@:\s"']+):[^/@\s"']+@`)
)

// HideCredentials makes the credentials of the URLs in a text unreadable, and
// shows that there are some. uv does so with those of indexes, but not with what
// stands in a requirement.
func HideCredentials(text string) string {
	return ssh.ReplaceAllString(web.ReplaceAllString(text, "${1}****@${3}"), "${1}:****@")
}

// DropCredentials takes the credentials out of the URLs in a text.
func DropCredentials(text string) string {
	return ssh.ReplaceAllString(web.ReplaceAllString(text, "${1}${3}"), "${1}@")
}

// Access has the credentials of servers: "https://host:port" to "user:password".
type Access map[string]string

// Learn takes over the credentials in requirements. A ${VARIABLE} in them stands
// for its value, as uv and pip have it.
func (a *Access) Learn(text string) {
	for _, m := range web.FindAllStringSubmatch(text, -1) {
		if *a == nil {
			*a = Access{}
		}
		(*a)[m[1]+m[3]] = expand(m[2])
	}
}

var variable = regexp.MustCompile(`\$\{([A-Z0-9_]+)\}`)

func expand(text string) string {
	return variable.ReplaceAllStringFunc(text, func(name string) string { return os.Getenv(name[2 : len(name)-1]) })
}

var bare = regexp.MustCompile(`https?://[^/@\s"'?#]+`)

// Apply puts the credentials into the URLs of a text that have none.
func (a Access) Apply(text string) string {
	if len(a) == 0 {
		return text
	}
	return bare.ReplaceAllStringFunc(text, func(server string) string {
		if who, ok := a[server]; ok {
			scheme, host, _ := strings.Cut(server, "://")
			return scheme + "://" + who + "@" + host
		}
		return server
	})
}
