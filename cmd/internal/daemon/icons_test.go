package daemon

import (
	"errors"
	"testing"
	"time"

	"storyfold/fetcher"
	"storyfold/story"
)

// TestKeepIcons lets an icon go with the last source that has it.
func TestKeepIcons(t *testing.T) {
	db := openStore(t, t.TempDir())
	defer closeStore(t, db)
	p := testPipeline(t, db, clockAt(0))
	picture := []byte("\x89PNG, as far as the store is concerned")
	icon := story.Icon{Key: story.IconKey(picture), Type: "image/png", Data: picture, Found: time.Now().Add(-48 * time.Hour)}
	commit := &story.Commit{Time: time.Now()}
	for _, name := range []string{"a", "b"} {
		commit.States = append(commit.States, story.SourceState{Name: name, Address: "https://" + name + ".example/", Icon: icon.Key})
	}
	if err := errors.Join(db.PutIcon(icon), db.Commit(commit)); err != nil {
		t.Fatal(err)
	}
	f, err := fetcher.New(fetcher.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		sources []story.Source
		there   bool
	}{
		{[]story.Source{{Name: "a"}, {Name: "b"}}, true},
		{[]story.Source{{Name: "b"}}, true},
		{nil, false},
	} {
		p.Configure(Config{Sources: c.sources})
		p.keepIcons()
		got, err := pageIcons{f, db}.Icon(icon.Key)
		if there := err == nil && string(got.Data) == string(picture); there != c.there || !there && !errors.Is(err, story.ErrNotFound) {
			t.Errorf("with %d sources: the icon is there: %v, %v; want %v", len(c.sources), there, err, c.there)
		}
	}
}
