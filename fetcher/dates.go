package fetcher

import (
	"strconv"
	"strings"
	"time"
)

// dateLayouts are the forms of dates that feeds use beside those that the feed
// parser knows, and those of JSON Feed and of extensions.
var dateLayouts = []string{
	time.RFC3339Nano,
	"2006-01-02T15:04:05",
	"2006-01-02T15:04Z07:00",
	"2006-01-02T15:04",
	"2006-01-02T15:04:05-0700",
	"2006-01-02 15:04:05 -0700",
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02 15:04:05",
	"2006-01-02 15:04",
	"2006-01-02",
	"Mon, 2 Jan 2006 15:04:05 -0700",
	"Mon, 2 Jan 2006 15:04:05 MST",
	"Mon, 2 Jan 2006 15:04 -0700",
	"Mon, 2 Jan 06 15:04 MST",
	"2 Jan 2006 15:04:05 -0700",
	"2 Jan 2006 15:04:05 MST",
	"2 Jan 2006",
	"January 2, 2006",
	"02.01.2006 15:04",
	"02.01.2006",
}

// parseDate reads a date in any of the usual forms, or seconds or milliseconds since
// 1970; it returns the zero time for what it cannot read.
func parseDate(s string) time.Time {
	s = strings.Join(strings.Fields(s), " ")
	if s == "" || len(s) > 64 {
		return time.Time{}
	}
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case err != nil:
		return time.Time{}
	case len(s) == 10:
		return time.Unix(n, 0).UTC()
	case len(s) == 13:
		return time.UnixMilli(n).UTC()
	}
	return time.Time{}
}
