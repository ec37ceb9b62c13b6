package story

import "time"

// Mute keeps a story out of feeds and lists until a time: a reader's word, given
// on a page.
type Mute struct {
	Story ID        `cbor:"1,keyasint"`
	Title string    `cbor:"2,keyasint"` // the headline when it was muted
	Until time.Time `cbor:"3,keyasint"`
}
