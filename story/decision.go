package story

// Kind says what a decision did.
type Kind uint8

const (
	Open  Kind = iota + 1 // Article opened Story
	Join                  // Article joined Story
	Move                  // Article left From for Story; From may be empty now, and is then an alias of Story
	Merge                 // all Articles of From went to Story; From is an alias of Story now
	Split                 // Articles left From and opened Story
	Show                  // Story passed its first pass and may be published
	Close                 // Story left the Grouper's memory; nothing joins it any more
)

// String returns the kind in lower case, "join".
func (k Kind) String() string {
	switch k {
	case Open:
		return "open"
	case Join:
		return "join"
	case Move:
		return "move"
	case Merge:
		return "merge"
	case Split:
		return "split"
	case Show:
		return "show"
	case Close:
		return "close"
	}
	return "unknown"
}

// Decision is one change that the Grouper made. Decisions apply in order: each
// is stated against what the ones before it left.
type Decision struct {
	Kind     Kind     `cbor:"1,keyasint"`
	Article  uint64   `cbor:"2,keyasint,omitempty"` // open, join, move
	Story    ID       `cbor:"3,keyasint"`
	From     ID       `cbor:"4,keyasint,omitempty"` // move, merge, split
	Articles []uint64 `cbor:"5,keyasint,omitempty"` // merge, split: those that changed their story, in commit order
	Emptied  bool     `cbor:"6,keyasint,omitempty"` // move: From lost its last article
	Reason   Reason   `cbor:"7,keyasint"`
}

// Reason says why a decision was taken.
type Reason struct {
	// Rule names the rule in a word or two: "first", "join", "no match", "better
	// match", "merge", "camps", "window".
	Rule string `cbor:"1,keyasint"`

	// Score is what the rule measured and Threshold what it asked for, on the
	// rule's own scale. Both are 0 where the rule measures nothing.
	Score     float64 `cbor:"2,keyasint,omitempty"`
	Threshold float64 `cbor:"3,keyasint,omitempty"`

	// Terms are the words that carried the score, heaviest first, at most eight. Of decisions
	// other than Open and Join the Grouper knows but stems: see Words.
	Terms []Term `cbor:"4,keyasint,omitempty"`

	// Near is the story that came next: the best one that was not joined, or the
	// second best; "" if there was none. NearScore is its score.
	Near      ID      `cbor:"5,keyasint,omitempty"`
	NearScore float64 `cbor:"6,keyasint,omitempty"`
}

// Term is a word and the share of a score that it carried, in [0, 1].
type Term struct {
	Text   string  `cbor:"1,keyasint"`
	Weight float64 `cbor:"2,keyasint"`
}
