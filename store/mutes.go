package store

import (
	"fmt"

	"storyfold/story"
)

// keyMutes is the key of bucket meta for what Mutes returns.
var keyMutes = []byte("mutes")

// MaxMutes is how many mutes a store keeps.
const MaxMutes = 1000

// Mutes returns the mutes that SetMutes stored last, in their order.
func (db *DB) Mutes() (mutes []story.Mute, err error) {
	err = db.view(func(t tables) error {
		_, err := get(t.meta, bucketMeta, keyMutes, &mutes)
		return err
	})
	return mutes, err
}

// SetMutes stores mutes in place of those before; ErrInvalid if there are more
// than MaxMutes.
func (db *DB) SetMutes(mutes []story.Mute) error {
	if len(mutes) > MaxMutes {
		return fmt.Errorf("%w: %d mutes; at most %d are kept", ErrInvalid, len(mutes), MaxMutes)
	}
	db.write.Lock()
	defer db.write.Unlock()
	return db.update(func(t tables) error { return put(t.meta, keyMutes, mutes) })
}
