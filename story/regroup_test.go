package story

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"
)

// stories returns who is with whom.
func (l *ledger) stories() string {
	var all [][]uint64
	for _, members := range l.members {
		if len(members) > 0 {
			all = append(all, slices.Sorted(maps.Keys(members)))
		}
	}
	slices.SortFunc(all, slices.Compare)
	return fmt.Sprint(all)
}

// TestRegroup checks that other settings lead where they would have led from the
// start, with the ids that were there.
func TestRegroup(t *testing.T) {
	lines := readLabelled(t)
	for i := range lines {
		lines[i].Text = lines[i].Text[:min(len(lines[i].Text), i%3*150)] // titles and leads, too
	}
	window, changed := 400*time.Hour, 0
	for _, strictness := range []float64{-1, 1} {
		g, l := groupAll(t, Options{Window: window}, lines)
		_, want := groupAll(t, Options{Window: window, Strictness: strictness}, lines)
		before, story := l.stories(), maps.Clone(l.story)
		if before != want.stories() {
			changed++
		}
		load := func(seq uint64) (*Article, error) { return l.articles[seq], nil }
		ds, err := g.Regroup(Settings{Window: window, Strictness: strictness}, load)
		if err != nil {
			t.Fatal(err)
		}
		l.apply(ds)
		if err := errors.Join(audit(g, l), l.ends()); err != nil {
			t.Fatal(err)
		}
		if got := l.stories(); got != want.stories() {
			t.Errorf("strictness %v: stories %s, want %s", strictness, got, want.stories())
		}
		for id, members := range l.members {
			if len(members) > 0 && !l.shown[id] {
				t.Errorf("story %s is not shown", id)
			}
		}
		for _, d := range ds {
			if d.Kind == Close || d.Kind == Open || d.Kind == Join || d.Kind != Show && d.Reason.Rule != RuleRegrouped {
				t.Errorf("regrouping decides %+v", d)
			}
		}
		if ds, err = g.Regroup(Settings{Window: window, Strictness: strictness}, load); err != nil || len(ds) > 0 {
			t.Errorf("regrouping again decides %v, %v", ds, err)
		}
		if ds, err = g.Regroup(Settings{Window: window}, load); err != nil {
			t.Fatal(err)
		}
		l.apply(ds)
		if got := l.stories(); got != before {
			t.Errorf("back again: stories %s, want %s", got, before)
		}
		for seq, id := range story {
			first := slices.Min(slices.Collect(maps.Keys(l.members[l.story[seq]])))
			if seq == first && strictness > 0 && l.story[seq] != id {
				t.Errorf("article %d opened story %s and is in %s now", seq, id, l.story[seq])
			}
		}
	}
	if changed == 0 {
		t.Fatal("no setting changes anything: the test needs other articles")
	}
	g, l := groupAll(t, Options{}, lines)
	state := string(g.State())
	if _, err := g.Regroup(Settings{Strictness: 1}, func(uint64) (*Article, error) { return nil, errors.New("no disk") }); err == nil || string(g.State()) != state {
		t.Errorf("Regroup = %v, and the state may have changed", err)
	}
	if err := audit(g, l); err != nil {
		t.Error(err)
	}
}
