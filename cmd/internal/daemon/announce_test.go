package daemon

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"storyfold/fetcher"
)

// studio is an announcer with feeds that a test changes and a hub that it plays.
type studio struct {
	mu     sync.Mutex // guards what follows
	hub    string
	mark   string
	topics map[string]string
	fail   error         // of the hub
	takes  time.Duration // that the hub lets one wait
	got    []string      // what the hub was told, and when: "5s atom"
	active int           // requests under way
	most   int
	log    bytes.Buffer
	start  time.Time
}

func (s *studio) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

func (s *studio) publish(ctx context.Context, hub, topic string) error {
	s.mu.Lock()
	s.got = append(s.got, time.Since(s.start).String()+" "+topic)
	s.active++
	s.most = max(s.most, s.active)
	takes, fail := s.takes, s.fail
	s.mu.Unlock()
	select {
	case <-time.After(takes):
	case <-ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.active--
	return fail
}

// told returns what the hub was told since the last call.
func (s *studio) told() string {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	text := strings.Join(s.got, ", ")
	s.got = nil
	return text
}

func TestAnnouncer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &studio{hub: "https://hub.example/?token=secret", mark: "1", topics: map[string]string{"atom": "a", "rss": "r"}, start: time.Now()}
		a := &announcer{
			hub:  func() string { s.mu.Lock(); defer s.mu.Unlock(); return s.hub },
			mark: func() string { s.mu.Lock(); defer s.mu.Unlock(); return s.mark },
			topics: func() (map[string]string, error) {
				s.mu.Lock()
				defer s.mu.Unlock()
				return maps.Clone(s.topics), nil
			},
			publish: s.publish, log: slog.New(slog.NewTextHandler(&s.log, nil)),
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- a.run(ctx) }()
		step := func(d time.Duration, want string) {
			t.Helper()
			time.Sleep(d)
			if got := s.told(); got != want {
				t.Errorf("after %v the hub was told %q, want %q", time.Since(s.start), got, want)
			}
		}

		step(12*time.Second, "") // nothing changed since the start
		s.set(func() { s.mark = "2" })
		step(5*time.Second, "") // a commit that changed no feed
		s.set(func() { s.mark, s.topics["atom"] = "3", "b" })
		step(time.Second, "")
		s.set(func() { s.mark, s.topics["atom"], s.topics["rss"] = "4", "c", "s" })
		step(6*time.Second, "20s atom, 20s rss") // together, once

		// A slow hub: one request at a time, and what changes meanwhile follows.
		s.set(func() { s.takes, s.mark, s.topics["atom"], s.topics["rss"] = 7*time.Second, "5", "d", "t" })
		step(2*time.Second, "25s atom")
		s.set(func() { s.mark, s.topics["atom"] = "6", "e" })
		step(20*time.Second, "32s rss, 39s atom")

		// A hub that fails is asked less and less often, and no sooner than it says.
		s.set(func() {
			s.takes, s.fail, s.mark, s.topics["rss"] = 0, &fetcher.StatusError{Code: 503, RetryAfter: 10 * time.Minute}, "7", "u"
		})
		time.Sleep(9 * time.Minute)
		if got := s.told(); strings.Count(got, "rss") != 1 || strings.Contains(got, "atom") {
			t.Errorf("a hub that said to wait was told %q", got)
		}
		s.set(func() { s.fail = errors.New("down") })
		time.Sleep(12 * time.Hour)
		if n := strings.Count(s.told(), "rss"); n < 8 || n > 40 {
			t.Errorf("a hub that is down was asked %d times in twelve hours", n)
		}
		s.set(func() { s.fail = nil })
		time.Sleep(2 * time.Hour)
		if got := s.told(); strings.Count(got, "rss") != 1 {
			t.Errorf("a hub that is back was told %q, want rss once", got)
		}

		// A feed that is announced no more, and no hub.
		s.set(func() { s.fail = errors.New("down"); s.mark = "8"; s.topics["rss"] = "v" })
		time.Sleep(6 * time.Second)
		s.told()
		s.set(func() { s.fail, s.mark = nil, "9"; delete(s.topics, "rss") })
		step(2*time.Hour, "")
		s.set(func() { s.hub, s.mark, s.topics["atom"] = "", "10", "f" })
		step(time.Minute, "")
		s.set(func() { s.hub = "https://other.example/" })
		step(time.Minute, "") // begins with what there is

		s.set(func() { s.takes, s.mark, s.topics["atom"] = time.Hour, "11", "g" })
		time.Sleep(6 * time.Second)
		cancel()
		if err := <-done; err != nil || s.most != 1 {
			t.Errorf("run = %v, and %d requests at a time", err, s.most)
		}
		if text := s.log.String(); strings.Contains(text, "secret") || !strings.Contains(text, "hub.example") {
			t.Errorf("the log tells the token of the hub, or nothing:\n%.400s", text)
		}
		if slices.Contains(s.got, "") {
			t.Error("an empty topic was announced")
		}
	})
}
