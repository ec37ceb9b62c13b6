package fetcher

import (
	"context"
	"errors"
	"sync"
	"time"
)

var errPatience = errors.New("out of time")

// patience is the time that one look gives to servers. It does not run while the
// look waits for its turn here.
type patience struct {
	mu    sync.Mutex // guards what follows
	timer *time.Timer
	left  time.Duration
	since time.Time // of the last resume
}

// within returns a context that ends, with errPatience as its cause, after d, not
// counting what is between pause and resume.
func within(ctx context.Context, d time.Duration) (context.Context, *patience, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	p := &patience{left: d, since: time.Now()}
	p.timer = time.AfterFunc(d, func() { cancel(errPatience) })
	return ctx, p, func() {
		p.timer.Stop()
		cancel(nil)
	}
}

func (p *patience) pause() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.timer.Stop() {
		p.left -= time.Since(p.since)
	}
}

func (p *patience) resume() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.left > 0 {
		p.since = time.Now()
		p.timer.Reset(p.left)
	}
}
