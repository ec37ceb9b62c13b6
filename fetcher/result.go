package fetcher

import (
	"context"

	"storyfold/story"
)

// Result is what one look at a source gave. Its state is stored in one transaction
// with its articles, or, if those are very many, with the last of them.
type Result struct {
	Source   story.Source
	Articles []story.Article   // in the order of the document; Seq and FirstSeen are not set
	State    story.SourceState // after this look; validators only of a document that was read whole

	// NotModified is true if there was nothing new to parse: 304, or the same bytes.
	NotModified bool

	// New and Edited count the articles that were not known, or were changed. The
	// Sink sets them when it has committed; they are 0 before.
	New, Edited int

	// Err is why the look failed or was only partly good; nil if all is well.
	// There may be articles beside it.
	Err error

	// More is true if the source holds more than one look gives: it is looked at
	// again, not in full, as soon as this result is committed.
	More bool

	// Renamed is true if it turned out in this look that the feed's items keep neither guid
	// nor link: the articles have other identities than in earlier looks. One that is stored
	// has the same title, and the same date, or without one the same text.
	Renamed bool

	// Same has, for each of the Articles, the name of its content if its item is as it was in the last
	// document: then there is no more of it than Source, Identity and Published. It is 0 for the others; nil: all are whole.
	Same []uint64

	// Kept is set by the Sink, for each of the Articles: a name of its content under
	// which it is stored now as it is here, and Result.Same may bring it up again; 0: none. Nil: nothing can come up again.
	Kept []uint64

	// Outdated is set by the Sink if an article that Same stands for is stored otherwise. Then the source is read
	// again at once, and as a whole.
	Outdated bool

	memory *memory // of the document; nil: nothing of it can be remembered

	marks map[string]fileMark // of files: what was read, to be remembered once the result is committed
}

// Sink takes a result and returns when it is committed. On an error it may be stored in
// part: the source is looked at again.
type Sink func(ctx context.Context, r *Result) error

// FileIdentity begins the identity of an article that is a file of its own. The
// file's path follows: below its source's glob, or absolute from ReadPaths.
const FileIdentity = "file:"
