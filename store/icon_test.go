package store

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"storyfold/story"
)

func TestIcons(t *testing.T) {
	dir := t.TempDir()
	now := at(0)
	db := openWith(t, dir, Options{Create: true, NoSync: true, Now: func() time.Time { return now }})
	if _, err := db.Icon("aaaaaaaaaaaaaaaa"); !errors.Is(err, story.ErrNotFound) {
		t.Errorf("an icon of a new store: %v, want ErrNotFound", err)
	}
	if err := db.KeepIcons(nil); err != nil {
		t.Errorf("KeepIcons of a new store = %v", err)
	}
	icons := map[string]story.Icon{}
	var states []story.SourceState
	for _, name := range []string{"harbour", "valley", "ridge"} {
		data := []byte(strings.Repeat(name, 100))
		icon := story.Icon{Key: story.IconKey(data), Type: "image/png", Data: data, Found: now}
		icons[name] = icon
		for range 2 { // the second time changes nothing
			if err := db.PutIcon(icon); err != nil {
				t.Fatal(err)
			}
		}
		states = append(states, story.SourceState{Name: name, Address: name, Icon: icon.Key, IconNext: now.Add(time.Hour)})
	}
	if err := db.PutIcon(story.Icon{Key: "another", Data: []byte("x")}); !errors.Is(err, ErrInvalid) {
		t.Errorf("an icon under another's key: %v, want ErrInvalid", err)
	}
	states = append(states, story.SourceState{Name: "valley two", Address: "two", Icon: icons["valley"].Key})
	commit(t, db, &story.Commit{Time: now, States: states})
	db = reopen(t, db, dir)
	for name, want := range icons {
		got, err := db.Icon(want.Key)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("the icon of %s, reopened: %v\n%s", name, err, diff)
		}
	}

	// harbour is not configured any more, and neither is one of two with the same icon.
	db.opts.Now = func() time.Time { return now.Add(keepIcon + time.Second) }
	if err := db.KeepIcons(map[string]bool{"ridge": true, "valley two": true}); err != nil {
		t.Fatal(err)
	}
	for name, icon := range icons {
		_, err := db.Icon(icon.Key)
		if gone := errors.Is(err, story.ErrNotFound); gone != (name == "harbour") {
			t.Errorf("the icon of %s afterwards: %v", name, err)
		}
	}
	left, err := db.States()
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range left {
		if named := st.Icon != ""; named != (st.Name == "ridge" || st.Name == "valley two") || named == st.IconNext.IsZero() && st.Name != "valley two" {
			t.Errorf("state of %s names the icon %q, next %v", st.Name, st.Icon, st.IconNext)
		}
	}

	// An icon that was found just now may be named by a state that is not stored yet.
	young := story.Icon{Key: story.IconKey([]byte("young")), Data: []byte("young"), Found: now.Add(keepIcon)}
	if err := errors.Join(db.PutIcon(young), db.KeepIcons(nil)); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Icon(young.Key); err != nil {
		t.Errorf("an icon found a second ago: %v", err)
	}
	if _, err := db.Icon(icons["ridge"].Key); !errors.Is(err, story.ErrNotFound) {
		t.Errorf("an icon that nobody names any more: %v", err)
	}
}
