package fetcher

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"storyfold/story"
)

// loose is a JSON value of whatever type where the format wants a certain one:
// feeds send numbers as ids and a word as a list.
type loose struct{ v any }

// text returns a string or number as text, "" for everything else.
func (l loose) text() string {
	switch v := l.v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// list returns the elements of a list, a single value as a list of one.
func (l loose) list() []loose {
	switch v := l.v.(type) {
	case nil:
		return nil
	case []any:
		out := make([]loose, len(v))
		for i := range v {
			out[i] = loose{v[i]}
		}
		return out
	}
	return []loose{l}
}

// get returns a member of an object, nothing of everything else.
func (l loose) get(name string) loose {
	m, _ := l.v.(map[string]any)
	return loose{m[name]}
}

// parseJSONFeed reads JSON Feed 1.0 and 1.1 member by member, so that the items
// before a break survive it. The partly error then says where it broke.
func parseJSONFeed(data []byte) (doc *document, entries []entry, partly, err error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, nil, nil, errors.New("JSON that is no object")
	}
	head := map[string]loose{}
	known := false
	for d.More() {
		key, err := d.Token()
		if err != nil {
			partly = jsonBreak(err, len(entries))
			break
		}
		name, _ := key.(string)
		if name == "items" {
			known = true
			entries, partly = jsonItems(d, entries)
		} else {
			var v loose
			if err := d.Decode(&v.v); err != nil {
				partly = jsonBreak(err, len(entries))
			} else if len(head) < 100 {
				head[name] = v
			}
		}
		if partly != nil {
			break
		}
	}
	version := head["version"].text()
	if !known && !strings.Contains(version, "jsonfeed") {
		return nil, nil, nil, errors.New("JSON of another kind: no items")
	}
	if partly == nil {
		if _, err := d.Token(); err != nil { // the closing brace
			partly = jsonBreak(err, len(entries))
		}
	}
	doc = &document{
		Format: strings.TrimSpace("JSON Feed " + version[strings.LastIndexByte(version, '/')+1:]),
		Title:  head["title"].text(),
		Site:   head["home_page_url"].text(),
		Icon:   firstNonEmpty(head["favicon"].text(), head["icon"].text()),
		lang:   head["language"].text(),
	}
	if doc.Format == "JSON Feed 1" {
		doc.Format = "JSON Feed 1.0"
	}
	if len(doc.Format) > len("JSON Feed 1.1") || !strings.Contains(version, "jsonfeed") {
		doc.Format = "JSON Feed"
	}
	for i := range entries {
		if len(entries[i].authors) == 0 {
			entries[i].authors = jsonAuthors(loose{map[string]any{"authors": head["authors"].v, "author": head["author"].v}})
		}
	}
	return doc, entries, partly, nil
}

// jsonItems reads the value of "items".
func jsonItems(d *json.Decoder, entries []entry) ([]entry, error) {
	t, err := d.Token()
	if err != nil {
		return entries, jsonBreak(err, len(entries))
	}
	switch t {
	case nil:
		return entries, nil
	case json.Delim('['):
	case json.Delim('{'):
		return entries, fmt.Errorf("%w: items is no list", ErrBroken)
	default:
		return entries, nil
	}
	for d.More() {
		var item loose
		if err := d.Decode(&item.v); err != nil {
			return entries, jsonBreak(err, len(entries))
		}
		if len(entries) == maxItems {
			return entries, ErrTooManyItems
		}
		if _, ok := item.v.(map[string]any); ok {
			entries = append(entries, jsonEntry(item))
		}
	}
	if _, err := d.Token(); err != nil {
		return entries, jsonBreak(err, len(entries))
	}
	return entries, nil
}

// jsonBreak says that a document ends, or goes wrong, after so many items.
func jsonBreak(err error, n int) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w; %s before that", ErrCutOff, items(n))
	}
	return fmt.Errorf("%w: %s; %s before that", ErrBroken, err, items(n))
}

func jsonEntry(item loose) entry {
	text := func(name string) string { return item.get(name).text() }
	e := entry{
		guid:    text("id"),
		link:    firstNonEmpty(text("url"), text("external_url")),
		title:   text("title"),
		content: firstNonEmpty(text("content_html"), text("content_text")),
		summary: text("summary"),
		lang:    text("language"),
		authors: jsonAuthors(item),
	}
	if e.link == "" && isHTTP(e.guid) {
		e.link = e.guid
	}
	e.published = parseDate(text("date_published"))
	if e.published.IsZero() {
		e.published = parseDate(text("date_modified"))
	}
	for _, tag := range item.get("tags").list() {
		e.categories = append(e.categories, tag.text())
	}
	for _, name := range []string{"image", "banner_image"} {
		if src := text(name); src != "" {
			e.images = append(e.images, src)
		}
	}
	for _, a := range item.get("attachments").list() {
		size, _ := strconv.ParseFloat(a.get("size_in_bytes").text(), 64)
		if size < 0 || size > 1<<60 || size != size {
			size = 0
		}
		e.enclosures = append(e.enclosures, story.Enclosure{
			URL: a.get("url").text(), Type: a.get("mime_type").text(), Length: int64(size)})
	}
	return e
}

func jsonAuthors(from loose) (names []string) {
	for _, a := range append(from.get("authors").list(), from.get("author").list()...) {
		names = append(names, firstNonEmpty(a.get("name").text(), a.text()))
	}
	return names
}

// tooDeepJSON returns where in data a value begins that is nested deeper than maxDepth, or -1.
func tooDeepJSON(data []byte) int {
	depth, quoted := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted:
			if c == '\\' {
				i++
			} else if c == '"' {
				quoted = false
			}
		case c == '"':
			quoted = true
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return i
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return -1
}
