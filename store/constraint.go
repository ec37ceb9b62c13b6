package store

import (
	"fmt"

	"storyfold/story"
)

// Constraints returns the reader's corrections that are in force, by number.
func (db *DB) Constraints() (list []story.Constraint, err error) {
	err = db.view(func(t tables) error {
		if t.constraint == nil {
			return nil
		}
		for k := range withPrefix(t.constraint, nil) {
			var c story.Constraint
			if _, err := get(t.constraint, bucketConstraint, k, &c); err != nil {
				return err
			}
			list = append(list, c)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read corrections: %w", err)
	}
	return list, nil
}

// NextConstraint returns the number of the next correction, from 1; 0 where the
// store cannot tell.
func (db *DB) NextConstraint() (n uint64) {
	_ = db.view(func(t tables) error {
		n = 1
		if t.constraint != nil {
			n = t.constraint.Sequence() + 1
		}
		return nil
	})
	return n
}

// constraints stores the corrections that come into force and removes those that are undone.
func (w *writer) constraints() (err error) {
	if w.constraint == nil && len(w.commit.Constraints) > 0 {
		if w.constraint, err = w.tx.CreateBucket([]byte(bucketConstraint)); err != nil {
			return err
		}
	}
	for _, c := range w.commit.Constraints {
		if c.Number <= w.constraint.Sequence() {
			return fmt.Errorf("%w: the number of correction %d was used before", ErrInvalid, c.Number)
		}
		c.Made = cleanTime(c.Made)
		if err := put(w.constraint, number(c.Number), &c); err != nil {
			return fmt.Errorf("correction %d: %w", c.Number, err)
		}
		if err := w.constraint.SetSequence(c.Number); err != nil {
			return err
		}
	}
	for _, n := range w.commit.Lifted {
		if w.constraint == nil || w.constraint.Get(number(n)) == nil {
			return fmt.Errorf("%w: correction %d is not in force", ErrInvalid, n)
		}
		if err := w.constraint.Delete(number(n)); err != nil {
			return err
		}
	}
	return nil
}

// forgetConstraints removes the corrections of articles that are neither stored
// nor remembered: their keys may come back as those of other articles.
func (x *expiry) forgetConstraints() error {
	if x.constraint == nil {
		return nil
	}
	known := func(key story.Key) bool {
		name := nameKey(key)
		return key == "" || x.key.Get(name) != nil || x.gone.Get(name) != nil
	}
	for _, k := range keysWith(x.constraint, nil) {
		var c story.Constraint
		if _, err := get(x.constraint, bucketConstraint, k, &c); err != nil {
			return err
		}
		if known(c.A) && known(c.B) {
			continue
		}
		if err := x.constraint.Delete(k); err != nil {
			return err
		}
	}
	return nil
}

// constraints: each is readable, and has a number that was given out.
func (c *checker) constraints() {
	if c.constraint == nil {
		return
	}
	for k := range withPrefix(c.constraint, nil) {
		var x story.Constraint
		if _, err := get(c.constraint, bucketConstraint, k, &x); err != nil {
			c.add("%w", err)
		} else if x.Number != parseNumber(k) || x.Number > c.constraint.Sequence() || x.A == "" {
			c.add("correction at key %s has number %d, of %d", printKey(k), x.Number, c.constraint.Sequence())
		}
	}
}
