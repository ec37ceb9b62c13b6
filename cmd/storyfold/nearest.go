package main

import "strings"

// nearest returns the known word that word was most likely meant to be, or ""
// if none is near: at most a third of its letters are wrong, missing, doubled
// or swapped with their neighbour.
func nearest(word string, known []string) string {
	best, least := "", len(word)/3+1
	for _, k := range known {
		if k == word {
			continue
		}
		if d := editDistance(plain(word), plain(k)); d < least {
			best, least = k, d
		}
	}
	return best
}

// plain takes off what is often mistaken in a key: case, and - for _.
func plain(s string) string {
	return strings.ReplaceAll(strings.ToLower(s), "-", "_")
}

// editDistance returns how many letters must be inserted, removed, replaced or
// swapped with their neighbour to make a of b.
func editDistance(a, b string) int {
	x, y := []rune(a), []rune(b)
	const longest = 64 // keys are short; more is noise from outside
	if len(x) > longest || len(y) > longest {
		return max(len(x), len(y))
	}
	var before []int
	last := make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row := make([]int, len(y)+1)
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(y)]
}
