package fetcher

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
	"go.yaml.in/yaml/v3"
)

// maxFrontMatter bounds the front matter of one document, in bytes.
const maxFrontMatter = 64 << 10

// splitFrontMatter separates the block between "---" lines (YAML) or "+++" lines
// (TOML) at the front of text from the body below it. Where the line below YAML is
// missing, an empty line ends it. Without such a block fence is "" and body is text.
func splitFrontMatter(text string) (fence, block, body string) {
	first, rest, ok := strings.Cut(text, "\n")
	fence = strings.TrimRight(first, " \t\r")
	if !ok || fence != "---" && fence != "+++" {
		return "", "", text
	}
	for at := 0; at < len(rest) && at <= maxFrontMatter; {
		ln, _, more := strings.Cut(rest[at:], "\n")
		if end := strings.TrimRight(ln, " \t\r"); end == fence || fence == "---" && end == "..." {
			body = ""
			if more {
				body = rest[at+len(ln)+1:]
			}
			return fence, rest[:at], body
		}
		at += len(ln) + 1
	}
	if block, body, ok := strings.Cut(rest, "\n\n"); ok && fence == "---" && allFields(block) {
		return fence, block, body // its end was forgotten
	}
	return "", "", text // "---" as a rule between paragraphs
}

// allFields reports whether every line of block is "key: value" or a part of a list, and
// some key is one that we know.
func allFields(block string) bool {
	known := false
	for ln := range strings.SplitSeq(block, "\n") {
		key, _, ok := strings.Cut(ln, ":")
		switch {
		case strings.HasPrefix(strings.TrimSpace(ln), "- "):
		case !ok, key == "", strings.ContainsAny(key, " \t"):
			return false
		case fieldNames[strings.ToLower(key)] != "":
			known = true
		}
	}
	return known
}

// errFrontMatter is returned for front matter from which nothing could be read.
var errFrontMatter = errors.New("the front matter cannot be read")

// parseFrontMatter reads a block that splitFrontMatter gave into p. YAML that is
// broken (most often a title with a colon and no quotes) is read line by line.
func parseFrontMatter(p *piece, fence, block string) error {
	if strings.TrimSpace(block) == "" {
		return nil
	}
	fields := map[string]any{}
	var err error
	if fence == "+++" {
		err = toml.Unmarshal([]byte(block), &fields)
	} else {
		err = yaml.Unmarshal([]byte(block), &fields)
	}
	if err == nil {
		for _, k := range slices.Sorted(maps.Keys(fields)) {
			p.set(k, fields[k])
		}
		return nil
	}
	if fence == "---" && p.setLines(block) {
		return nil
	}
	return fmt.Errorf("%w: %s", errFrontMatter, cutRunes(strings.Join(strings.Fields(err.Error()), " "), 200))
}

// setLines reads block as lines of "key: value". It reports whether it found a
// title or an address.
func (p *piece) setLines(block string) bool {
	list := "" // key of the list that "- " lines belong to
	var items []any
	flush := func() {
		if len(items) > 0 {
			p.set(list, items)
		}
		items = nil
	}
	for ln := range strings.SplitSeq(block, "\n") {
		if item, ok := strings.CutPrefix(strings.TrimSpace(ln), "- "); ok && list != "" {
			items = append(items, unquote(item))
			continue
		}
		key, value, ok := strings.Cut(ln, ":")
		if !ok || key == "" || key[0] == ' ' || key[0] == '\t' || key[0] == '#' {
			continue
		}
		flush()
		list = key
		if value = strings.TrimSpace(value); value != "" {
			p.set(key, unquote(value))
		}
	}
	flush()
	return p.Title != "" || p.URL != ""
}

func unquote(s string) string {
	s = strings.TrimSpace(s)
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1]
	}
	return s
}

// fieldNames maps what front matter and header lines call a field, lower-cased,
// to our own word for it.
var fieldNames = map[string]string{
	"title": "title", "headline": "title", "titel": "title", "titre": "title", "título": "title", "titulo": "title", "titolo": "title",
	"überschrift": "title", "schlagzeile": "title", "заголовок": "title",
	"outlet": "outlet", "publisher": "outlet", "site": "outlet", "site_name": "outlet", "sitename": "outlet", "publication": "outlet",
	"source": "source", "quelle": "source", "fuente": "source", "fonte": "source", "источник": "source", "medium": "outlet",
	"url": "url", "link": "url", "canonical": "url", "canonical_url": "url", "canonicalurl": "url", "permalink": "url",
	"source_url": "url", "original_url": "url", "externalurl": "url", "external_url": "url", "address": "url", "ссылка": "url",
	"lang": "lang", "language": "lang", "locale": "lang", "sprache": "lang", "langue": "lang", "idioma": "lang", "lingua": "lang",
	"date": "published", "published": "published", "publishdate": "published", "publish_date": "published", "pubdate": "published",
	"published_at": "published", "date_published": "published", "datum": "published", "fecha": "published", "data": "published",
	"veröffentlicht": "published", "publié": "published", "дата": "published",
	"author": "authors", "authors": "authors", "byline": "authors", "creator": "authors", "autor": "authors", "autoren": "authors",
	"auteur": "authors", "auteurs": "authors", "autores": "authors", "autore": "authors", "автор": "authors",
	"category": "categories", "categories": "categories", "tag": "categories", "tags": "categories", "keywords": "categories",
	"section": "categories", "topics": "categories", "rubrik": "categories", "kategorie": "categories", "kategorien": "categories",
	"image": "image", "cover": "image", "thumbnail": "image", "featured_image": "image", "og_image": "image", "bild": "image",
	"id": "id", "guid": "id", "uuid": "id",
}

// set stores a field by one of the names that fieldNames knows; others are ignored.
func (p *piece) set(key string, value any) {
	key = strings.ToLower(strings.TrimSpace(key))
	switch fieldNames[key] {
	case "title":
		setText(&p.Title, value)
	case "outlet":
		setText(&p.Outlet, value)
	case "source":
		if s := scalar(value); webAddress(s) != "" {
			setText(&p.URL, value)
		} else {
			setText(&p.Outlet, value)
		}
	case "url":
		if webAddress(scalar(value)) != "" { // a permalink may be a path
			setText(&p.URL, value)
		}
	case "lang":
		setText(&p.Lang, value)
	case "image":
		setText(&p.Image, value)
	case "id":
		setText(&p.ID, value)
	case "published":
		if t := timeOf(value); !t.IsZero() && (p.Published.IsZero() || key == "published" || key == "date_published") {
			p.Published = t
		}
	case "authors":
		p.Authors = append(p.Authors, nameList(value)...)
	case "categories":
		p.Categories = append(p.Categories, nameList(value)...)
	}
}

// setText sets *to, if nothing did so before. Of two names for one field the
// alphabetically later one must not win by chance: the longer text does.
func setText(to *string, value any) {
	if s := scalar(value); len(s) > len(*to) || len(s) == len(*to) && s > *to {
		*to = s
	}
}

// scalar returns a single value as text: a string, number, time, the first of a
// list, the name or address in a table.
func scalar(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return strings.TrimSpace(v)
	case bool:
		return ""
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case uint64:
		return strconv.FormatUint(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case time.Time:
		return v.Format(time.RFC3339)
	case fmt.Stringer: // TOML's local dates and times
		return v.String()
	case []any:
		if len(v) > 0 {
			if _, deeper := v[0].([]any); !deeper {
				return scalar(v[0])
			}
		}
	case map[string]any:
		for _, k := range []string{"name", "title", "url", "src", "href"} {
			if s, ok := v[k].(string); ok {
				return strings.TrimSpace(s)
			}
		}
	}
	return ""
}

// nameList returns a list of names, given as a list or separated by commas.
func nameList(value any) []string {
	var out []string
	switch v := value.(type) {
	case []any:
		for _, e := range v[:min(len(v), maxCategories)] {
			if s := scalar(e); s != "" {
				out = append(out, s)
			}
		}
	case string:
		v = strings.Trim(v, "[]")
		for s := range strings.FieldsFuncSeq(v, func(r rune) bool { return r == ',' || r == ';' }) {
			if s = unquote(s); s != "" && len(out) < maxCategories {
				out = append(out, s)
			}
		}
	default:
		if s := scalar(v); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func timeOf(value any) time.Time {
	if t, ok := value.(time.Time); ok {
		return saneTime(t)
	}
	return documentTime(scalar(value))
}
