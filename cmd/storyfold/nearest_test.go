package main

import (
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	keys := []string{"interval", "min_interval", "max_interval", "timeout", "proxy", "max_body"}
	for word, want := range map[string]string{
		"intervall": "interval", "Interval": "interval", "min-interval": "min_interval", "tiemout": "timeout",
		"maxbody": "max_body", "prox": "proxy", "retries": "", "": "", "x": "",
		strings.Repeat("interval", 100): "",
	} {
		if got := nearest(word, keys); got != want {
			t.Errorf("nearest(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestEditDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"ab", "ba", 1}, {"feed", "feeds", 1}, {"kitten", "sitting", 3}, {"länge", "lange", 1}} {
		if got := editDistance(test.a, test.b); got != test.want {
			t.Errorf("editDistance(%q, %q) = %d, want %d", test.a, test.b, got, test.want)
		}
		if got := editDistance(test.b, test.a); got != test.want {
			t.Errorf("editDistance(%q, %q) = %d, want %d", test.b, test.a, got, test.want)
		}
	}
}
