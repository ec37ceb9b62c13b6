package story

import (
	"cmp"
	"iter"
	"slices"
	"time"
)

// maxRun is how many stories Ordered holds at a time.
const maxRun = 4096

// Ordered gives stories that come by last revision, and orders those with the
// same one, such as all of a first import, by their newest article, newest first.
// It holds at most some thousands of them; more are ordered in parts.
func Ordered(newest iter.Seq2[Story, error]) iter.Seq2[Story, error] {
	return func(yield func(Story, error) bool) {
		var run []Story
		flush := func() bool {
			slices.SortFunc(run, func(a, b Story) int {
				return cmp.Or(b.NewestTime().Compare(a.NewestTime()), cmp.Compare(a.ID, b.ID))
			})
			for _, s := range run {
				if !yield(s, nil) {
					return false
				}
			}
			run = run[:0]
			return true
		}
		for s, err := range newest {
			if len(run) == maxRun || len(run) > 0 && (err != nil || !run[0].Updated().Equal(s.Updated())) {
				if !flush() {
					return
				}
			}
			if err != nil {
				yield(Story{}, err)
				return
			}
			run = append(run, s)
		}
		flush()
	}
}

// NewestTime returns the time of the newest member; zero if there is none.
func (s *Story) NewestTime() time.Time {
	var newest time.Time
	for i := range s.Members {
		if t := s.Members[i].Time; t.After(newest) {
			newest = t
		}
	}
	return newest
}
