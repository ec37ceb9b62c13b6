package story

import (
	"errors"
	"time"
)

// ErrNotFound reports that there is no such story or article.
var ErrNotFound = errors.New("not found")

// ErrRemoved reports a story that was there once and has been removed.
var ErrRemoved = errors.New("removed")

// ID names a story: the first 80 bits of the SHA-256 of its first article's
// key, with a counter until unused, in lower-case base32 (16 letters and
// digits). It is never reused.
type ID string

// Story is one event and its direct follow-ups, as its articles report it.
// It holds what lists and feeds show; the texts are read article by article.
type Story struct {
	ID ID `cbor:"1,keyasint"`

	// Members are the articles, in commit order (Seq ascending). Never empty,
	// but in an alias, which is not stored as a Story.
	Members []Member `cbor:"2,keyasint"`

	// Revisions are the story's material changes, oldest first; Revisions[i].Number == i+1.
	Revisions []Revision `cbor:"3,keyasint"`

	// Reports is the number of independent reports: what is left when articles
	// of one family, or of one outlet, count once. 1 <= Reports <= len(Members).
	Reports int `cbor:"4,keyasint"`

	// Shown is when the story was first published: with the pass that followed
	// its opening. Zero until then; such a story stays out of feeds and pages.
	Shown time.Time `cbor:"5,keyasint,omitzero"`

	// Closed is true once the story left the Grouper's memory: it keeps its
	// articles and its pages, and no further article joins.
	Closed bool `cbor:"6,keyasint,omitempty"`

	// Lang is the most frequent language of the members, "" if none is known.
	Lang string `cbor:"7,keyasint,omitempty"`

	Brief Brief `cbor:"8,keyasint"`

	// History are the merges, splits and moves that touched the story, oldest
	// first, at most the last maxHistory of them.
	History []Event `cbor:"9,keyasint,omitempty"`

	// Formers are the published stories that became this one, in the order in
	// which they did, at most the last MaxFormers of them. (Key 10 was another field's.)
	Formers []Former `cbor:"11,keyasint,omitempty"`

	// Version differs between two states of the story. The store fills it in where
	// it gives lists of stories; 0: not known.
	Version uint64 `cbor:"-"`
}

// MaxHistory is how many events a story keeps.
const MaxHistory = 50

// Version names a story and its state: two states of a story have different numbers.
type Version struct {
	ID     ID
	Number uint64 // as Story.Version; never 0
}

// Member is an article as its story's header shows it.
type Member struct {
	Seq       uint64    `cbor:"1,keyasint"`
	ID        ArticleID `cbor:"2,keyasint"`
	Title     string    `cbor:"3,keyasint,omitempty"`
	URL       string    `cbor:"4,keyasint,omitempty"`
	Source    string    `cbor:"5,keyasint"`
	Also      []string  `cbor:"6,keyasint,omitempty"` // further sources that list it
	Outlet    string    `cbor:"7,keyasint,omitempty"`
	Time      time.Time `cbor:"8,keyasint"` // the article's time
	FirstSeen time.Time `cbor:"9,keyasint"`
	Lang      string    `cbor:"10,keyasint,omitempty"`

	Categories []string    `cbor:"11,keyasint,omitempty"`
	Image      string      `cbor:"12,keyasint,omitempty"`
	Enclosures []Enclosure `cbor:"13,keyasint,omitempty"`
	Credits    []string    `cbor:"14,keyasint,omitempty"`

	// Family numbers the copies and light rewrites of one report within the
	// story, from 1, in commit order of their first articles.
	Family int `cbor:"15,keyasint"`

	// Why is the reason of the decision that put the article here.
	Why Reason `cbor:"16,keyasint"`

	// Print is a fingerprint of the text, at most 64 bytes, that package brief gives
	// the members of a large story to find copies by; else empty.
	Print []byte `cbor:"17,keyasint,omitempty"`
}

// MemberOf returns a as a story's header shows it; Family, Why and Print are left to the caller.
func MemberOf(a *Article) Member {
	return Member{
		Seq: a.Seq, ID: a.ID(), Title: a.Title, URL: a.URL, Source: a.Source, Also: a.Also,
		Outlet: a.Outlet, Time: a.Time(), FirstSeen: a.FirstSeen, Lang: a.Lang,
		Categories: a.Categories, Image: a.Image, Enclosures: a.Enclosures, Credits: a.Credits,
	}
}

// Revision is a material change of a story: it opened, or gained a report or
// facts that no member had; not the thirtieth copy.
type Revision struct {
	Number   int       `cbor:"1,keyasint"` // from 1
	Time     time.Time `cbor:"2,keyasint"` // when it was committed
	Reason   string    `cbor:"3,keyasint"` // in words: "opened", "new report by NBC News"
	Articles []uint64  `cbor:"4,keyasint"` // all members at that time, in commit order
	Reports  int       `cbor:"5,keyasint"` // independent reports at that time
	Headline string    `cbor:"6,keyasint,omitempty"`

	// Told is what the story said then. It is kept for the last MaxTold
	// revisions; nil in earlier ones.
	Told *Told `cbor:"7,keyasint,omitempty"`
}

// Event is one line of a story's history.
type Event struct {
	Time time.Time `cbor:"1,keyasint"`
	Kind Kind      `cbor:"2,keyasint"`
	Text string    `cbor:"3,keyasint"` // in words, with the numbers that decided it
}

// Brief is what a story says in short; package brief makes it.
type Brief struct {
	Headline       string     `cbor:"1,keyasint,omitempty"`
	HeadlineOf     uint64     `cbor:"2,keyasint,omitempty"` // the article it is taken from
	Representative uint64     `cbor:"3,keyasint,omitempty"` // the article that stands for all
	Summary        []Sentence `cbor:"4,keyasint,omitempty"` // at most three, from different families
	Only           []Sentence `cbor:"5,keyasint,omitempty"` // facts that only one family reports
	New            []Sentence `cbor:"6,keyasint,omitempty"` // what an article said that no earlier one had
}

// Sentence is a sentence of an article.
type Sentence struct {
	Text    string `cbor:"1,keyasint"`
	Article uint64 `cbor:"2,keyasint"` // Seq
}

// Updated returns the time of the last revision.
func (s *Story) Updated() time.Time {
	if len(s.Revisions) == 0 {
		return time.Time{}
	}
	return s.Revisions[len(s.Revisions)-1].Time
}

// Member returns the member with this sequence number, or nil.
func (s *Story) Member(seq uint64) *Member {
	for i := range s.Members {
		if s.Members[i].Seq == seq {
			return &s.Members[i]
		}
	}
	return nil
}

// Independent returns how many of the members are independent reports: what is
// left when members of one family, or of one outlet, count once.
func Independent(members []Member) int {
	parent := make([]int, len(members))
	for i := range parent {
		parent[i] = i
	}
	find := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	family, outlet, n := map[int]int{}, map[string]int{}, len(members)
	join := func(i, j int) {
		if a, b := find(i), find(j); a != b {
			parent[a] = b
			n--
		}
	}
	for i, m := range members {
		if j, ok := family[m.Family]; ok && m.Family != 0 {
			join(i, j)
		} else {
			family[m.Family] = i
		}
		if j, ok := outlet[m.Outlet]; ok {
			join(i, j)
		} else {
			outlet[m.Outlet] = i
		}
	}
	return n
}
