package feedgen

import (
	"net/url"
	"regexp"
	"strings"
)

// hidden stands where a part of an address is hidden.
const hidden = "…"

// maskAddress returns the address of a source as strangers may see it: user,
// password, query and fragment hidden. What is not a web address stays as it is.
func maskAddress(addr string) string {
	scheme, rest, ok := strings.Cut(addr, "://")
	if !ok || !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") {
		return addr
	}
	if u, err := url.Parse(addr); err == nil {
		masked := u.Scheme + "://"
		if u.User != nil {
			masked += hidden + "@"
		}
		masked += u.Host + u.EscapedPath()
		if u.RawQuery != "" || u.Fragment != "" {
			masked += "?" + hidden
		}
		return masked
	}
	// It cannot be read, so what might be secret goes generously.
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		rest = hidden + "@" + rest[i+1:]
	}
	if i := strings.IndexAny(rest, "?#"); i >= 0 {
		rest = rest[:i] + "?" + hidden
	}
	return scheme + "://" + rest
}

var webAddresses = regexp.MustCompile(`(?i)https?://[^\s"'<>]+`)

// maskText returns text with every web address in it masked; errors quote addresses.
func maskText(text string) string {
	return webAddresses.ReplaceAllStringFunc(text, maskAddress)
}
