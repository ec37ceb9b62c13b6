package daemon

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
)

// What is read ahead comes whole and in order, errors too; who stops early leaves no
// goroutine behind, which synctest would report.
func TestAhead(t *testing.T) {
	broken := errors.New("broken off")
	seq := func(yield func(int, error) bool) {
		for i := range 100 {
			if !yield(i, nil) {
				return
			}
		}
		yield(0, broken)
	}
	for _, stop := range []int{0, 1, 50, 1000} {
		synctest.Test(t, func(t *testing.T) {
			var got []int
			var last error
			for v, err := range ahead(seq, 8) {
				if len(got) == stop {
					break
				}
				if last = err; err == nil {
					got = append(got, v)
				}
			}
			want := min(stop, 100)
			if len(got) != want || !slices.IsSorted(got) || (stop > 100) != (last != nil) {
				t.Errorf("stopped after %d: %d values, error %v", stop, len(got), last)
			}
		})
	}
}
