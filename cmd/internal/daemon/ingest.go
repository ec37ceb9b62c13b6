package daemon

import (
	"context"
	"errors"
	"log/slog"

	"storyfold/store"
	"storyfold/story"
)

// IngestOnce commits articles without a daemon: it opens the store of c.DataDir,
// makes it if there is none, and closes it again.
func IngestOnce(ctx context.Context, c Config, log *slog.Logger, articles func(yield func(*story.Article) error) error) (total Counts, err error) {
	db, err := store.Open(c.DataDir, store.Options{Create: true, Canonical: IdentifyingLink})
	if err != nil {
		return total, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	p := NewPipeline(db, c, log)
	if err := p.Restore(); err != nil {
		return total, err
	}
	in := &Ingest{take: p.once, total: &total}
	err = articles(func(a *story.Article) error { return in.Add(ctx, a) })
	if err == nil {
		err = in.Flush(ctx)
	}
	if err == nil || ctx.Err() != nil {
		err = errors.Join(err, p.finish())
	}
	return total, err
}
