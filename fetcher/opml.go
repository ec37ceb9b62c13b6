package fetcher

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// Limits of an OPML document.
const (
	maxOPML          = 16 << 20 // bytes
	maxOutlineDepth  = 100      // outlines in one another
	maxSubscriptions = 100_000
)

// ErrNotOPML is returned for a document that is no OPML.
var ErrNotOPML = errors.New("not an OPML document")

// Subscription is a feed in an OPML document.
type Subscription struct {
	Name     string // one line of plain text, at most maxName letters; may be empty
	Feed     string // its address, as written; not checked
	Category string // the folder that it is in, or ""; one line, at most maxName letters
}

// ReadOPML returns the feeds of an OPML 1.0, 1.1 or 2.0 document, in its order, however its
// outlines are nested; the category is the innermost folder. Where the document is broken or too
// long, the feeds before that place are returned beside an error. Entities that
// the document defines are not resolved, and nothing that it names is fetched.
func ReadOPML(r io.Reader) ([]Subscription, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxOPML+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read OPML: %w", err)
	case len(data) > maxOPML:
		return nil, fmt.Errorf("read OPML: the document is larger than %s", size(maxOPML))
	case len(bytes.TrimSpace(data)) == 0:
		return nil, fmt.Errorf("%w: it is empty", ErrNotOPML)
	}
	text, _ := toUTF8(data, "")
	d := xml.NewDecoder(bytes.NewReader(dropControls(text)))
	d.Strict, d.Entity = false, xml.HTMLEntity
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 by now
	o := &outlines{}
	for {
		token, err := d.Token()
		if err == io.EOF {
			err = o.ended()
		}
		if err == nil {
			err = o.take(token)
		}
		if errors.Is(err, io.EOF) {
			return o.feeds, nil
		}
		if err != nil {
			return o.feeds, o.explain(err)
		}
	}
}

// outlines gathers the feeds of a document, element by element.
type outlines struct {
	feeds   []Subscription
	opml    bool     // the root was seen
	folders []string // of the open outlines: the category of what is in them
	depth   int      // open elements
}

// ended returns io.EOF for a document that was whole, else what is wrong with it.
func (o *outlines) ended() error {
	switch {
	case !o.opml:
		return ErrNotOPML
	case o.depth > 0:
		return ErrCutOff
	}
	return io.EOF
}

func (o *outlines) take(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		if !o.opml && !strings.EqualFold(t.Name.Local, "opml") {
			return fmt.Errorf("%w: it begins with <%s>", ErrNotOPML, cutRunes(oneLine(t.Name.Local), 40))
		}
		o.opml = true
		if o.depth++; o.depth > maxOutlineDepth {
			return fmt.Errorf("outlines are nested deeper than %d levels", maxOutlineDepth)
		}
		o.folders = append(o.folders, o.folder())
		if strings.EqualFold(t.Name.Local, "outline") {
			return o.outline(t.Attr)
		}
	case xml.EndElement:
		if o.depth > 0 {
			o.depth--
			o.folders = o.folders[:o.depth]
		}
	}
	return nil
}

// folder returns the category of what stands here.
func (o *outlines) folder() string {
	if len(o.folders) == 0 {
		return ""
	}
	return o.folders[len(o.folders)-1]
}

// outline takes a feed, or opens a folder.
func (o *outlines) outline(attrs []xml.Attr) error {
	get := func(name string) string {
		for _, a := range attrs {
			if strings.EqualFold(a.Name.Local, name) {
				return strings.TrimSpace(a.Value)
			}
		}
		return ""
	}
	name := firstNonEmpty(cleanLine(get("title"), maxName), cleanLine(get("text"), maxName))
	address := firstNonEmpty(get("xmlUrl"), get("url"))
	if kind := strings.ToLower(get("type")); get("xmlUrl") == "" && kind != "rss" && kind != "atom" {
		address = "" // a folder, or a link to something else
	}
	if address == "" {
		if name != "" {
			o.folders[len(o.folders)-1] = name
		}
		return nil
	}
	if len(o.feeds) == maxSubscriptions {
		return fmt.Errorf("the document holds more than %d feeds", maxSubscriptions)
	}
	s := Subscription{Name: name, Feed: address, Category: o.folder()}
	if s.Category == "" { // "/Region/Weather, …": the first one's last step
		first, _, _ := strings.Cut(get("category"), ",")
		if first = strings.Trim(strings.TrimSpace(first), "/"); first != "" {
			s.Category = cleanLine(path.Base(first), maxName)
		}
	}
	o.feeds = append(o.feeds, s)
	return nil
}

// explain says where reading ended.
func (o *outlines) explain(err error) error {
	if errors.Is(err, ErrNotOPML) {
		return err
	}
	if syntax, ok := errors.AsType[*xml.SyntaxError](err); ok {
		err = ErrBroken
		if strings.Contains(syntax.Msg, "EOF") {
			err = ErrCutOff
		}
		if !o.opml {
			return ErrNotOPML
		}
	}
	return fmt.Errorf("read OPML: after %d feeds: %w", len(o.feeds), err)
}

// WriteOPML writes an OPML 2.0 document with these feeds in their order, those with a
// category in a folder of that name. The same feeds give the same bytes.
func WriteOPML(w io.Writer, title string, feeds []Subscription) error {
	type outline struct {
		Text   string    `xml:"text,attr"`
		Title  string    `xml:"title,attr,omitempty"`
		Type   string    `xml:"type,attr,omitempty"`
		XMLURL string    `xml:"xmlUrl,attr,omitempty"`
		Within []outline `xml:"outline"`
	}
	var doc struct {
		XMLName  xml.Name  `xml:"opml"`
		Version  string    `xml:"version,attr"`
		Title    string    `xml:"head>title"`
		Outlines []outline `xml:"body>outline"`
	}
	doc.Version, doc.Title = "2.0", title
	folders := map[string]int{}
	for _, f := range feeds {
		line := outline{Text: f.Name, Title: f.Name, Type: "rss", XMLURL: f.Feed}
		if f.Category == "" {
			doc.Outlines = append(doc.Outlines, line)
			continue
		}
		at, ok := folders[f.Category]
		if !ok {
			at = len(doc.Outlines)
			folders[f.Category] = at
			doc.Outlines = append(doc.Outlines, outline{Text: f.Category, Title: f.Category})
		}
		doc.Outlines[at].Within = append(doc.Outlines[at].Within, line)
	}
	body, err := xml.MarshalIndent(&doc, "", "  ")
	if err != nil {
		return fmt.Errorf("write OPML: %w", err)
	}
	_, err = w.Write(append([]byte(xml.Header), append(body, '\n')...))
	return err
}
