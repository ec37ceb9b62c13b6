package fetcher

import (
	"strconv"

	"github.com/cespare/xxhash/v2"

	"storyfold/story"
)

// markedItems is how many items of a document are remembered by their marks.
const markedItems = 16

// trace is what is remembered of an item: hashes, 0 for what it does not have.
type trace struct {
	same uint32 // of its sameness
	item uint32 // of link and title
	guid uint32
	link uint32 // canonical

	linked bool // it has a link
	both   bool // it has a guid, and a link that is another
}

// traceOf returns the trace of an article and the entry that it was made of.
func traceOf(a *story.Article, e *entry) trace {
	return trace{same: hash32(sameness(a)), item: hash32(e.link + "\x00" + e.title), guid: hash32(e.guid), link: hash32(CanonicalLink(e.link)),
		linked: e.link != "", both: e.guid != "" && e.link != "" && e.guid != e.link}
}

// hash32 returns a hash of s, 0 for nothing.
func hash32(s string) uint32 {
	if s == "" {
		return 0
	}
	return max(uint32(xxhash.Sum64String(s)), 1)
}

// sameness is what tells an article of a source from its others where neither guid nor link
// does: title and date, or without a date title and text. A daily column has another one every day. It is
// "" for an article that has neither date nor text.
func sameness(a *story.Article) string {
	switch {
	case !a.Published.IsZero():
		return a.Title + "\x00" + strconv.FormatInt(a.Published.Unix(), 10)
	case a.Text != "":
		return a.Title + "\x00" + a.Text
	}
	return ""
}

// identityWithoutNames is the identity of an article of a feed whose items keep neither guid nor
// link; "" where only a hash of all can be.
func identityWithoutNames(a *story.Article) string {
	if a.Published.IsZero() {
		return ""
	}
	return "same:" + hashed(sameness(a))
}

// marksOf returns the first traces, four numbers each.
func marksOf(traces []trace) []uint32 {
	var marks []uint32
	for _, t := range traces[:min(len(traces), markedItems)] {
		marks = append(marks, t.same, t.item, t.guid, t.link)
	}
	return marks
}

// churnOf compares the marks of an earlier document with this one. It reports whether
// the feed gives its items new guids: at least three items that have both guid and
// link are there again, and two thirds of them have another guid. And whether it gives them
// new links too, so that no name of theirs stays: the same of items by their sameness, fewer than
// three of them only if they are all that there is.
func churnOf(marks []uint32, traces []trace) (guids, names bool) {
	if len(marks) == 0 {
		return false, false
	}
	byItem, bySame, often := map[uint32]trace{}, map[uint32]trace{}, map[uint32]int{}
	for i := 0; i+3 < len(marks); i += 4 {
		t := trace{same: marks[i], item: marks[i+1], guid: marks[i+2], link: marks[i+3]}
		byItem[t.item], bySame[t.same] = t, t
		often[t.same]++
	}
	here := make(map[uint32]int, len(traces))
	for _, t := range traces {
		here[t.same]++
	}
	again, newGuid, alike, newName := 0, 0, 0, 0
	for _, now := range traces {
		if was, ok := byItem[now.item]; ok && was.guid != 0 && now.both {
			again++
			if was.guid != now.guid {
				newGuid++
			}
		}
		if was, ok := bySame[now.same]; ok && now.same != 0 && often[now.same] == 1 && here[now.same] == 1 && (now.guid != 0 || now.linked) {
			alike++
			newLink := !now.linked || was.link != now.link
			if newLink && (now.guid == 0 || was.guid != now.guid) {
				newName++
			}
		}
	}
	guids = again >= 3 && newGuid*3 >= again*2
	names = newName > 0 && newName*3 >= alike*2 && (alike >= 3 || newName == len(traces))
	return guids, names
}
