package fetcher

import (
	"errors"
	"strings"
	"testing"
	"time"

	"storyfold/story"
)

func TestPlan(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	o, err := Options{}.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	const h = time.Hour
	fail := errors.New("x")
	for name, c := range map[string]struct {
		interval time.Duration
		st       story.SourceState
		f        facts
		want     time.Duration
		says     string
	}{
		"nothing known":      {0, story.SourceState{}, facts{}, 30 * time.Minute, "not known"},
		"fixed":              {time.Minute, story.SourceState{Rhythm: h, TTL: h}, facts{}, time.Minute, "set to 60 s"},
		"rhythm":             {0, story.SourceState{Rhythm: 2 * h, Newest: now.Add(-h)}, facts{}, 2 * h, "about every 4 h"},
		"busy":               {0, story.SourceState{Rhythm: time.Second, Newest: now}, facts{}, 5 * time.Minute, "at most every 5 min"},
		"slow":               {0, story.SourceState{Rhythm: 90 * h, Newest: now}, facts{}, 24 * h, "at least every 24 h"},
		"asleep":             {0, story.SourceState{Rhythm: time.Minute, Newest: now.Add(-100 * h)}, facts{}, 5 * h, "4 days old"},
		"ttl":                {0, story.SourceState{Rhythm: h, Newest: now, TTL: 3 * h}, facts{}, 3 * h, "ttl"},
		"shorter ttl":        {0, story.SourceState{Rhythm: h, Newest: now, TTL: time.Minute}, facts{}, h, "about every"},
		"fresh":              {0, story.SourceState{Rhythm: h, Newest: now, Fresh: 5 * h}, facts{}, 5 * h, "stays as it is"},
		"fresh for a year":   {0, story.SourceState{Fresh: 9000 * h}, facts{}, 24 * h, "at least every 24 h"},
		"first failure":      {0, story.SourceState{Errors: 1}, facts{err: fail}, 5 * time.Minute, "failed"},
		"third failure":      {0, story.SourceState{Errors: 3}, facts{err: fail}, 20 * time.Minute, "3 looks failed"},
		"many failures":      {0, story.SourceState{Errors: 100000}, facts{err: fail}, 24 * h, "24 h"},
		"failure, fixed":     {time.Minute, story.SourceState{Errors: 1}, facts{err: fail}, time.Minute, "failed"},
		"failure, slow":      {72 * h, story.SourceState{Errors: 100}, facts{err: fail}, 72 * h, "failed"},
		"Retry-After":        {time.Minute, story.SourceState{Errors: 1}, facts{err: fail, retryAfter: h}, h, "Retry-After"},
		"shorter RetryAfter": {0, story.SourceState{Errors: 5}, facts{err: fail, retryAfter: time.Minute}, 80 * time.Minute, "failed"},
		"gone":               {time.Minute, story.SourceState{Errors: 1, Gone: true}, facts{err: fail}, 168 * h, "once a week"},
		"jitter":             {h, story.SourceState{}, facts{chance: 0.5}, h + 3*time.Minute, "set to"},
		"failure's jitter":   {0, story.SourceState{Errors: 1}, facts{err: fail, chance: 0.8}, 6 * time.Minute, "failed"},
		"failing for days":   {0, story.SourceState{Errors: 4, ErrorSince: now.Add(-160 * h)}, facts{err: fail}, 40 * time.Minute, "4 looks failed"},
		"dead":               {0, story.SourceState{Errors: 4, ErrorSince: now.Add(-168 * h)}, facts{err: fail}, 24 * h, "failed for 7 days"},
		"dead, fixed":        {time.Minute, story.SourceState{Errors: 4, ErrorSince: now.Add(-300 * h)}, facts{err: fail}, 24 * h, "again after 24 h"},
		"dead, very slow":    {99 * h, story.SourceState{Errors: 100, ErrorSince: now.Add(-300 * h)}, facts{err: fail}, 99 * h, "again after 4 days"},
		"hours to skip":      {0, story.SourceState{SkipHours: 1<<12 | 1<<13 | 1<<14}, facts{}, 3*h + 30*time.Minute, "skipHours"},
		"other hours":        {0, story.SourceState{SkipHours: 1<<13 | 1<<11}, facts{}, 30 * time.Minute, "not known"},
		"days to skip":       {0, story.SourceState{SkipDays: 1<<time.Friday | 1<<time.Saturday}, facts{}, 36*h + 30*time.Minute, "skipDays"},
		"all to skip":        {0, story.SourceState{SkipHours: 1<<24 - 1, SkipDays: 1<<7 - 1}, facts{}, 30 * time.Minute, "not known"},
		"skip, but fixed":    {h, story.SourceState{SkipHours: 1 << 13}, facts{}, h, "set to"},
		"skip, but failed":   {0, story.SourceState{SkipHours: 1 << 12, Errors: 1}, facts{err: fail}, 5 * time.Minute, "failed"},
	} {
		c.f.now = now
		plan(&o, &story.Source{Interval: c.interval}, &c.st, c.f)
		if got := c.st.Next.Sub(now); got != c.want || !strings.Contains(c.st.NextReason, c.says) {
			t.Errorf("%s: next look in %v, %q; want %v and %q", name, got, c.st.NextReason, c.want, c.says)
		}
		if hold := c.st.Hold.Sub(now); c.f.retryAfter > 0 && hold != c.f.retryAfter || c.f.retryAfter == 0 && !c.st.Hold.IsZero() {
			t.Errorf("%s: Hold = %v", name, c.st.Hold)
		}
	}
}

func TestRhythm(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	items := func(ago ...time.Duration) (out []story.Article) {
		for _, d := range ago {
			a := story.Article{}
			if d >= 0 {
				a.Published = now.Add(-d)
			}
			out = append(out, a)
		}
		return out
	}
	const h = time.Hour
	for _, c := range []struct {
		articles []story.Article
		half     time.Duration
		newest   time.Duration // ago
	}{
		{nil, 0, -1},
		{items(-1, -1), 0, -1},
		{items(3*h, -1), 0, 3 * h},
		{items(1*h, 3*h, 5*h, 100*h), h, h},
		{items(5*h, 1*h, 3*h), h, h},
		{items(2*h, 2*h, 2*h), time.Second, 2 * h},
	} {
		half, newest := rhythm(c.articles, now)
		if half != c.half || c.newest < 0 != newest.IsZero() || c.newest >= 0 && now.Sub(newest) != c.newest {
			t.Errorf("rhythm(%d articles) = %v, %v; want %v, %v ago", len(c.articles), half, newest, c.half, c.newest)
		}
	}
}

func TestWords(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 s", -1: "0 s", 300 * time.Millisecond: "300 ms", 90 * time.Second: "90 s", 90 * time.Minute: "90 min",
		30 * time.Hour: "30 h", 240 * time.Hour: "10 days",
	} {
		if got := words(d); got != want {
			t.Errorf("words(%v) = %q, want %q", d, got, want)
		}
	}
}
