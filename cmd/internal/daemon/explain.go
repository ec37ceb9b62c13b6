package daemon

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"storyfold/story"
	"storyfold/story/text"
)

// errLooked ends a change that only looked.
var errLooked = errors.New("nothing to commit")

// Explain says in plain words why two articles, by address or id, are one story
// or not, and what would change it.
func (d *Desk) Explain(ctx context.Context, a, b string) (string, error) {
	if err := d.settle(ctx); err != nil {
		return "", err
	}
	e := explanation{desk: d}
	for i, ref := range []string{a, b} {
		article, err := d.article(ref)
		if err != nil {
			return "", err
		}
		id, err := d.db.StoryOf(article.Seq)
		if err != nil {
			return "", err
		}
		if e.stories[i], err = d.db.Story(id); err != nil {
			return "", err
		}
		e.articles[i] = article
	}
	if e.articles[0].Seq == e.articles[1].Seq {
		return "", refused("both are the same article")
	}
	err := d.do(ctx, func(*story.Commit) (err error) {
		e.now, err = d.p.grouper.Compare(e.articles[0].Key(), e.articles[1].Key())
		if err == nil {
			err = errLooked
		}
		return err
	})
	e.open = errors.Is(err, errLooked)
	if !e.open && !errors.Is(err, story.ErrClosed) {
		return "", err
	}
	if err := e.write(); err != nil {
		return "", err
	}
	return e.text.String(), nil
}

// explanation is what Explain knows of the articles A and B, and says.
type explanation struct {
	desk     *Desk
	articles [2]*story.Article
	stories  [2]story.Story
	open     bool // now is known
	now      story.Comparison
	text     strings.Builder
}

func (e *explanation) line(format string, args ...any) { fmt.Fprintf(&e.text, format+"\n", args...) }

var sides = [2]string{"A", "B"}

func (e *explanation) write() error {
	same := e.stories[0].ID == e.stories[1].ID
	for i, a := range e.articles {
		e.line("%s  “%s”", sides[i], shorten(a.Title, 100))
		e.line("   %s, %s, %s, id %s", a.Outlet, a.Time().Local().Format(time.DateTime), e.language(i), a.ID())
		if len(a.Credits) > 0 {
			e.line("   credits %s", strings.Join(a.Credits, ", "))
		}
		if !same {
			e.line("   in story %s, %s", e.stories[i].ID, countOf(len(e.stories[i].Members), "article", "articles"))
		}
	}
	if same {
		e.line("\nThey are one story: %s, %s.", e.stories[0].ID, countOf(len(e.stories[0].Members), "article", "articles"))
		if report := e.report(); report != "" {
			e.line("%s", report)
		}
	} else {
		e.line("\nThey are not one story.")
	}
	if e.open {
		e.compare()
	} else {
		e.line("\nA closed story is among them, so they cannot be compared any more; this is what was kept.")
	}
	e.line("\nHow they came to be where they are:")
	for i, a := range e.articles {
		if m := e.stories[i].Member(a.Seq); m != nil {
			e.line("  %s  %s", sides[i], reasonText(m.Why))
		}
	}
	return e.history()
}

// report tells whether the two, of one story, are one report.
func (e *explanation) report() string {
	a, b := e.stories[0].Member(e.articles[0].Seq), e.stories[0].Member(e.articles[1].Seq)
	if a == nil || b == nil || a.Family == 0 || b.Family == 0 {
		return ""
	}
	if a.Family == b.Family {
		return "Their texts are one report: a copy or a light rewrite."
	}
	for _, credit := range a.Credits {
		if slices.Contains(b.Credits, credit) {
			return "Both credit " + credit + ", but their texts are two reports."
		}
	}
	return "Their texts are two reports."
}

// compare tells what the grouping measures now.
func (e *explanation) compare() {
	c := &e.now
	e.line("\nBy the weights of now:")
	e.line("  Time       %s apart; the window is %s.", span(c.Gap), days(c.Window))
	for _, x := range c.Corrections {
		e.line("  Correction %d: %s.", x.Number, e.desk.correction(x))
	}
	if l := c.Languages; !text.Alike(l[0], l[1]) {
		e.line("  Languages  %s and %s: only a correction puts articles of different languages together.", text.LanguageName(l[0]), text.LanguageName(l[1]))
		return
	}
	for i, telling := range c.Telling {
		if !telling {
			e.line("  Words      %s has too few words to tell of an event, and stays alone.", sides[i])
		}
	}
	if len(c.Pair.Terms) == 0 {
		e.line("  Words      they share none that count.")
	} else {
		e.line("  Words      alone with each other they score %.2f; %.2f is needed to join. Shared: %s.",
			c.Pair.Score, c.Pair.Limit, termsText(e.worded(c.Pair.Terms)))
	}
	for i, f := range c.Fits {
		e.fit(i, f)
	}
	switch {
	case c.SameStory:
	case len(c.Corrections) > 0:
		e.line("  Stories    what these score does not count: the reader keeps them apart, until the correction is undone.")
	case c.Siblings:
		e.line("  Stories    they come from one that was split, and do not merge again.")
	case c.Full:
		e.line("  Stories    together they have more than %d articles, and do not merge.", story.MaxMembers)
	default:
		e.line("  Stories    the two score %.2f with each other; more than %.2f merges them.%s", c.Likes.Score, c.Likes.Limit, short(c.Likes, "merge"))
	}
}

// fit tells how article i does with the other's story, or with its own.
func (e *explanation) fit(i int, f story.Fit) {
	whose := sides[1-i] + "'s story"
	if e.now.SameStory {
		whose = "the rest of the story"
	}
	if f.Articles == 0 {
		return
	}
	far := ""
	if !f.Near {
		far = " It is further from all of them in time than the window."
	}
	verb := "join"
	if e.now.SameStory {
		verb = "stay"
	}
	what := short(f, verb)
	switch {
	case e.now.SameStory:
	case len(e.now.Corrections) > 0:
		what = ""
	case f.Enough():
		what = fmt.Sprintf(" Coming now, it could join; to move there it must score %.2f more than where it is.", e.now.Better)
	}
	e.line("  %s          scores %.2f with %s (%s); %.2f is needed.%s%s", sides[i], f.Score, whose,
		countOf(f.Articles, "article", "articles"), f.Limit, what, far)
}

// short says what a score lacks, or has to spare, and which setting would change it.
func short(f story.Fit, verb string) string {
	setting := ""
	if f.Strictness >= -1 && f.Strictness <= 1 {
		setting = fmt.Sprintf(" So would strictness %.2f or less.", f.Strictness)
		if f.Enough() {
			setting = fmt.Sprintf(" Strictness above %.2f would undo it.", f.Strictness)
		}
	}
	if f.Enough() {
		return fmt.Sprintf(" %.2f to spare.%s", f.Score-f.Limit, setting)
	}
	what := map[string]string{"join": "joined it", "stay": "kept it there by its words", "merge": "merged them"}[verb]
	return fmt.Sprintf(" %.2f more would have %s.%s", f.Limit-f.Score, what, setting)
}

// history tells which decisions moved both, or one from the other's story.
func (e *explanation) history() error {
	ids := []story.ID{e.stories[0].ID}
	if e.stories[1].ID != ids[0] {
		ids = append(ids, e.stories[1].ID)
	}
	seen, head := map[uint64]bool{}, false
	for _, id := range ids {
		for d, err := range e.desk.db.DecisionsOf(id) {
			if err != nil {
				return err
			}
			x := d.Decision
			who := e.concerned(x)
			if seen[d.Number] || who == "" {
				continue
			}
			seen[d.Number] = true
			if !head {
				e.line("\nMerges, splits and moves:")
				head = true
			}
			e.line("  %s  %s of %s from %s to %s: %s", d.Time.Local().Format(time.DateTime), x.Kind, who, x.From, x.Story, reasonText(x.Reason))
		}
	}
	return nil
}

// concerned names the articles that a merge, split or move took along.
func (e *explanation) concerned(d story.Decision) string {
	if d.Kind != story.Merge && d.Kind != story.Split && d.Kind != story.Move {
		return ""
	}
	var who []string
	for i, a := range e.articles {
		if d.Article == a.Seq || slices.Contains(d.Articles, a.Seq) {
			who = append(who, sides[i])
		}
	}
	return strings.Join(who, " and ")
}

// worded puts words of the articles in place of stems.
func (e *explanation) worded(terms []story.Term) []story.Term {
	r := story.Reason{Terms: slices.Clone(terms)}
	r.Words(e.articles[0])
	return r.Terms
}

// reasonText says a stored reason in words.
func reasonText(r story.Reason) string {
	text := r.Rule
	switch r.Rule {
	case "first":
		text = "opened a story: there was none to compare with"
	case "no match":
		text = "opened a story, or left one: no story was alike enough"
	case "join":
		text = "joined the story"
	case "better match":
		text = "moved to a story that fits better"
	case "merge":
		text = "the stories turned out to be one"
	case "camps":
		text = "the story turned out to tell of two events"
	case story.RuleCorrected:
		text = "a correction says so"
	case story.RuleRegrouped:
		text = "the settings in [group] changed"
	}
	if r.Score != 0 || r.Threshold != 0 {
		text += fmt.Sprintf("; it scored %.2f, the threshold was %.2f", r.Score, r.Threshold)
	}
	if len(r.Terms) > 0 {
		text += ", by " + termsText(r.Terms)
	}
	return text + "."
}

func termsText(terms []story.Term) string {
	var parts []string
	for _, t := range terms {
		parts = append(parts, fmt.Sprintf("%s %.0f%%", t.Text, 100*t.Weight))
	}
	return strings.Join(parts, ", ")
}

// language names the language of article i, and where that is known from.
func (e *explanation) language(i int) string {
	declared := e.articles[i].Lang
	switch {
	case declared != "":
		return declared
	case e.open && text.Sure(e.now.Languages[i]):
		return e.now.Languages[i] + " by its words"
	}
	return "language unknown"
}

func countOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// span returns d in its largest units.
func span(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%.1f days", d.Hours()/24)
	case d >= time.Hour:
		return fmt.Sprintf("%.1f hours", d.Hours())
	}
	return fmt.Sprintf("%.0f minutes", d.Minutes())
}

func (d *daemon) adminExplain(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	text, err := d.desk.Explain(r.Context(), q.Get("a"), q.Get("b"))
	answer(w, text, err)
}

// Explain is Desk.Explain, through the daemon.
func (c *Client) Explain(ctx context.Context, a, b string) (string, error) {
	q := url.Values{"a": {a}, "b": {b}}
	var text string
	return text, c.do(ctx, "GET", "/explain?"+q.Encode(), nil, &text)
}
