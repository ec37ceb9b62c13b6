package brief

import (
	"cmp"
	"fmt"
	"slices"

	"storyfold/story"
)

// Material tells whether after, a story that Make has seen, holds something that
// before had not: a new independent report, or facts in a new article that no
// earlier one had. The reason is in words, for a revision ("new report by
// Harbour Post", "new facts from Harbour Post"). before may be nil: the story
// opened. Further copies, edits and changes of grouping alone are not material.
func Material(before, after *story.Story) (reason string, ok bool) {
	if before == nil {
		return "opened", true
	}
	known := make(map[uint64]bool, len(before.Members))
	outlets := make(map[string]bool)
	for _, m := range before.Members {
		known[m.Seq] = true
		outlets[m.Outlet] = true
	}
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
	case after.Reports > before.Reports && len(reports) == 1:
		return "new report by " + reports[0], true
	case after.Reports > before.Reports && len(reports) > 1:
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
