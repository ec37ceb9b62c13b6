package story

import (
	"strings"
	"time"
)

// Commit is everything that one transaction stores, or nothing of it is stored.
type Commit struct {
	Time time.Time

	Articles  []Article     // new and edited ones, each whole, with Seq set
	Stories   []Story       // changed ones, each whole
	Decisions []Decision    // in the order in which they were taken
	Aliases   []Alias       // stories that became another one
	States    []SourceState // of the sources that were looked at
	Engine    []byte        // the Grouper's own state after these decisions; nil: unchanged
	Listings  []Listing     // further keys under which sources list a stored article

	Constraints []Constraint // the reader's corrections that come into force
	Lifted      []uint64     // numbers of corrections that are undone
	Settings    *Settings    // of the grouping, in force from now on; nil: unchanged

	// Fresh names, of stories in Stories that are stored, the members that are
	// new or changed. The other members, the revisions that were there, what
	// those told, and the former stories are as they are stored; they are not
	// looked at. A story that is not named is compared as a whole.
	Fresh map[ID][]uint64

	// Owing says that a later commit, with Paying, brings Stories and Aliases as these
	// Decisions, and these edited Articles, make them: here are none. Until then the new
	// Articles are in no story.
	Owing bool

	// Paying says that with this commit no story is owed any more, by it or by earlier
	// ones. It may be set where none was.
	Paying bool
}

// Listing says that the key of another source stands for the article with this
// sequence number: both name the same canonical link.
type Listing struct {
	Key Key
	Seq uint64
}

// Alias says that the story From is now the story To.
type Alias struct {
	From, To ID
}

// Source is a configured [[source]].
type Source struct {
	Name     string // unique
	Feed     string // address of a feed; or
	Files    string // absolute glob of files ("/srv/articles/**/*.txt")
	Category string
	Interval time.Duration // 0: adapt
	Lang     string        // declared language for articles that say none
	Rank     int           // higher is preferred as a story's representative
	Paywall  bool
	FullText bool // new articles get the text of the page they link to
	Private  bool // may reach private addresses, at its own configured host only
	Headers  map[string]string
	Enabled  bool
}

// Address returns where the source is read from.
func (s *Source) Address() string {
	if s.Feed != "" {
		return s.Feed
	}
	return s.Files
}

// SourceState is what storyfold knows about a source beside its articles.
type SourceState struct {
	Name    string `cbor:"1,keyasint"`
	Address string `cbor:"2,keyasint"` // as configured; a new name on a known address inherits the state

	Format string `cbor:"3,keyasint,omitempty"` // "RSS 2.0", "Atom 1.0", "JSON Feed 1.1", "files"; "" until read
	Title  string `cbor:"4,keyasint,omitempty"` // what the feed calls itself
	Site   string `cbor:"5,keyasint,omitempty"` // the feed's web page

	ETag         string `cbor:"6,keyasint,omitempty"` // validators, as the server sent them
	LastModified string `cbor:"7,keyasint,omitempty"`
	BodyHash     uint64 `cbor:"8,keyasint,omitempty"` // of the last document that was stored whole; 0: none

	Checked    time.Time `cbor:"9,keyasint,omitzero"`   // last look, good or bad
	Next       time.Time `cbor:"10,keyasint,omitzero"`  // next look; zero for files that are only watched
	NextReason string    `cbor:"11,keyasint,omitempty"` // why then, in words

	Error      string    `cbor:"12,keyasint,omitempty"` // of the last look, in words; "" if it went well
	ErrorSince time.Time `cbor:"13,keyasint,omitzero"`
	Errors     int       `cbor:"14,keyasint,omitempty"` // failed looks in a row
	Warning    string    `cbor:"15,keyasint,omitempty"` // the look went well, but: "document cut off, 12 items kept"
	Gone       bool      `cbor:"16,keyasint,omitempty"` // the server said 410

	LastNew time.Time `cbor:"17,keyasint,omitzero"`  // when it last brought a new article
	Moved   string    `cbor:"18,keyasint,omitempty"` // address that permanent redirects name
	Items   int       `cbor:"19,keyasint,omitempty"` // items in the last document

	Rhythm time.Duration `cbor:"20,keyasint,omitempty"` // half of the usual gap between its items; 0: unknown
	Newest time.Time     `cbor:"21,keyasint,omitzero"`  // date of the newest item in the last document
	Hold   time.Time     `cbor:"22,keyasint,omitzero"`  // the server asked not to be disturbed before then (Retry-After)

	// What the last document and its server said about how often to look.
	TTL       time.Duration `cbor:"23,keyasint,omitempty"` // ttl of the feed
	Fresh     time.Duration `cbor:"24,keyasint,omitempty"` // max-age or Expires of the server
	SkipHours uint32        `cbor:"25,keyasint,omitempty"` // bit h: not in hour h, UTC
	SkipDays  uint8         `cbor:"26,keyasint,omitempty"` // bit d: not on day d, 0 = Sunday, UTC

	Full  time.Time `cbor:"27,keyasint,omitzero"`  // when the document last came whole, and not as "not modified"
	Stuck bool      `cbor:"28,keyasint,omitempty"` // its validators stay while the document changes: they are not sent

	// Agreement about Moved: looks that it was named in since MovedSince. Once it is
	// Adopted, Moved is asked instead of Address.
	MovedLooks int       `cbor:"29,keyasint,omitempty"`
	MovedSince time.Time `cbor:"30,keyasint,omitzero"`
	Adopted    bool      `cbor:"31,keyasint,omitempty"`

	Churn   bool     `cbor:"33,keyasint,omitempty"` // its guids change while its items do not: they are not used
	Marks   []uint32 `cbor:"46,keyasint,omitempty"` // of some items of the last document, four hashes each, to tell that
	Unnamed bool     `cbor:"47,keyasint,omitempty"` // its links change as well: neither is used

	Found string `cbor:"40,keyasint,omitempty"` // the feed's address, where Address is a web page that names it; else ""

	FeedID   string    `cbor:"42,keyasint,omitempty"` // the atom:id of the feed; "" if it is no Atom feed
	FeedIcon string    `cbor:"43,keyasint,omitempty"` // address of the icon that the feed names
	Icon     string    `cbor:"44,keyasint,omitempty"` // Key of its stored icon; "" if it has none
	IconNext time.Time `cbor:"45,keyasint,omitzero"`  // when its icon is looked for again; zero: as soon as it is read

	// Articles and Stories count what the source brought and is stored; the
	// store fills them in when it is asked.
	Articles int `cbor:"-"`
	Stories  int `cbor:"-"`

	// Paused is true while nothing is fetched because the store does not commit,
	// or because the source is disabled. The daemon sets it; it is not stored.
	Paused bool `cbor:"-"`
}

// Asked returns the address that the source is read from: the configured one, or
// the one that took its place.
func (s *SourceState) Asked() string {
	if s.Adopted && s.Moved != "" {
		return s.Moved
	}
	if s.Found != "" {
		return s.Found
	}
	return s.Address
}

// Notice says what the owner of the source should know although, or while, it is
// read: one line, "" if there is nothing.
func (s *SourceState) Notice() string {
	var notes []string
	if s.Warning != "" {
		notes = append(notes, s.Warning)
	}
	if s.Found != "" {
		notes = append(notes, "the address is a web page; its feed is "+s.Found+": write that address into the config")
	}
	if s.Adopted {
		notes = append(notes, "it moved for good, and is read from "+s.Moved+" now: write that address into the config")
	}
	if s.Stuck {
		notes = append(notes, "its server calls it unchanged when it is not, so it is always read in full")
	}
	switch {
	case s.Unnamed:
		notes = append(notes, "its items get new guids and links all the time, so they are told apart by title and date")
	case s.Churn:
		notes = append(notes, "its items get new guids all the time, so they are told apart by their links")
	}
	return strings.Join(notes, "; ")
}

// Condition returns the state of the source in a word: "paused", "gone" (the
// server said so), "failing", "new" (never looked at) or "ok".
func (s *SourceState) Condition() string {
	switch {
	case s.Paused:
		return "paused"
	case s.Gone:
		return "gone"
	case s.Error != "":
		return "failing"
	case s.Checked.IsZero():
		return "new"
	}
	return "ok"
}
