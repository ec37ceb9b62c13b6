package brief

import (
	"cmp"
	"fmt"
	"slices"

	"storyfold/story"
)

// Past is what Material and Tell must know of a story as it was: a fraction of the story.
type Past struct {
	reports int
	members map[uint64]bool // Seq
	outlets map[string]bool
}

// PastOf returns what Material and Tell must know of s before it changes. It keeps nothing of s.
func PastOf(s *story.Story) *Past {
	p := &Past{reports: s.Reports, members: make(map[uint64]bool, len(s.Members)), outlets: make(map[string]bool)}
	for i := range s.Members {
		p.members[s.Members[i].Seq] = true
		p.outlets[s.Members[i].Outlet] = true
	}
	return p
}

// Material tells whether after, a story that Make has seen, holds something that
// it had not before: a new independent report, or facts in a new article that no
// earlier one had. The reason is in words, for a revision ("new report by
// Harbour Post", "new facts from Harbour Post"). before may be nil: the story
// opened. Further copies, edits and changes of grouping alone are not material.
func Material(before *Past, after *story.Story) (reason string, ok bool) {
	if before == nil {
		return "opened", true
	}
	known, outlets := before.members, before.outlets
	families := make(map[int]bool)
	for _, m := range after.Members {
		if known[m.Seq] {
			families[m.Family] = true
		}
	}
	var reports, facts []string
	for _, m := range after.Members {
		if known[m.Seq] {
			continue
		}
		name := cmp.Or(m.Outlet, m.Source)
		if !families[m.Family] && !outlets[m.Outlet] {
			reports = appendNew(reports, name)
		}
		if slices.ContainsFunc(after.Brief.New, func(s story.Sentence) bool { return s.Article == m.Seq }) {
			facts = appendNew(facts, name)
		}
	}
	switch {
	case after.Reports > before.reports && len(reports) == 1:
		return "new report by " + reports[0], true
	case after.Reports > before.reports && len(reports) > 1:
		return "new reports by " + list(reports), true
	case len(facts) > 0:
		return "new facts from " + list(facts), true
	}
	return "", false
}

func appendNew(names []string, name string) []string {
	if slices.Contains(names, name) {
		return names
	}
	return append(names, name)
}

// list joins names, "A, B and C", and counts those after the third.
func list(names []string) string {
	switch n := len(names); n {
	case 0:
		return ""
	case 1:
		return names[0]
	case 2:
		return names[0] + " and " + names[1]
	case 3:
		return names[0] + ", " + names[1] + " and " + names[2]
	default:
		return fmt.Sprintf("%s, %s, %s and %d more", names[0], names[1], names[2], n-3)
	}
}
