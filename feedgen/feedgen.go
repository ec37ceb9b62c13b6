package feedgen

import (
	"iter"
	"log/slog"
	"net/http"
	"time"

	"storyfold/story"
)

// Stories is what Handler reads. *store.DB provides it.
type Stories interface {
	// Newest gives the stories by last revision, newest first; those not yet
	// shown are among them.
	Newest() iter.Seq2[story.Story, error]

	// Versions names at most limit stories in the order of Newest.
	Versions(limit int) ([]story.Version, error)

	// Headers gives these stories, in this order; those that are no more are left out.
	Headers(ids []story.ID) iter.Seq2[story.Story, error]

	// Story returns one story. An alias resolves: the story's ID differs from
	// id then. The error is story.ErrNotFound if there never was one, and
	// story.ErrRemoved if there was.
	Story(id story.ID) (story.Story, error)

	// Aliases gives the stories that became another one, newest first.
	Aliases() iter.Seq2[story.Alias, error]

	// Generation changes with every commit that changed a story.
	Generation() uint64

	// UUID is the store's own, made with it and copied with it.
	UUID() [16]byte
}

// Options are what a Handler needs for its lifetime.
type Options struct {
	Stories Stories

	// States gives the state of every configured source, in the order of the config.
	States func() []story.SourceState

	// Ready is nil while all is well, else why the daemon does not take in
	// articles: restoring, or a store that does not commit.
	Ready func() error

	// Metrics answers /metrics; nil: not found.
	Metrics http.Handler

	// Mutes keeps what readers mute on pages; nil: they cannot.
	Mutes Mutes

	// Secret signs links that change something. It is the store's own, so that
	// links outlive a restart; nil: one of this process.
	Secret []byte

	// Icons are shown beside the names of outlets; nil: none.
	Icons Icons

	// Corrections lets a story's page correct it; nil: it cannot.
	Corrections Corrections

	Version string
	Now     func() time.Time // ends mutes and brings digests; nil: time.Now
	Log     *slog.Logger     // nil: slog.Default()
}

// Config is what a reload may change.
type Config struct {
	BaseURL  string // without a slash at the end; "http://127.0.0.1:8080"
	Timezone *time.Location
	Sources  []story.Source // an article of none of them that is enabled is not shown
	Feeds    []Feed         // one of them is named "stories"
	Mutes    []Mute
	Hub      string // WebSub hub that open feeds name; "": none
	Users    []User // who may log in; none: pages are open, and actions are for local use
}

// User is somebody who may log in.
type User struct {
	Name string // without a colon
	Hash string // of the password, by bcrypt
}

// Feed is an output feed.
type Feed struct {
	Name       string   // in the address: /feeds/NAME.atom; "stories" is also /feed.atom
	Title      string   // "": the name
	Categories []string // a story matches by any member; empty: all
	Sources    []string
	Languages  []string // a story's language is its most frequent one
	MinReports int      // independent reports; 0 and 1: all
	Include    []Match  // at least one must match, if there are any
	Exclude    []Match  // none may match
	Items      int      // at least so many entries, if there are; 0: 50
	Updates    Updates
	Link       Link
	Key        string // "": the feed is open

	search string            // of a search: its parameters, as an address holds them
	home   string            // of a search: the page that shows it; "": the front page
	match  func(*Shown) bool // of a search: whether a story is found
	asked  query             // of a search
	acts   bool              // its entries link to what changes a story
}

// Mute keeps stories out of feeds and off the front page for a while.
type Mute struct {
	Story story.ID  // this one, or the one that it became; or
	Words []Match   // those that one of these speaks of, in headline, summary or titles
	Until time.Time // they come back then; zero: they stay away
}

// Match tells whether a text speaks of what the reader named.
type Match interface{ MatchString(string) bool }

// Link says where an entry leads.
type Link string

const (
	LinkStory   Link = "story"   // to the story's page here
	LinkArticle Link = "article" // to the representative article
	LinkAuto    Link = "auto"    // article while BaseURL is loopback, else story
)
