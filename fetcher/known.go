package fetcher

import (
	"bytes"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"

	"storyfold/story"
)

// A document that changed brings a few new items among many that are known. The
// latter are told by a hash of their bytes, as they were written in the document before, and
// neither parsed nor made into articles again: see memory. Where anything else about
// the document is not as plain as in most, it is read as a whole.

const (
	maxRemembered = 200      // items of one source that are remembered, about 60 bytes each
	maxKnownItem  = 64 << 10 // bytes of an item behind its start tag, if it is to be known again
)

// memory is what is remembered of the items of a source's last document, until the program ends.
type memory struct {
	context uint64 // hash of what the articles depend on beside their own items
	items   []remembered
}

// remembered is an item that became an article and was committed.
type remembered struct {
	bytes     uint64 // hash of the item as it is written
	content   uint64 // the name that the Sink gave its content; see Result.Kept
	published int64  // Unix nanoseconds; 0: it has no date
	trace     trace
	at, size  uint32 // where in the item its identity stands
}

// byBytes finds the items by their hashes; nil if there is nothing to find.
func (m *memory) byBytes() map[uint64]int {
	if m == nil || len(m.items) == 0 {
		return nil
	}
	index := make(map[uint64]int, len(m.items))
	for i := range m.items {
		index[m.items[i].bytes] = i
	}
	return index
}

// skipKnown leaves out the item whose start tag of n bytes ends at pos, if it is known.
func (s *scanner) skipKnown(t *tag, n int) bool {
	if s.known == nil || t.closed {
		return false
	}
	end := closing(t.name, s.in[s.pos:])
	if end < 0 {
		return false
	}
	raw := s.in[s.pos-n : s.pos+end]
	hash := s.hash(raw)
	i, ok := s.known[hash]
	if !ok {
		return false
	}
	delete(s.known, hash) // the same once more is read
	s.pos += end
	s.order = append(s.order, place{known: i + 1, hash: hash, raw: raw})
	return true
}

// place is where an item stands among the items of a document.
type place struct {
	known int    // one more than its index in memory.items; 0: it is not known
	hash  uint64 // of raw
	raw   []byte // the item as it is written; nil if it could not be told by that
}

// closing returns where the first end tag of name ends in the first maxKnownItem bytes of text, or -1.
func closing(name, text []byte) int {
	end := append(append(append(make([]byte, 0, 64), "</"...), name...), '>')
	i := bytes.Index(text[:min(len(text), maxKnownItem)], end)
	if i < 0 {
		return -1
	}
	return i + len(end)
}

// hash returns the hash of an item that begins where the scanner is.
func (s *scanner) hash(raw []byte) uint64 { return xxhash.Sum64(raw) + uint64(len(s.stack)) }

// ended notes the bytes of the item e, whose end tag ends at to, if that is the first one
// of its name. Only then would skipKnown find the same.
func (s *scanner) ended(e *open, to int) {
	if from := e.from + e.tag; closing(e.name, s.in[from:to]) == to-from {
		last := &s.order[len(s.order)-1]
		last.raw = s.in[e.from:to]
		last.hash = s.hash(last.raw)
	}
}

// around adds a tag that stands around items, or beside them, to what the articles depend on.
func (s *scanner) around(raw []byte) {
	s.context = s.context*31 + xxhash.Sum64(raw)
}

// hashAll returns a hash of some texts.
func hashAll(seed uint64, texts ...string) uint64 {
	var d xxhash.Digest
	d.ResetWithSeed(seed)
	for _, s := range texts {
		d.WriteString(s)
		d.Write([]byte{0})
	}
	return d.Sum64()
}

// errWhole says that a document must be read with the items that are known.
var errWhole = errors.New("the items that are known must be read")

// make makes articles of the entries, and of the items that are known in their places. It
// reports whether the document can be remembered.
func (m *maker) make(f *filtered, entries []entry, st *story.SourceState) (plain bool, err error) {
	d := m.doc
	whole := len(f.items) == len(f.order)
	plain = !f.mixed && f.err == nil && len(f.items) == len(entries) && len(f.order) > 0 && !st.Churn && !st.Unnamed && !m.src.FullText
	f.context = hashAll(f.context, f.root, d.lang, d.authors, m.src.Name, m.src.Category, m.src.Lang, addressOf(m.base))
	if !whole && (!plain || f.context != f.memory.context) {
		return false, errWhole
	}
	if d.items = len(entries); !whole {
		d.items, d.same = len(f.order), make([]uint64, 0, len(f.order))
	}
	m.entries, m.traces = make([]entry, 0, d.items), make([]trace, 0, d.items)
	for i := range d.items {
		var p *place
		if plain {
			p = &f.order[i]
		}
		if plain && p.known > 0 {
			m.addKnown(p, &f.memory.items[p.known-1])
			continue
		}
		m.add(p, &entries[0])
		entries = entries[1:]
	}
	return plain, nil
}

// add adds the article of e, if it has anything to show.
func (m *maker) add(p *place, e *entry) {
	a, ok := m.article(e)
	if !ok {
		return
	}
	e.link = a.URL
	d := m.doc
	if d.Articles == nil {
		d.Articles = make([]story.Article, 0, d.items)
	}
	if d.same != nil {
		d.same = append(d.same, 0)
	}
	d.Articles = append(d.Articles, a)
	m.entries, m.places, m.traces = append(m.entries, *e), append(m.places, p), append(m.traces, traceOf(&a, e))
}

// addKnown adds what is known of the article of k.
func (m *maker) addKnown(p *place, k *remembered) {
	d := m.doc
	a := story.Article{Source: m.src.Name, Identity: string(p.raw[k.at : k.at+k.size])}
	if k.published != 0 {
		a.Published = time.Unix(0, k.published).UTC()
	}
	d.same = append(d.same, k.content)
	d.Articles = append(d.Articles, a)
	m.entries, m.places, m.traces = append(m.entries, entry{guid: a.Identity, published: a.Published}), append(m.places, p), append(m.traces, k.trace)
}

// addressOf returns u as text, "" for nil.
func addressOf(u *url.URL) string {
	if u == nil {
		return ""
	}
	return u.String()
}

// identifyPlain gives all articles the guids of their items as identities. It is false if that
// is not what identify would do.
func (m *maker) identifyPlain() bool {
	seen := make(map[string]bool, len(m.entries))
	for i := range m.entries {
		id := strings.TrimSpace(m.entries[i].guid)
		if id == "" || seen[id] || bounded(id) != id {
			return false
		}
		seen[id] = true
		m.doc.Articles[i].Identity = id
	}
	return true
}

// remember notes what is to be remembered of the document, if it is one in which
// identifyPlain does what identify does.
func (d *document) remember(m *maker, context uint64) {
	if d.churn || d.unnamed || len(m.entries) != len(d.Articles) {
		return
	}
	mem := &memory{context: context, items: make([]remembered, len(d.Articles))}
	for i := range d.Articles {
		if d.Articles[i].Identity != strings.TrimSpace(m.entries[i].guid) {
			return
		}
		mem.items[i] = m.places[i].remember(&d.Articles[i], &m.entries[i], m.traces[i])
	}
	d.memory = mem
}

// remember returns what is to be remembered of the article at p, but for the name of its
// content. Its bytes are 0 if it could not be told again.
func (p *place) remember(a *story.Article, e *entry, t trace) remembered {
	at := bytes.Index(p.raw, []byte(a.Identity))
	if p.raw == nil || at < 0 || a.Published.IsZero() != e.published.IsZero() { // a date to come is one later on
		return remembered{}
	}
	r := remembered{bytes: p.hash, trace: t, at: uint32(at), size: uint32(len(a.Identity))}
	if !a.Published.IsZero() {
		r.published = a.Published.UnixNano()
	}
	return r
}

// remembered returns the memory after the result was committed; nil: there is nothing to remember.
func (r *Result) remembered() *memory {
	if r.memory == nil || len(r.Kept) != len(r.Articles) || len(r.memory.items) != len(r.Articles) {
		return nil
	}
	m := &memory{context: r.memory.context}
	for i, k := range r.memory.items {
		if k.content = r.Kept[i]; k.bytes != 0 && k.content != 0 && len(m.items) < maxRemembered {
			m.items = append(m.items, k)
		}
	}
	m.items = slices.Clip(m.items)
	return m
}
