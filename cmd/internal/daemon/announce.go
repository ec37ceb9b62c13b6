package daemon

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v5"

	"storyfold/fetcher"
)

// announceEvery is the least time between two rounds of announcements: what
// changes within it is announced together.
const announceEvery = 5 * time.Second

// Waits after a hub that failed, from the first to the longest.
const (
	firstHubWait   = 30 * time.Second
	longestHubWait = time.Hour
)

// announcer tells a WebSub hub which feeds changed: one request at a time, and
// in a goroutine of its own, so that nothing else waits for the hub.
type announcer struct {
	hub     func() string                     // of the config in force; "": none
	mark    func() string                     // changes whenever a feed may have
	topics  func() (map[string]string, error) // tags of the open feeds, by address
	publish func(ctx context.Context, hub, topic string) error
	log     *slog.Logger

	current string            // the hub that what follows is about
	seen    string            // mark of known
	known   map[string]string // tags when they were last looked at; nil: not yet
	pending map[string]bool   // changed, and not announced
	wait    *backoff.ExponentialBackOff
	after   time.Time // no request before
}

// announce tells the hub of the config of changes, until ctx ends.
func (d *daemon) announce(ctx context.Context, restored <-chan struct{}) error {
	select {
	case <-restored:
	case <-ctx.Done():
		return nil
	}
	a := &announcer{
		hub:  func() string { return d.pipeline.settings().Feeds.Hub },
		mark: d.handler.Mark, topics: d.handler.Topics, publish: d.fetcher.Publish, log: d.Log,
	}
	return a.run(ctx)
}

// run announces until ctx ends. What changed before it began is not announced.
func (a *announcer) run(ctx context.Context) error {
	a.wait = backoff.NewExponentialBackOff()
	a.wait.InitialInterval, a.wait.MaxInterval = firstHubWait, longestHubWait
	tick := time.NewTicker(announceEvery)
	defer tick.Stop()
	for {
		a.round(ctx)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// round looks at what changed and announces it.
func (a *announcer) round(ctx context.Context) {
	hub := a.hub()
	if hub != a.current {
		a.current, a.known, a.after, a.pending = hub, nil, time.Time{}, map[string]bool{}
		a.wait.Reset()
	}
	if hub == "" || !a.look() || time.Now().Before(a.after) {
		return
	}
	for _, topic := range slices.Sorted(maps.Keys(a.pending)) {
		err := a.publish(ctx, hub, topic)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			a.failed(topic, err)
			return
		}
		delete(a.pending, topic)
		a.wait.Reset()
		a.log.Debug("announced to the hub", "feed", topic)
	}
}

// look adds to pending what changed since the last look.
func (a *announcer) look() bool {
	now := a.mark()
	if a.known != nil && now == a.seen {
		return true
	}
	topics, err := a.topics()
	if err != nil {
		a.log.Error("feeds are not announced to the hub", "error", err)
		return false
	}
	for topic, tag := range topics {
		if a.known != nil && a.known[topic] != tag {
			a.pending[topic] = true
		}
	}
	maps.DeleteFunc(a.pending, func(topic string, _ bool) bool { return topics[topic] == "" })
	a.known, a.seen = topics, now
	return true
}

// failed keeps topic for later, when the hub may be asked again.
func (a *announcer) failed(topic string, err error) {
	d := a.wait.NextBackOff()
	var status *fetcher.StatusError
	if errors.As(err, &status) {
		d = max(d, status.RetryAfter)
	}
	a.after = time.Now().Add(d)
	name := a.current
	if u, err := url.Parse(name); err == nil {
		name = u.Host // its query may hold a token
	}
	a.log.Warn("the hub took no announcement", "hub", name, "feed", topic, "again_in", d.Round(time.Second), "error", err)
}
