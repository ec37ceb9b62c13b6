package fetcher

import (
	"crypto/sha256"
	"encoding/hex"
	"net"
	"net/url"
	"slices"
	"strings"

	"storyfold/story"
)

// maxIdentity is the longest identity in bytes; a longer one stands as its hash.
const maxIdentity = 1 << 10

// identify gives each article its identity and drops those that are the same in
// everything as one before them. entries[i] is what articles[i] was made of.
//
// The identity is the guid, else the link, else a hash of title and text. Where more
// than one in twenty guids of a document repeat, none of them is used, and links
// likewise; a lone item that repeats another's name goes down the ladder by itself.
func identify(articles []story.Article, entries []entry) []story.Article {
	rungs := []func(int) string{
		func(i int) string { return strings.TrimSpace(entries[i].guid) },
		func(i int) string { return CanonicalLink(entries[i].link) },
	}
	hashes := make([]string, len(articles)) // few are needed
	hash := func(i int) string {
		if hashes[i] == "" {
			hashes[i] = contentHash(&articles[i])
		}
		return hashes[i]
	}
	distinct := false // no two items have the same names
	for len(rungs) > 0 {
		often, once := repeats(len(articles), rungs[0], hash)
		distinct = distinct || once
		if !often {
			break
		}
		rungs = rungs[1:]
	}
	seen := make(map[string]bool, len(articles))
	var same sameNames
	for i := range articles {
		if !distinct && same.add([2]string{entries[i].guid, entries[i].link}, i, hash) == again {
			continue
		}
		id := ""
		for _, rung := range rungs {
			if id = bounded(rung(i)); id != "" && !seen[id] {
				break
			}
		}
		if id == "" || seen[id] {
			id = hash(i)
		}
		if seen[id] {
			continue
		}
		seen[id] = true
		articles[i].Identity = id
	}
	return slices.DeleteFunc(articles, func(a story.Article) bool { return a.Identity == "" })
}

// sameNames remembers items by name and hash. It asks for the hash only of those
// whose name another one has.
type sameNames struct {
	first  map[[2]string]int
	hashes map[[3]string]bool
}

// What sameNames knows of an item.
const (
	named   = iota // the name is new
	another        // another item had the name
	again          // the item had it
)

// add remembers item i and returns what was known of it.
func (s *sameNames) add(name [2]string, i int, hash func(int) string) int {
	first, ok := s.first[name]
	if !ok {
		if s.first == nil {
			s.first = map[[2]string]int{}
		}
		s.first[name] = i
		return named
	}
	if s.hashes == nil {
		s.hashes = map[[3]string]bool{}
	}
	s.hashes[[3]string{name[0], name[1], hash(first)}] = true
	key := [3]string{name[0], name[1], hash(i)}
	if s.hashes[key] {
		return again
	}
	s.hashes[key] = true
	return another
}

// bounded returns id without NUL, or its hash if it is overlong.
func bounded(id string) string {
	if len(id) > maxIdentity {
		sum := sha256.Sum256([]byte(id))
		return "sha256:" + hex.EncodeToString(sum[:])
	}
	return strings.ReplaceAll(id, "\x00", "")
}

// repeats reports whether more than one in twenty of n items have the name of
// another (often), and whether all have one of their own (once). Items without a name do not
// count, and the same item twice counts once.
func repeats(n int, name, hash func(int) string) (often, once bool) {
	var same sameNames
	bad, total := 0, 0
	for i := range n {
		s := name(i)
		if s == "" {
			continue
		}
		switch same.add([2]string{s}, i, hash) {
		case named:
			total++
		case another:
			total++
			bad++
		}
	}
	return bad*20 > total, total == n && bad == 0
}

func contentHash(a *story.Article) string {
	h := sha256.New()
	part := make([]byte, 512) // a text as a whole would be copied
	for _, s := range []string{a.Title, "\x00", a.Text} {
		for len(s) > 0 {
			n := copy(part, s)
			h.Write(part[:n])
			s = s[n:]
		}
	}
	return "sha256:" + hex.EncodeToString(h.Sum(part[:0])[:16])
}

// hashed returns the first half of the SHA-256 of s in hexadecimal digits.
func hashed(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:16])
}

// tracking names the query parameters that say where a reader came from.
var tracking = map[string]bool{
	"fbclid": true, "gclid": true, "dclid": true, "gbraid": true, "wbraid": true, "msclkid": true, "yclid": true,
	"twclid": true, "igshid": true, "mc_cid": true, "mc_eid": true, "mkt_tok": true, "oly_enc_id": true,
	"oly_anon_id": true, "vero_id": true, "_hsenc": true, "_hsmi": true, "__twitter_impression": true,
	"xtor": true, "ocid": true, "ncid": true, "cmpid": true, "cmp": true, "icid": true, "smid": true, "sref": true,
	"ref_src": true, "ref_url": true, "at_medium": true, "at_campaign": true, "at_format": true, "at_custom1": true,
	"traffic_source": true, "ftag": true, "amp": true, "_ga": true, "s_cid": true, "ito": true, "spm": true,
}

// CanonicalLink returns the address by which one article is recognised, however it was
// linked: without scheme differences (https always), "www.", "m." and
// "amp." hosts, AMP paths, tracking parameters and fragment, its query sorted.
// It is a name, not to be fetched; "" for what is no http or https address.
func CanonicalLink(address string) string {
	if len(address) > maxURL {
		return ""
	}
	if host, path, ok := plainAddress(address); ok && !mayShorten(host) && !strings.Contains(path, "?") {
		if whole := "https://" + host + canonicalPath(path); whole != address {
			return whole
		}
		return address
	}
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Hostname() == "" {
		return ""
	}
	scheme := strings.ToLower(u.Scheme)
	if scheme != "http" && scheme != "https" {
		return ""
	}
	out := url.URL{Scheme: "https", Host: canonicalHost(u, scheme), Path: canonicalPath(u.Path)}
	query := u.Query()
	for key := range query {
		low := strings.ToLower(key)
		if tracking[low] || strings.HasPrefix(low, "utm_") || strings.HasPrefix(low, "pk_") || strings.HasPrefix(low, "mtm_") ||
			low == "outputtype" && strings.EqualFold(query.Get(key), "amp") {
			query.Del(key)
		}
	}
	out.RawQuery = query.Encode()
	return out.String()
}

// plainAddress reads an http or https address that is written as every address can be: small
// letters, digits, "." and "-" in the host, and after it nothing that would be escaped or
// that a parser would change, but for the segments "." and "..". The host has the port with it, and
// the path the query.
func plainAddress(s string) (host, path string, ok bool) {
	rest, ok := strings.CutPrefix(s, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(s, "http://")
	}
	if !ok {
		return "", "", false
	}
	end := 0
	for end < len(rest) && inHost[rest[end]] {
		end++
	}
	if end > 0 && end < len(rest) && rest[end] == ':' {
		end++
		for end < len(rest) && rest[end] >= '0' && rest[end] <= '9' {
			end++
		}
	}
	if host, path = rest[:end], rest[end:]; host == "" || host[len(host)-1] == ':' || path != "" && path[0] != '/' {
		return "", "", false
	}
	query := false
	for i := range len(path) {
		switch c := path[i]; {
		case inPath[c], query && inQuery[c]:
		case c == '?' && !query:
			query = true
		default:
			return "", "", false
		}
	}
	return host, path, true
}

// What parts of plain addresses are made of.
var (
	inHost  = bytesOf("abcdefghijklmnopqrstuvwxyz0123456789.-")
	inPath  = bytesOf("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/")
	inQuery = bytesOf("=&%+,;:@")
)

func bytesOf(s string) (is [256]bool) {
	for i := range len(s) {
		is[s[i]] = true
	}
	return is
}

// mayShorten reports whether canonicalHost may change host, which may have a port.
func mayShorten(host string) bool {
	return host[0] == 'w' || host[0] == 'm' || host[0] == 'a' || strings.HasSuffix(host, ".") || strings.Contains(host, ".:") ||
		strings.HasSuffix(host, ":80") || strings.HasSuffix(host, ":443")
}

// canonicalHost returns the host without its mobile forms and its usual port.
func canonicalHost(u *url.URL, scheme string) string {
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	for _, prefix := range []string{"www.", "m.", "mobile.", "amp."} {
		if rest, ok := strings.CutPrefix(host, prefix); ok && strings.Contains(rest, ".") && net.ParseIP(host) == nil {
			host = rest
			break
		}
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port := u.Port(); port != "" && port != map[string]string{"http": "80", "https": "443"}[scheme] {
		host += ":" + port
	}
	return host
}

// canonicalPath returns the path without its AMP form and its last slash.
func canonicalPath(path string) string {
	path = strings.TrimSuffix(path, "/")
	for _, tail := range []string{"/amp", ".amp", ".amp.html", "/amp.html"} {
		if rest, ok := strings.CutSuffix(path, tail); ok && len(rest) > 1 {
			if strings.HasSuffix(tail, ".html") && strings.HasPrefix(tail, ".amp") {
				rest += ".html"
			}
			path = rest
			break
		}
	}
	if rest, ok := strings.CutPrefix(path, "/amp/"); ok && rest != "" {
		path = "/" + rest
	}
	return strings.TrimSuffix(path, "/")
}
