package main

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var durationForm = regexp.MustCompile(`^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$`)

// parseDuration reads a duration of days, hours, minutes and seconds, in this
// order: "30m", "4d", "1d12h". It is never negative, and less than 292 years.
func parseDuration(s string) (time.Duration, error) {
	m := durationForm.FindStringSubmatch(s)
	if m == nil || s == "" {
		return 0, fmt.Errorf("%q is not a duration; write it with d, h, m and s, as in \"30m\" or \"1d12h\"", s)
	}
	var sum time.Duration
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second} {
		if m[i+1] == "" {
			continue
		}
		n, err := strconv.ParseInt(m[i+1], 10, 64)
		if err != nil || n > int64((math.MaxInt64-sum)/unit) {
			return 0, fmt.Errorf("%q is too long a duration", s)
		}
		sum += time.Duration(n) * unit
	}
	return sum, nil
}

// formatDuration writes d as parseDuration reads it; parts of a second are dropped.
func formatDuration(d time.Duration) string {
	if d < time.Second {
		return "0s"
	}
	var b strings.Builder
	for _, u := range []struct {
		name string
		unit time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}} {
		if n := d / u.unit; n > 0 {
			fmt.Fprintf(&b, "%d%s", n, u.name)
			d -= n * u.unit
		}
	}
	return b.String()
}

// The units that sizes are written in.
const (
	kib int64 = 1 << 10
	mib int64 = 1 << 20
	gib int64 = 1 << 30
)

var sizeForm = regexp.MustCompile(`^(\d+) ?(KiB|MiB|GiB)$`)

// parseSize reads a size such as "15MiB" and returns bytes.
func parseSize(s string) (int64, error) {
	m := sizeForm.FindStringSubmatch(s)
	if m == nil {
		return 0, fmt.Errorf("%q is not a size; write it with KiB, MiB or GiB, as in \"15MiB\"", s)
	}
	unit := map[string]int64{"KiB": kib, "MiB": mib, "GiB": gib}[m[2]]
	n, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil || n > math.MaxInt64/unit {
		return 0, fmt.Errorf("%q is too large a size", s)
	}
	return n * unit, nil
}

// formatSize writes a number of bytes in the largest unit that divides it.
func formatSize(n int64) string {
	switch {
	case n > 0 && n%gib == 0:
		return fmt.Sprintf("%dGiB", n/gib)
	case n > 0 && n%mib == 0:
		return fmt.Sprintf("%dMiB", n/mib)
	case n%kib == 0:
		return fmt.Sprintf("%dKiB", n/kib)
	}
	return fmt.Sprintf("%d bytes", n)
}
