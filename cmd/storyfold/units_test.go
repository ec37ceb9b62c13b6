package main

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"30m": 30 * time.Minute, "4d": 4 * day, "1d12h": 36 * time.Hour, "1d2h3m4s": 26*time.Hour + 184*time.Second,
		"0s": 0, "90m": 90 * time.Minute, "106751d": 106751 * day,
	} {
		if got, err := parseDuration(text); err != nil || got != want {
			t.Errorf("parseDuration(%q) = %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "30", "m", "-1m", "1.5h", "1h1d", "1m1m", "1 m", "1M", "1w", "106752d", "99999999999999999999s", "106751d86400h"} {
		if got, err := parseDuration(text); err == nil {
			t.Errorf("parseDuration(%q) = %v, want an error", text, got)
		}
	}
}

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{"15MiB": 15 << 20, "1KiB": 1024, "2 GiB": 2 << 30, "0KiB": 0} {
		if got, err := parseSize(text); err != nil || got != want {
			t.Errorf("parseSize(%q) = %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "15", "15MB", "-1MiB", "1.5GiB", "MiB", "9999999999999GiB", "99999999999999999999KiB"} {
		if got, err := parseSize(text); err == nil {
			t.Errorf("parseSize(%q) = %v, want an error", text, got)
		}
	}
}

// What is written as a duration or size reads as the same again.
func TestUnitsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64Range(0, 9e9).Draw(t, "seconds")) * time.Second
		if got, err := parseDuration(formatDuration(d)); err != nil || got != d {
			t.Errorf("parseDuration(%q) = %v, %v, want %v", formatDuration(d), got, err, d)
		}
		n := rapid.Int64Range(0, 1<<40).Draw(t, "kib") * kib
		if got, err := parseSize(formatSize(n)); err != nil || got != n {
			t.Errorf("parseSize(%q) = %v, %v, want %v", formatSize(n), got, err, n)
		}
	})
}
