package story

import (
	"crypto/sha256"
	"encoding/base32"
	"time"
)

// Article is one item of a source, once parsed. Everything in it is plain text:
// markup is removed when the source is read, so that nothing from outside can
// reach a page or a feed as markup.
type Article struct {
	// Seq is the article's place in commit order, counted from 1; 0 before the
	// article is committed. It never changes and is never reused.
	Seq uint64 `cbor:"1,keyasint"`

	// Source is the name of the [[source]] that brought the article.
	Source string `cbor:"2,keyasint"`

	// Identity tells the article from the others of its source: the guid, else
	// the link, else a hash of title and text; for a file, its path. It is never
	// empty once the article left the fetcher.
	Identity string `cbor:"3,keyasint"`

	// Also names further sources that list the same canonical link, sorted.
	Also []string `cbor:"4,keyasint,omitempty"`

	// Outlet is who published the article: what the item says, else the source's name.
	Outlet string `cbor:"5,keyasint,omitempty"`

	URL   string `cbor:"6,keyasint,omitempty"` // absolute http or https address, or ""
	Title string `cbor:"7,keyasint,omitempty"` // one line
	Text  string `cbor:"8,keyasint,omitempty"` // paragraphs, separated by "\n\n"; may be empty

	// Lang is a lower-case ISO 639 base language ("en", "ru", "zh"), as declared by
	// the item, its feed or its source; "" where none is declared.
	Lang string `cbor:"9,keyasint,omitempty"`

	Published time.Time `cbor:"10,keyasint,omitzero"` // as the document says; zero if missing or unreadable
	FirstSeen time.Time `cbor:"11,keyasint,omitzero"` // when storyfold first committed it; fixed
	Edited    time.Time `cbor:"12,keyasint,omitzero"` // when its content last changed; zero if never

	Authors    []string    `cbor:"13,keyasint,omitempty"`
	Categories []string    `cbor:"14,keyasint,omitempty"` // the source's category first, then the item's own
	Image      string      `cbor:"15,keyasint,omitempty"` // absolute http or https address, or ""
	Enclosures []Enclosure `cbor:"16,keyasint,omitempty"`

	// Credits are agencies that the text itself names as its origin ("AP",
	// "Reuters"): evidence about copies, shown as such, and nothing more.
	Credits []string `cbor:"17,keyasint,omitempty"`

	// Titles are up to five earlier titles, latest first.
	Titles []OldTitle `cbor:"18,keyasint,omitempty"`
}

// Enclosure is a media file attached to an article.
type Enclosure struct {
	URL    string `cbor:"1,keyasint"`
	Type   string `cbor:"2,keyasint,omitempty"` // media type, or ""
	Length int64  `cbor:"3,keyasint,omitempty"` // bytes; 0 if unknown
}

// OldTitle is a title that an article had until Until.
type OldTitle struct {
	Title string    `cbor:"1,keyasint"`
	Until time.Time `cbor:"2,keyasint"`
}

// Key identifies an article among all sources: its source's name, a NUL, and its identity.
type Key string

// MakeKey returns the key of the article with this identity in this source.
func MakeKey(source, identity string) Key { return Key(source + "\x00" + identity) }

// Key returns the key of a.
func (a *Article) Key() Key { return MakeKey(a.Source, a.Identity) }

// ArticleID names an article to the outside: the first 80 bits of the SHA-256
// of its key, in lower-case base32 (16 letters and digits).
type ArticleID string

// ID returns the public name of the article with this key.
func (k Key) ID() ArticleID { return ArticleID(hashID(string(k), 0)) }

// ID returns the public name of a.
func (a *Article) ID() ArticleID { return a.Key().ID() }

// Time returns the time that stands for the article everywhere: when it was
// published, or when it was first seen, where the published date is missing or later.
func (a *Article) Time() time.Time {
	if a.Published.IsZero() || !a.FirstSeen.IsZero() && a.Published.After(a.FirstSeen) {
		return a.FirstSeen
	}
	return a.Published
}

// maxTitles is how many earlier titles an article keeps.
const maxTitles = 5

// Retitled notes that a was called title until the given time.
func (a *Article) Retitled(title string, until time.Time) {
	a.Titles = append([]OldTitle{{Title: title, Until: until}}, a.Titles...)
	if len(a.Titles) > maxTitles {
		a.Titles = a.Titles[:maxTitles]
	}
}

var idEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// hashID returns the first 80 bits of the SHA-256 of key as lower-case base32.
// A count above zero gives another one for the same key.
func hashID(key string, count int) string {
	var buf [256]byte
	b := append(buf[:0], key...)
	for range count {
		b = append(b, 0)
	}
	sum := sha256.Sum256(b)
	var id [idSize]byte
	idEncoding.Encode(id[:], sum[:10])
	return string(id[:])
}

// idSize is the length of what hashID returns.
const idSize = 16
