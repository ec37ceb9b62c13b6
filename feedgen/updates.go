package feedgen

import (
	"fmt"
	"strings"
	"time"
)

// Updates says what a reader sees when a story goes on.
type Updates string

const (
	Silent  Updates = "silent"  // dates stay as first shown, content is renewed
	Bump    Updates = "bump"    // the updated date is the last revision's, and the feed is ordered by it
	Reissue Updates = "reissue" // one entry a revision, which never changes
	// "digest@HH:MM": one entry a day; Digest makes it.
)

// Digest returns the policy of one entry a day, at this time of the zone of the
// config. The hour is from 0 to 23, the minute from 0 to 59.
func Digest(hour, minute int) Updates {
	return Updates(fmt.Sprintf("%s%02d:%02d", digestPrefix, hour, minute))
}

const digestPrefix = "digest@"

// ParseUpdates reads "silent", "bump", "reissue" or "digest@HH:MM".
func ParseUpdates(text string) (Updates, error) {
	switch u := Updates(text); {
	case u == Silent, u == Bump, u == Reissue:
		return u, nil
	case strings.HasPrefix(text, digestPrefix):
		if _, _, ok := u.digest(); ok {
			return u, nil
		}
		return "", fmt.Errorf(`%q is no time of day; write "digest@07:00"`, strings.TrimPrefix(text, digestPrefix))
	}
	return "", fmt.Errorf(`updates must be "silent", "bump", "reissue" or "digest@07:00", not %q`, text)
}

// digest returns the time of day of a digest; ok is false for another policy.
func (u Updates) digest() (hour, minute int, ok bool) {
	text, ok := strings.CutPrefix(string(u), digestPrefix)
	if !ok || len(text) != len("07:00") {
		return 0, 0, false
	}
	t, err := time.Parse("15:04", text)
	return t.Hour(), t.Minute(), err == nil
}

// frozen reports whether the entries of the policy stay as they are, whatever
// becomes of the stories.
func (u Updates) frozen() bool {
	_, _, digest := u.digest()
	return u == Reissue || digest
}

// timetable tells when a digest comes out.
type timetable struct {
	hour, minute int
	zone         *time.Location
}

// settle is how long after its time a digest is served. What was being stored at
// that moment is in it then, and it need not change.
const settle = 30 * time.Second

// at returns when the digest of a day comes out: the first moment of that day at
// which a clock on the wall shows hour and minute or, where a change of the clock
// skips them, the moment of the change.
func (t timetable) at(d date) time.Time {
	guess := time.Date(d.year, d.month, d.day, t.hour, t.minute, 0, 0, t.zone)
	begin, end := guess.ZoneBounds()
	switch wall := wallOf(guess); {
	case wall > d.wall(t.hour, t.minute): // skipped; the guess is in the zone after the change
		return begin
	case wall < d.wall(t.hour, t.minute):
		return end
	case begin.IsZero():
		return guess
	default: // shown twice if it was shown in the zone before, too
		_, after := guess.Zone()
		_, before := begin.Add(-time.Second).Zone()
		earlier := guess.Add(time.Duration(after-before) * time.Second)
		if earlier.Before(begin) && wallOf(earlier) == wall {
			return earlier
		}
		return guess
	}
}

// of returns the day whose digest tells of what happened at this moment: the
// first digest that does not come out before.
func (t timetable) of(moment time.Time) date {
	d := dateOf(moment.In(t.zone)).add(-1)
	for t.at(d).Before(moment) {
		d = d.add(1)
	}
	return d
}

// due returns the day of the last digest that is served now.
func (t timetable) due(now time.Time) date {
	return t.of(now.Add(-settle + 1)).add(-1)
}

// date is a day of the calendar.
type date struct {
	year  int
	month time.Month
	day   int
}

func dateOf(t time.Time) date {
	y, m, d := t.Date()
	return date{y, m, d}
}

// add returns the day n days later.
func (d date) add(n int) date {
	return dateOf(time.Date(d.year, d.month, d.day+n, 12, 0, 0, 0, time.UTC))
}

// wall returns what a clock on the wall shows, as a number that grows with time.
func (d date) wall(hour, minute int) int64 {
	return time.Date(d.year, d.month, d.day, hour, minute, 0, 0, time.UTC).Unix()
}

func wallOf(t time.Time) int64 { return dateOf(t).wall(t.Hour(), t.Minute()) }

// String returns the day as "2026-03-14".
func (d date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.year, d.month, d.day) }

// Text returns the day for people: "Saturday, 14 March 2026".
func (d date) Text() string {
	return time.Date(d.year, d.month, d.day, 12, 0, 0, 0, time.UTC).Format("Monday, 2 January 2006")
}
