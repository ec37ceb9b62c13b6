package feedgen

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Numbers of entries in a feed.
const (
	defaultItems = 50
	maxItems     = 500
)

// recent is the time before the newest revision in the store within which every
// story first shown stays in a feed, up to maxItems.
const recent = 24 * time.Hour

// lag is how much later than its last revision a story may enter a feed: with
// the pass that shows it, or by a copy that makes it meet the feed's filter.
// What a story took over from those that became it may be formerLag later.
const (
	lag       = 24 * time.Hour
	formerLag = 7 * 24 * time.Hour
)

// maxScan is how many stories are looked at for one feed.
const maxScan = 20000

// part says which entries of a feed are asked for. The zero part is its
// beginning, as long as the feed says.
type part struct {
	limit  int    // of entries; 0: as the feed says
	before cursor // only entries after this place
}

// cursor is a place in the order of a feed. The zero cursor is before all.
type cursor struct {
	changed int64 // microseconds since 1970
	newest  int64 // seconds since 1970
	name    string
}

// String returns c as an address holds it.
func (c cursor) String() string { return fmt.Sprintf("%d.%d.%s", c.changed, c.newest, c.name) }

// maxCursor is how long a cursor in an address may be.
const maxCursor = 200

// parseCursor reads what String wrote; "" is the zero cursor.
func parseCursor(text string) (cursor, error) {
	if text == "" {
		return cursor{}, nil
	}
	changed, rest, _ := strings.Cut(text, ".")
	newest, name, ok := strings.Cut(rest, ".")
	c := cursor{name: name}
	var errs [2]error
	c.changed, errs[0] = strconv.ParseInt(changed, 10, 64)
	c.newest, errs[1] = strconv.ParseInt(newest, 10, 64)
	if !ok || name == "" || len(text) > maxCursor || errors.Join(errs[:]...) != nil {
		return cursor{}, errors.New("before must be taken from a link to the next page")
	}
	return c, nil
}

// compare orders by date of change, newest first; then, since all of a first
// import has one date, by the newest article; then by name.
func (c cursor) compare(d cursor) int {
	return cmp.Or(cmp.Compare(d.changed, c.changed), cmp.Compare(d.newest, c.newest), cmp.Compare(c.name, d.name))
}

// place returns the place of e in the order of its feed.
func (e *entry) place() cursor {
	return cursor{e.changed.UnixMicro(), e.newest.Unix(), e.name}
}

// entries selects the entries of f and orders them, newest first. Only what
// orders them is filled in. more tells whether others follow.
func (v *view) entries(f *Feed, p part) (list []entry, more bool, err error) {
	if hour, minute, ok := f.Updates.digest(); ok {
		return v.days(f, p, timetable{hour, minute, v.settings.zone})
	}
	late := lag
	if f.Updates.frozen() {
		late = formerLag
	}
	var newest time.Time
	stories := v.audible()
	if f.match != nil {
		may, list, err := v.find(f.asked)
		if err != nil {
			return nil, false, err
		}
		stories, newest = list, may.newest
	}
	scanned := 0
	for s, err := range stories {
		if err != nil {
			return nil, false, err
		}
		if scanned++; newest.IsZero() {
			newest = s.bound
		}
		if scanned%64 == 0 {
			list = prune(list, f, p, newest)
			if scanned >= maxScan || enough(list, f, p, newest, s.bound.Add(late)) {
				break
			}
		}
		for _, e := range v.entriesOf(f, s) {
			if p.before == (cursor{}) || p.before.compare(e.place()) < 0 {
				list = append(list, e)
			}
		}
	}
	list, more = selectEntries(list, f, p, newest)
	return list, more, nil
}

// entriesOf returns the entries of s in f, which is no digest.
func (v *view) entriesOf(f *Feed, s *Shown) []entry {
	if f.Updates == Reissue {
		return v.issues(f, s)
	}
	first, ok := f.firstShown(s)
	if !ok {
		return nil
	}
	e := entry{Shown: s, name: string(s.ID), first: first, changed: first, newest: s.NewestTime()}
	if f.Updates == Bump {
		e.changed = latest(first, s.Updated())
	}
	return []entry{e}
}

// sortEntries orders list; of entries with the same name the newest stays.
func sortEntries(list []entry) []entry {
	slices.SortFunc(list, func(a, b entry) int { return a.place().compare(b.place()) })
	seen := make(map[string]bool, len(list))
	return slices.DeleteFunc(list, func(e entry) bool {
		again := seen[e.name]
		seen[e.name] = true
		return again
	})
}

// prune orders list and drops what selectEntries would drop, but for one entry
// that tells that there are more. Pruning what was pruned and more gives the
// same as pruning all.
func prune(list []entry, f *Feed, p part, newest time.Time) []entry {
	list = sortEntries(list)
	n := cmp.Or(p.limit, f.Items) + 1
	if p == (part{}) {
		for n < len(list) && n <= maxItems && list[n-1].changed.After(newest.Add(-recent)) {
			n++
		}
	}
	return list[:min(len(list), n)]
}

// selectEntries orders list and returns the entries that stay, and whether
// there are more: the first f.Items, or the limit that is asked for; without
// one, the first page reaches to the last entry first shown within recent of
// newest. There are at most maxItems.
func selectEntries(list []entry, f *Feed, p part, newest time.Time) (kept []entry, more bool) {
	list = sortEntries(list)
	n := cmp.Or(p.limit, f.Items)
	if p == (part{}) {
		for i := n; i < min(len(list), maxItems); i++ {
			if list[i].first.After(newest.Add(-recent)) {
				n = i + 1
			}
		}
	}
	n = min(n, len(list))
	return list[:n], n < len(list)
}

// enough reports whether no story that enters a feed before bound can change
// what is selected of list, which is pruned.
func enough(list []entry, f *Feed, p part, newest, bound time.Time) bool {
	want := cmp.Or(p.limit, f.Items)
	if len(list) <= want || !list[want].changed.After(bound) {
		return false
	}
	return p != (part{}) || bound.Before(newest.Add(-recent)) || len(list) > maxItems && list[maxItems].changed.After(bound)
}
