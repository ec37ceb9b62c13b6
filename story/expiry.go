package story

import (
	"cmp"
	"container/heap"
	"slices"
)

// expiries orders the open stories by the time from which their window counts.
//
// Every story has one entry that counts, with at == group.queued <=
// group.expires(): a story that gained an article since is put back when its
// entry comes up, one that lost its newest gets an earlier entry at once.
type expiries []expiry

type expiry struct {
	at    int64
	group *group
}

// push notes that the members of s changed.
func (e *expiries) push(s *group) {
	if at := s.expires(); !s.waits || at < s.queued {
		s.waits, s.queued = true, at
		heap.Push((*heapOf)(e), expiry{at, s})
	}
}

// pop removes and returns the stories whose time is before t, by first article.
func (e *expiries) pop(t int64) []*group {
	var over []*group
	for len(*e) > 0 && (*e)[0].at < t {
		x := heap.Pop((*heapOf)(e)).(expiry)
		s := x.group
		if len(s.members) == 0 || !s.waits || x.at != s.queued {
			continue
		}
		s.waits = false
		if s.expires() >= t {
			e.push(s)
		} else {
			over = append(over, s)
		}
	}
	slices.SortFunc(over, func(a, b *group) int { return cmp.Compare(a.first(), b.first()) })
	return over
}

// heapOf implements heap.Interface for expiries.
type heapOf expiries

func (e heapOf) Len() int           { return len(e) }
func (e heapOf) Less(i, j int) bool { return e[i].at < e[j].at }
func (e heapOf) Swap(i, j int)      { e[i], e[j] = e[j], e[i] }
func (e *heapOf) Push(x any)        { *e = append(*e, x.(expiry)) }
func (e *heapOf) Pop() any {
	last := len(*e) - 1
	x := (*e)[last]
	(*e)[last] = expiry{}
	*e = (*e)[:last]
	return x
}
