package store

import (
	"fmt"
	"time"

	"storyfold/story"
)

// keepIcon is how long an icon is kept that no state names: its source's state may
// not be stored yet.
const keepIcon = 24 * time.Hour

// PutIcon stores an icon, where it is not stored yet.
func (db *DB) PutIcon(icon story.Icon) error {
	if icon.Key != story.IconKey(icon.Data) {
		return fmt.Errorf("%w: the icon %s has another key", ErrInvalid, icon.Key)
	}
	db.write.Lock()
	defer db.write.Unlock()
	err := db.update(func(t tables) error {
		b, err := t.tx.CreateBucketIfNotExists([]byte(bucketIcon))
		if err != nil || b.Get([]byte(icon.Key)) != nil {
			return err
		}
		icon.Found = cleanTime(icon.Found)
		return put(b, []byte(icon.Key), &icon)
	})
	if err != nil {
		return fmt.Errorf("store an icon in %s: %w", db.path, err)
	}
	return nil
}

// Icon returns the icon with this key, or story.ErrNotFound.
func (db *DB) Icon(key string) (icon story.Icon, err error) {
	err = db.view(func(t tables) error {
		if t.icon == nil {
			return story.ErrNotFound
		}
		ok, err := get(t.icon, bucketIcon, []byte(key), &icon)
		if err == nil && !ok {
			err = story.ErrNotFound
		}
		return err
	})
	return icon, err
}

// KeepIcons removes the icons that no source with one of these names has, but for those found
// within the last day. The states of other sources name none afterwards.
func (db *DB) KeepIcons(sources map[string]bool) error {
	db.write.Lock()
	defer db.write.Unlock()
	now := db.opts.Now()
	err := db.update(func(t tables) error {
		if t.icon == nil {
			return nil
		}
		used, err := t.usedIcons(sources)
		if err != nil {
			return err
		}
		for _, k := range keysWith(t.icon, nil) {
			var icon story.Icon
			if _, err := get(t.icon, bucketIcon, k, &icon); err != nil {
				return err
			}
			if !used[icon.Key] && now.Sub(icon.Found) > keepIcon {
				if err := t.icon.Delete(k); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("remove icons from %s: %w", db.path, err)
	}
	return nil
}

// usedIcons returns the keys of the icons of these sources, and takes theirs from the others.
func (t tables) usedIcons(sources map[string]bool) (map[string]bool, error) {
	used := map[string]bool{}
	for _, k := range keysWith(t.state, nil) {
		var st story.SourceState
		if _, err := get(t.state, bucketState, k, &st); err != nil {
			return nil, err
		}
		switch {
		case st.Icon == "":
		case sources[st.Name]:
			used[st.Icon] = true
		default:
			st.Icon, st.IconNext = "", time.Time{}
			if err := put(t.state, k, &st); err != nil {
				return nil, err
			}
		}
	}
	return used, nil
}

// icons: each is readable, under its own name.
func (c *checker) icons() {
	if c.icon == nil {
		return
	}
	for k := range withPrefix(c.icon, nil) {
		var icon story.Icon
		if _, err := get(c.icon, bucketIcon, k, &icon); err != nil {
			c.add("%w", err)
		} else if icon.Key != string(k) || story.IconKey(icon.Data) != icon.Key {
			c.add("icon at key %s has key %q, and should have %q", printKey(k), icon.Key, story.IconKey(icon.Data))
		}
	}
}
