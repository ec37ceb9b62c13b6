package store

import (
	"errors"
	"strings"

	"storyfold/story"
)

// Readable is Article, but for one whose record is damaged it gives what else is known: its
// names, and what its story shows of it, without its text. Options.Damaged is told of it.
func (db *DB) Readable(seq uint64) (*story.Article, error) {
	a, err := db.Article(seq)
	if !errors.Is(err, ErrDamaged) {
		return a, err
	}
	damage := err
	err = db.view(func(t tables) error {
		a, err = db.standIn(t, seq, damage)
		return err
	})
	return a, err
}

// standIn makes an article of what is known beside its record, whose damage it is. Where that is
// not even its key, it returns the damage.
func (db *DB) standIn(t tables, seq uint64, damage error) (*story.Article, error) {
	a := &story.Article{Seq: seq}
	for name := range withPrefix(t.name, number(seq)) {
		if name[8] != nameOfKey {
			continue
		}
		if v, ok := parseKeyValue(t.key.Get(name[9:])); ok && v.kind == keyOwn && v.seq == seq {
			a.Source, a.Identity, _ = strings.Cut(string(v.key), "\x00")
		}
	}
	if a.Source == "" {
		return nil, damage
	}
	if id := t.member.Get(number(seq)); id != nil {
		var m story.Member
		if v := t.memberOf.Get(append(idPrefix(story.ID(id)), number(seq)...)); v != nil && decodeFields(v, &m, memberFields) == nil {
			a.Title, a.URL, a.Also, a.Outlet, a.Lang = m.Title, m.URL, m.Also, m.Outlet, m.Lang
			a.Published, a.FirstSeen = m.Time, m.FirstSeen
			a.Categories, a.Image, a.Enclosures, a.Credits = m.Categories, m.Image, m.Enclosures, m.Credits
		}
	}
	if a.Title == "" {
		a.Title = "An article that is damaged"
	}
	if db.opts.Damaged != nil {
		db.opts.Damaged(a, damage)
	}
	return a, nil
}
