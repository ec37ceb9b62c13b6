package story

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Settings are what a reader sets of the grouping.
type Settings struct {
	Window     time.Duration `cbor:"1,keyasint"`
	Strictness float64       `cbor:"2,keyasint,omitempty"`
}

// RuleRegrouped is the rule of decisions that follow from other settings.
const RuleRegrouped = "regrouped"

// Regroup puts the open articles into the stories that they would be in had they
// arrived under these settings, in commit order and without those that are
// closed, and had then been corrected. It returns the decisions that lead there:
// a story of several earlier ones keeps the id of the one whose first article
// was committed first, a part that leaves a story without its first article gets
// an id of its own. From then on the settings are in force.
//
// load gives an open article by its Seq. After an error of load nothing has changed.
func (g *Grouper) Regroup(s Settings, load func(seq uint64) (*Article, error)) ([]Decision, error) {
	f := NewGrouper(Options{Window: s.Window, Strictness: s.Strictness})
	f.holds = true
	for _, seq := range slices.Sorted(maps.Keys(g.items)) {
		a, err := load(seq)
		if err != nil {
			return nil, fmt.Errorf("regroup: %w", err)
		}
		f.Add(a)
	}
	for _, c := range g.bind.list {
		if g.itemOf(c.A) == nil || c.Kind != Out && g.itemOf(c.B) == nil {
			continue
		}
		if _, err := f.Constrain(c); err != nil {
			return nil, fmt.Errorf("regroup: %w", err)
		}
	}
	f.pass()

	g.out = nil
	g.follow(f)
	g.window, g.strict = f.window, f.strict
	g.since = 0
	clear(g.edited)
	return g.out, nil
}

// part is a future story: its articles, and the stories that they are in now.
type part struct {
	stays  []*group // whose first article is in it, by first article
	leaves []*item  // articles of other stories, by seq
}

// follow makes the stories of g those of f, which has the same articles.
func (g *Grouper) follow(f *Grouper) {
	order := slices.DeleteFunc(slices.Clone(f.groups), func(s *group) bool { return s == nil })
	slices.SortFunc(order, func(a, b *group) int { return cmp.Compare(a.first(), b.first()) })
	parts := make([]part, len(order))
	firsts := make(map[uint64]*group, len(g.byID))
	for _, s := range g.byID {
		firsts[s.first()] = s
	}
	for i, s := range order {
		for _, m := range s.members {
			it := g.items[m.seq]
			if s := firsts[it.seq]; s != nil {
				parts[i].stays = append(parts[i].stays, s)
			}
		}
		for _, m := range s.members {
			if it := g.items[m.seq]; !slices.Contains(parts[i].stays, it.group) {
				parts[i].leaves = append(parts[i].leaves, it)
			}
		}
	}
	for i := range parts {
		g.assemble(&parts[i])
	}
	for i := range parts {
		for _, s := range parts[i].stays[min(1, len(parts[i].stays)):] {
			g.absorb(parts[i].stays[0], s, Reason{Rule: RuleRegrouped})
		}
	}
	for _, s := range g.byID {
		s.tested, s.siblings = 0, nil
	}
	for _, s := range order {
		mine := g.items[s.first()].group
		mine.tested = s.tested
		for _, other := range s.siblings {
			g.part(mine, g.items[other.first()].group)
		}
	}
}

// assemble brings the articles that leave other stories to their new one: the
// first that stays, or a new one.
func (g *Grouper) assemble(p *part) {
	if len(p.leaves) == 0 {
		return
	}
	why := func(from *group) Reason { return Reason{Rule: RuleRegrouped, Near: from.id} }
	if len(p.stays) == 0 {
		from := p.leaves[0].group
		camp, rest := []*item(nil), []*item(nil)
		for _, it := range p.leaves {
			if it.group == from {
				camp = append(camp, it)
			} else {
				rest = append(rest, it)
			}
		}
		to := g.splitOff(from, camp, why(from))
		if from.shown {
			g.fresh = without(g.fresh, to)
			g.show(to)
		}
		p.stays, p.leaves = []*group{to}, rest
	}
	for _, it := range p.leaves {
		g.shift(it, p.stays[0], why(it.group))
	}
}
