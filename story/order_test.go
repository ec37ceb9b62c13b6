package story

import (
	"errors"
	"iter"
	"strings"
	"testing"
	"time"
)

func TestOrdered(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2026, 3, 14, hour, 0, 0, 0, time.UTC) }
	build := func(id ID, updated, newest int) Story {
		return Story{ID: id, Members: []Member{{Time: at(0)}, {Time: at(newest)}}, Revisions: []Revision{{Time: at(updated)}}}
	}
	broken := errors.New("broken")
	list := []Story{build("a", 9, 1), build("d", 8, 1), build("c", 8, 1), build("b", 8, 5), build("e", 7, 20)}
	stories := func(fail bool) iter.Seq2[Story, error] {
		return func(yield func(Story, error) bool) {
			for _, s := range list {
				if !yield(s, nil) {
					return
				}
			}
			if fail {
				yield(Story{}, broken)
			}
		}
	}
	read := func(seq iter.Seq2[Story, error], n int) (string, error) {
		var ids []string
		for s, err := range seq {
			if err != nil {
				return strings.Join(ids, ""), err
			}
			if ids = append(ids, string(s.ID)); len(ids) == n {
				break
			}
		}
		return strings.Join(ids, ""), nil
	}
	for n := 1; n <= 5; n++ {
		if got, err := read(Ordered(stories(false)), n); got != "abcde"[:n] || err != nil {
			t.Errorf("the first %d = %s, %v", n, got, err)
		}
	}
	if got, err := read(Ordered(stories(true)), 9); got != "abcde" || err != broken {
		t.Errorf("before a failure %s, %v; want all, and the failure", got, err)
	}
}
