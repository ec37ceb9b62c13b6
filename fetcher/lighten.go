package fetcher

import (
	"bytes"
	"slices"
	"sync"
)

// The parser spends most of its time on what carries nothing: the white space
// between elements, and a copy, for each element, of all prefixes that are declared around
// it. The scanner leaves both out where that makes no difference.

// betweenElements reports whether text at this place stands between elements and
// never in one: right in the root, the channel or an item.
func (s *scanner) betweenElements() bool {
	return len(s.stack) == 1 || s.stack[len(s.stack)-1].item || len(s.stack) == 2 && string(s.stack[1].name) == "channel"
}

func isBlank(t []byte) bool {
	for _, c := range t {
		if c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return false
		}
	}
	return true
}

// ownNames are namespaces that the parser knows by their usual prefixes, too.
var ownNames = map[string]string{
	"xmlns:content":    "http://purl.org/rss/1.0/modules/content/",
	"xmlns:dc":         "http://purl.org/dc/elements/1.1/",
	"xmlns:dcterms":    "http://purl.org/dc/terms/",
	"xmlns:media":      "http://search.yahoo.com/mrss/",
	"xmlns:itunes":     "http://www.itunes.com/DTDs/PodCast-1.0.dtd",
	"xmlns:feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
	"xmlns:slash":      "http://purl.org/rss/1.0/modules/slash/",
	"xmlns:sy":         "http://purl.org/rss/1.0/modules/syndication/",
	"xmlns:taxo":       "http://purl.org/rss/1.0/modules/taxonomy/",
	"xmlns:thr":        "http://purl.org/rss/1.0/modules/threading/",
	"xmlns:wfw":        "http://wellformedweb.org/commentAPI/",
	"xmlns:georss":     "http://www.georss.org/georss",
	"xmlns:geo":        "http://www.w3.org/2003/01/geo/wgs84_pos#",
	"xmlns:rdf":        "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}

// Namespaces of the formats.
const (
	atomNames = "http://www.w3.org/2005/Atom"
	rss1Names = "http://purl.org/rss/1.0/"
)

// shorten takes those declarations off the root's tag without which the
// parser reads the document as with them, and notes the version that one of them told.
func (s *scanner) shorten(root *tag) {
	if prefix, _, ok := bytes.Cut(root.name, []byte(":")); ok && string(prefix) != "rdf" {
		return // its own namespace tells what is not an extension
	}
	versioned := root.has([]byte("version"))
	root.attrs = slices.DeleteFunc(root.attrs, func(a attr) bool {
		switch name, value := string(a.name), string(a.value); {
		case name == "xmlns" && (s.root == "feed" && value == atomNames && !versioned || s.root == "rdf" && value == rss1Names):
			s.version = "1.0"
			return true
		case name == "xmlns:atom" && value == atomNames:
			return s.root != "feed"
		default:
			return ownNames[name] == value && value != ""
		}
	})
}

// scratch is memory of scanners, kept for the next one.
type scratch struct {
	out, told []byte
	ends      []int
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// done gives back the memory of f, which is not to be used any more.
func (f *filtered) done() {
	if f.scratch != nil && cap(f.scratch.out)+cap(f.scratch.told) <= maxSmall {
		scratches.Put(f.scratch)
	}
	f.data, f.scratch = nil, nil
}
