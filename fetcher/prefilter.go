package fetcher

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Limits of a document.
const (
	maxDepth    = 200      // nested elements, or JSON values
	maxItems    = 10_000   // items of one document
	maxAttrs    = 64       // attributes of one element; the rest is dropped
	maxTag      = 64 << 10 // bytes of one tag; a longer one is text, or is cut off
	maxLongTag  = 4 << 20  // bytes of a tag that is longer and has an end all the same
	maxBareTags = 10_000   // "<" that open nothing, before the document counts as something else
)

// filtered is a document that a parser can be given without harm.
type filtered struct {
	data    []byte // UTF-8; for XML: well-formed, no declaration, no comments, at most maxDepth deep
	root    string // local name of the root element in lower case; "" for JSON
	id      string // <id> of the feed as written, where the document uses xml:base
	items   []itemMeta
	err     error    // why data is not all, or not just, what the document holds: ErrCutOff, ErrBroken, ErrTooDeep, ErrTooManyItems
	warning string   // what was changed without loss of items
	texts   []string // of items, set aside: data has marks in their places
	version string   // of the format, where data no longer says it; else ""
	scratch *scratch // what data lies in; nil: nothing that can be used again
	order   []place  // one for each item, also for those that are known and not in data; nil for JSON
	context uint64   // see memory.context; not all of it yet
	memory  *memory  // that the known items are in
	mixed   bool     // order is not the parser's, or not all that matters is in an item's own bytes
}

// itemMeta is what the scanner notes about an item for the parsers that lose it.
type itemMeta struct {
	lang string // xml:lang of the item
	id   string // <id> as written, where the document uses xml:base
}

// prefilter makes data, as a server sent it, safe and readable: transcoded to
// UTF-8, freed of what XML forbids, bounded in depth and number of items, closed
// where it was cut off. Its time is linear in len(data).
func prefilter(data []byte, contentType string) (*filtered, error) {
	return filter(data, contentType, true, nil)
}

// filter is prefilter, with or without what only makes data shorter for the parser: texts
// set aside, and everything in lighten.go left out. Items that m knows are left out too; nil: none.
func filter(data []byte, contentType string, light bool, m *memory) (*filtered, error) {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, ErrEmpty
	}
	if err := refuseBinary(data); err != nil {
		return nil, err
	}
	text, warning := toUTF8(data, contentType)
	text = bytes.TrimLeft(text, " \t\r\n\x00\ufeff")
	if len(text) == 0 {
		return nil, ErrEmpty
	}
	if text[0] == '{' || text[0] == '[' {
		f := &filtered{data: text, warning: warning}
		if at := tooDeepJSON(text); at >= 0 {
			f.data, f.err = text[:at], ErrTooDeep
		}
		return f, nil
	}
	s := &scanner{in: dropControls(text), keepIDs: bytes.Contains(text, []byte("xml:base")), light: light}
	if !s.keepIDs {
		s.known = m.byBytes()
	}
	s.aside = light && !s.keepIDs // the parser resolves links in texts
	kept := scratches.Get().(*scratch)
	s.out, s.told, s.ends = kept.out[:0], kept.told[:0], kept.ends[:0]
	if err := s.run(); err != nil {
		return nil, err
	}
	kept.out, kept.told, kept.ends = s.out, s.told, s.ends
	return &filtered{data: s.out, root: s.root, id: s.id, items: s.items, texts: s.texts(), version: s.version,
		scratch: kept, err: s.problem(), warning: warning, order: s.order, context: s.context, memory: m, mixed: s.mixed || s.keepIDs}, nil
}

// refuseBinary recognises images, archives and the like by their first bytes.
func refuseBinary(data []byte) error {
	kind := http.DetectContentType(data)
	if strings.HasPrefix(kind, "text/") || kind == "application/octet-stream" && !manyZeros(data) {
		return nil
	}
	if utf16Of(data) != nil {
		return nil
	}
	return fmt.Errorf("%w: the server sent binary data (%s); check the address", ErrNotFeed, kind)
}

// manyZeros reports whether more than a tenth of the first bytes are zero, as in no text of 8-bit letters.
func manyZeros(data []byte) bool {
	head := data[:min(len(data), 4096)]
	return bytes.Count(head, []byte{0}) > len(head)/10
}

// open is an element that has begun.
type open struct {
	name []byte
	at   int  // where it begins in out
	item bool // it is an item or entry of the feed
	from int  // where its start tag begins in in, if it is an item
	tag  int  // length of that
	text int  // where its text begins in out, if that can be set aside; else 0
}

// scanner copies XML from in to out and mends it on the way. What it writes is
// well-formed at every moment but for the end tags of stack.
type scanner struct {
	in, out []byte
	pos     int
	root    string
	stack   []open
	items   []itemMeta     // one for each item in out
	id      string         // as itemMeta has it, of the feed
	told    []byte         // the texts that were set aside, one after the other
	ends    []int          // where each of them ends in told
	aside   bool           // texts can be set aside
	light   bool           // what the parser does not need is left out
	version string         // as filtered has it
	order   []place        // one for each item in in
	known   map[uint64]int // see memory.byBytes; nil: nothing is known
	context uint64         // see memory.context
	depth   int            // of the last item
	mixed   bool           // items stand in different depths
	keepIDs bool
	bare    int // "<" that opened nothing
	lastEnd int // where the last ">" stands

	broken string // the first thing that had to be mended
	cut    string // where the document ends too early
	over   bool   // maxItems reached
	deep   bool   // maxDepth reached
}

var errDone = errors.New("document ends") // the scanner needs no more

func (s *scanner) run() error {
	s.lastEnd = bytes.LastIndexByte(s.in, '>')
	for s.pos < len(s.in) {
		next := bytes.IndexByte(s.in[s.pos:], '<')
		if next < 0 {
			s.text(s.in[s.pos:])
			s.pos = len(s.in)
			break
		}
		s.text(s.in[s.pos : s.pos+next])
		s.pos += next
		if err := s.markup(); err == errDone {
			break
		} else if err != nil {
			return err
		}
	}
	if s.root == "" {
		return fmt.Errorf("%w: the server sent plain text", ErrNotFeed)
	}
	s.finish()
	return nil
}

// finish drops an item that is not whole and closes what is open.
func (s *scanner) finish() {
	if len(s.stack) == 0 {
		return
	}
	if !s.over {
		s.cut = "after the last item"
	}
	for i, e := range s.stack {
		if e.item {
			s.out = s.out[:e.at]
			s.stack = s.stack[:i]
			s.items, s.order = s.items[:len(s.items)-1], s.order[:len(s.order)-1]
			s.cut = "inside an item"
			break
		}
	}
	for len(s.stack) > 0 {
		s.pop()
	}
}

// problem returns what the reader must know about the document, or nil.
func (s *scanner) problem() error {
	switch {
	case s.over:
		return ErrTooManyItems
	case s.deep:
		return fmt.Errorf("%w; %s before that", ErrTooDeep, items(len(s.order)))
	case s.cut != "":
		return fmt.Errorf("%w %s; %s before that", ErrCutOff, s.cut, items(len(s.order)))
	case s.broken != "":
		return fmt.Errorf("%w: %s; it was read as far as possible", ErrBroken, s.broken)
	}
	return nil
}

// mended notes the first repair.
func (s *scanner) mended(what string) {
	if s.broken == "" {
		line := 1 + bytes.Count(s.in[:min(s.pos, len(s.in))], []byte("\n"))
		s.broken = fmt.Sprintf("%s in line %d", what, line)
	}
}

// markup reads what begins with the "<" at pos.
func (s *scanner) markup() error {
	rest := s.in[s.pos:]
	switch {
	case bytes.HasPrefix(rest, []byte("<!--")):
		s.skipPast("-->", 4)
	case bytes.HasPrefix(rest, []byte("<?")):
		s.skipPast("?>", 2)
	case bytes.HasPrefix(rest, []byte("<![CDATA[")):
		s.cdata(rest[len("<![CDATA["):])
	case bytes.HasPrefix(rest, []byte("<!")):
		s.declaration(rest)
	case bytes.HasPrefix(rest, []byte("</")):
		return s.endTag(rest)
	default:
		return s.startTag(rest)
	}
	return nil
}

// skipPast leaves out everything up to end.
func (s *scanner) skipPast(end string, from int) {
	i := bytes.Index(s.in[s.pos+from:], []byte(end))
	if i < 0 {
		s.pos = len(s.in)
		return
	}
	s.pos += from + i + len(end)
}

// cdata copies a CDATA section; rest begins behind its opening.
func (s *scanner) cdata(rest []byte) {
	end := bytes.Index(rest, []byte("]]>"))
	if end < 0 { // cut off: finish drops the item
		s.pos = len(s.in)
		return
	}
	if len(s.stack) > 0 {
		s.out = append(s.out, "<![CDATA["...)
		for inside := rest[:end]; ; {
			before, after, nested := bytes.Cut(inside, []byte("<![CDATA["))
			s.out = append(s.out, before...)
			if !nested {
				break
			}
			inside = after
		}
		s.out = append(s.out, "]]>"...)
	}
	s.pos = len(s.in) - len(rest) + end + 3
}

// declaration leaves out <!DOCTYPE …> with everything that it declares.
func (s *scanner) declaration(rest []byte) {
	depth := 0
	for i := 2; i < len(rest); i++ {
		switch rest[i] {
		case '"', '\'':
			end := bytes.IndexByte(rest[i+1:], rest[i])
			if end < 0 {
				s.pos = len(s.in)
				return
			}
			i += end + 1
		case '[':
			depth++
		case ']':
			depth--
		case '<':
			if bytes.HasPrefix(rest[i:], []byte("<!--")) {
				end := bytes.Index(rest[i:], []byte("-->"))
				if end < 0 {
					s.pos = len(s.in)
					return
				}
				i += end + 2
			} else if depth <= 0 && i > 2 { // "<!oops <item>"
				s.pos += i
				return
			}
		case '>':
			if depth <= 0 {
				s.pos += i + 1
				return
			}
		}
	}
	s.pos = len(s.in)
}

// text copies character data; before the root and behind it there is none.
func (s *scanner) text(t []byte) {
	if len(s.stack) == 0 || len(t) == 0 || s.light && s.betweenElements() && isBlank(t) {
		return
	}
	s.out = appendText(s.out, t)
}

// startTag copies the start tag at pos, or escapes a "<" that opens nothing.
func (s *scanner) startTag(rest []byte) error {
	tag, n := parseTag(rest)
	if n == 0 {
		return s.bareTag()
	}
	s.pos += n
	local := strings.ToLower(tag.local())
	if s.root == "" {
		if err := s.begin(local); err != nil {
			return err
		}
		if s.light {
			s.shorten(&tag)
		}
	} else if len(s.stack) == 0 {
		return errDone // a second root
	}
	if len(s.stack) == maxDepth {
		s.deep = true
		return errDone // finish drops the item
	}
	at, aside := len(s.out), false
	if len(s.stack) > 0 {
		s.stack[len(s.stack)-1].text = 0 // it is not text alone
		s.aside = s.aside && !tag.has([]byte("xmlns"))
	}
	if isItem := (local == "item" || local == "entry") && len(s.stack) <= 2 && len(s.stack) > 0 && !s.inItem(); isItem {
		if known, err := s.beginItem(&tag, n); known || err != nil {
			return err
		}
	} else {
		if len(s.stack) <= 1 {
			s.around(rest[:n])
		}
		if s.keepIDs && local == "id" {
			s.noteID()
		}
		aside = s.mayAside(&tag)
		s.stack = append(s.stack, open{name: tag.name, at: at})
	}
	s.out = tag.append(s.out)
	if aside {
		s.stack[len(s.stack)-1].text = len(s.out)
	}
	if tag.closed || len(s.stack) > 2 && isVoid(local) {
		s.pop()
		if len(s.stack) == 0 {
			return errDone
		}
	}
	return nil
}

// beginItem opens the item whose start tag of n bytes ends at pos, unless it is known and left out.
func (s *scanner) beginItem(t *tag, n int) (known bool, err error) {
	if len(s.order) == maxItems {
		s.over = true
		return false, errDone
	}
	s.mixed, s.depth = s.mixed || s.depth > 0 && s.depth != len(s.stack), len(s.stack)
	if s.skipKnown(t, n) {
		return true, nil
	}
	s.items, s.order = append(s.items, itemMeta{lang: t.attr("xml:lang")}), append(s.order, place{})
	s.stack = append(s.stack, open{name: t.name, at: len(s.out), item: true, from: s.pos - n, tag: n})
	return false, nil
}

// begin takes local as the name of the root element, or says what the document is instead.
func (s *scanner) begin(local string) error {
	switch local {
	case "rss", "rdf", "feed":
		s.root = local
		return nil
	case "html", "head", "body", "div", "p", "script", "title", "meta":
		return fmt.Errorf("%w: the server sent a web page; look in it for the address of its feed", ErrNotFeed)
	case "opml":
		return fmt.Errorf("%w: this is an OPML list of feeds; add its feeds one by one", ErrNotFeed)
	case "urlset", "sitemapindex":
		return fmt.Errorf("%w: this is a sitemap", ErrNotFeed)
	}
	return fmt.Errorf("%w: this is XML of another kind, <%s>", ErrNotFeed, cutRunes(local, 40))
}

func (s *scanner) inItem() bool {
	for _, e := range s.stack {
		if e.item {
			return true
		}
	}
	return false
}

// noteID keeps the text up to the next tag as the id of the last item, or of the feed, if
// the tag stands right in it.
func (s *scanner) noteID() {
	id := &s.id
	switch {
	case len(s.stack) > 0 && s.stack[len(s.stack)-1].item:
		id = &s.items[len(s.items)-1].id
	case len(s.stack) != 1:
		return
	}
	text := s.in[s.pos:]
	text = bytes.TrimPrefix(bytes.TrimSpace(text[:min(len(text), maxURL)]), []byte("<![CDATA["))
	if end := bytes.IndexByte(text, '<'); end >= 0 {
		text = text[:end]
	}
	*id = cleanLine(strings.TrimSuffix(strings.TrimSpace(string(text)), "]]>"), maxURL)
}

// bareTag writes the "<" at pos as text.
func (s *scanner) bareTag() error {
	if s.bare++; s.bare > maxBareTags {
		return fmt.Errorf("%w: this is no XML", ErrNotFeed)
	}
	if len(s.stack) > 0 {
		if s.pos > s.lastEnd { // cut off within a tag
			s.pos = len(s.in)
			return nil
		}
		s.mended(`a "<" that opens nothing`)
		s.out = append(s.out, "&lt;"...)
	}
	s.pos++
	return nil
}

// endTag closes the element that the end tag at pos names and all within it; one
// that closes nothing is left out.
func (s *scanner) endTag(rest []byte) error {
	end := bytes.IndexByte(rest[:min(len(rest), maxTag)], '>')
	if end < 0 {
		s.pos = len(s.in)
		return nil
	}
	name := bytes.TrimSpace(rest[2:end])
	at := len(s.stack) - 1
	for at >= 0 && !bytes.Equal(s.stack[at].name, name) {
		at--
	}
	if at < 0 {
		for at = len(s.stack) - 1; at >= 0 && !bytes.EqualFold(s.stack[at].name, name); at-- {
		}
	}
	switch {
	case at < 0 && isVoid(strings.ToLower(string(name))):
	case at < 0:
		s.mended("an end tag without its start")
	default:
		if at < len(s.stack)-1 {
			s.mended(fmt.Sprintf("an open <%s>", cutRunes(string(s.stack[len(s.stack)-1].name), 40)))
		}
		for len(s.stack) > at+1 {
			s.pop()
		}
		e := s.stack[at]
		s.pop()
		if e.item {
			s.ended(&e, s.pos+end+1)
		}
	}
	s.pos += end + 1
	if len(s.stack) == 0 && s.root != "" {
		return errDone
	}
	return nil
}

func (s *scanner) pop() {
	last := len(s.stack) - 1
	if e := &s.stack[last]; e.text > 0 {
		s.setAside(e)
	}
	s.out = append(s.out, "</"...)
	s.out = append(s.out, s.stack[last].name...)
	s.out = append(s.out, '>')
	s.stack = s.stack[:last]
}

// isVoid reports whether HTML never closes the element.
func isVoid(name string) bool {
	switch name {
	case "br", "hr", "img", "wbr", "input":
		return true
	}
	return false
}
