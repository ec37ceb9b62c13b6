package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"storyfold/story"
)

// placement follows the Grouper's decisions and knows which story every article is in.
type placement struct {
	members map[story.ID][]uint64   // Seqs in commit order; no empty ones
	became  map[story.ID]story.ID   // stories that were merged or emptied
	placed  map[uint64]story.ID     // by Seq
	why     map[uint64]story.Reason // of the decision that placed the article last
	kind    map[uint64]story.Kind   // of that decision
}

func newPlacement() *placement {
	return &placement{
		members: map[story.ID][]uint64{}, became: map[story.ID]story.ID{},
		placed: map[uint64]story.ID{}, why: map[uint64]story.Reason{}, kind: map[uint64]story.Kind{},
	}
}

// apply follows one decision.
func (p *placement) apply(d *story.Decision) {
	switch d.Kind {
	case story.Open, story.Join:
		p.put(d, d.Article)
	case story.Move:
		p.take(d.From, d.Story, d.Article)
		p.put(d, d.Article)
	case story.Merge, story.Split:
		moved := slices.Clone(d.Articles)
		p.take(d.From, d.Story, moved...)
		p.put(d, moved...)
	}
}

// take removes articles from a story; one that has none left became to.
func (p *placement) take(from, to story.ID, seqs ...uint64) {
	left := slices.DeleteFunc(p.members[from], func(seq uint64) bool { return slices.Contains(seqs, seq) })
	if len(left) > 0 {
		p.members[from] = left
		return
	}
	delete(p.members, from)
	p.became[from] = to
}

// put adds articles to the story of d.
func (p *placement) put(d *story.Decision, seqs ...uint64) {
	all := append(p.members[d.Story], seqs...)
	slices.Sort(all)
	p.members[d.Story] = all
	for _, seq := range seqs {
		p.placed[seq], p.why[seq], p.kind[seq] = d.Story, d.Reason, d.Kind
	}
}

// resolve returns the story that id is now.
func (p *placement) resolve(id story.ID) story.ID {
	for {
		next, ok := p.became[id]
		if !ok {
			return id
		}
		id = next
	}
}

// why is what `group --explain` says of an article.
type why struct {
	Rule      string    `json:"rule"`
	Score     float64   `json:"score"`
	Threshold float64   `json:"threshold"`
	Terms     []whyTerm `json:"terms"`
	Near      story.ID  `json:"near,omitempty"`
	NearScore float64   `json:"near_score,omitempty"`
	Sentence  string    `json:"sentence"`
}

type whyTerm struct {
	Text   string  `json:"text"`
	Weight float64 `json:"weight"`
}

// explain says why the article is where it is.
func (p *placement) explain(seq uint64) *why {
	r := p.why[seq]
	w := &why{
		Rule: r.Rule, Score: round(r.Score), Threshold: round(r.Threshold), Terms: []whyTerm{},
		Near: p.resolve(r.Near), NearScore: round(r.NearScore),
	}
	for _, t := range r.Terms {
		w.Terms = append(w.Terms, whyTerm{t.Text, round(t.Weight)})
	}
	w.Sentence = sentence(p.kind[seq], r, w.Near)
	return w
}

// round leaves four digits of a score: more say nothing.
func round(x float64) float64 { return math.Round(x*1e4) / 1e4 }

// sentence puts a reason in words.
func sentence(k story.Kind, r story.Reason, near story.ID) string {
	var b strings.Builder
	b.WriteString(map[story.Kind]string{
		story.Open:  "Opened a story",
		story.Join:  "Joined the story",
		story.Move:  "Moved here from another story",
		story.Merge: "Came with a story that was merged into this one",
		story.Split: "Left another story, which reported two events, for this one",
	}[k])
	if r.Score != 0 || r.Threshold != 0 {
		fmt.Fprintf(&b, ": scored %.2f where %.2f is asked for", r.Score, r.Threshold)
	}
	if len(r.Terms) > 0 {
		var words []string
		for _, t := range r.Terms {
			words = append(words, t.Text)
		}
		fmt.Fprintf(&b, "; carried by %s", strings.Join(words, ", "))
	}
	switch {
	case near != "":
		fmt.Fprintf(&b, "; the next best story, %s, scored %.2f", near, r.NearScore)
	case k == story.Open && r.Score == 0:
		b.WriteString("; no other one was near")
	}
	return b.String() + "."
}
