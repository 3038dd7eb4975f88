package report

import "net/url"

// purlVersion is the version part of a package URL: percent-encoded, as its
// specification wants it (ECMA-427).
func purlVersion(version string) string {
	if version == "" {
		return ""
	}
	return "@" + url.QueryEscape(version)
}
