package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"storyfold/story"
)

func TestMutes(t *testing.T) {
	dir := t.TempDir()
	db, err := Open(dir, Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := db.Mutes(); len(got) != 0 || err != nil {
		t.Errorf("a new store has the mutes %v, %v", got, err)
	}
	want := []story.Mute{
		{Story: "ferryferryferry2", Title: "Ferry \u201cAlma\u201d aground", Until: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)},
		{Story: "frostfrostfrost2", Until: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)},
	}
	for _, list := range [][]story.Mute{want[1:], nil, want} {
		if err := db.SetMutes(list); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.SetMutes(make([]story.Mute, MaxMutes+1)); !errors.Is(err, ErrInvalid) {
		t.Errorf("too many mutes: %v", err)
	}
	if err := errors.Join(db.Check(), db.Close()); err != nil {
		t.Fatal(err)
	}
	if db, err = Open(dir, Options{ReadOnly: true}); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	got, err := db.Mutes()
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("reopened: %v\n%s", err, diff)
	}
}
