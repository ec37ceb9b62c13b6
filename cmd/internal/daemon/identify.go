package daemon

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"storyfold/fetcher"
	"storyfold/store"
	"storyfold/story"
)

// Counts says what became of the articles of a result.
type Counts struct {
	New       int // articles that were not known
	Edited    int // known ones whose content changed
	Unchanged int // known ones, as they were, and further listings of known ones
}

// arrivals are the articles of a batch, told apart by what is known of them.
type arrivals struct {
	added    []*story.Article // oldest first, Seq and FirstSeen set
	edited   []*story.Article // whole, as they are to be stored
	listings []story.Listing  // further keys of known or added articles
	counts   []Counts         // by job
}

// identify looks every article of the batch up in the store.
func identify(db *store.DB, batch []*job, now time.Time) (*arrivals, error) {
	articles := 0
	for _, j := range batch {
		articles += len(j.result.Articles)
	}
	keys, links := make([]story.Key, 0, articles), make([]string, 0, articles)
	for _, j := range batch {
		for i := range j.result.Articles {
			a := &j.result.Articles[i]
			keys, links = append(keys, a.Key()), append(links, IdentifyingLink(a.URL))
		}
	}
	known, byLink, err := lookUp(db, keys, links)
	if err != nil {
		return nil, err
	}
	id := &identifier{
		db: db, now: now, known: known, byLink: byLink, arrivals: &arrivals{counts: make([]Counts, len(batch))},
		renamed: map[story.Key]uint64{}, addedKey: map[story.Key]*story.Article{}, addedLink: map[string]*story.Article{},
		owner: map[*story.Article]int{}, stored: map[uint64]*story.Article{}, given: map[given]bool{},
	}
	for i, j := range batch {
		id.unnamed = append(id.unnamed, j.result.State.Unnamed)
		if j.result.Renamed {
			if err := id.recognise(j.result.Articles); err != nil {
				return nil, err
			}
		}
		r := j.result
		r.Kept, r.Outdated = make([]uint64, len(r.Articles)), false
		for k := range r.Articles {
			key, link := keys[0], links[0]
			keys, links = keys[1:], links[1:]
			if r.Same != nil && r.Same[k] != 0 {
				r.Kept[k] = id.same(i, key, r.Same[k])
				r.Outdated = r.Outdated || r.Kept[k] == 0
				continue
			}
			if r.Kept[k], err = id.take(i, &r.Articles[k], key, link); err != nil {
				return nil, err
			}
		}
	}
	id.number()
	return id.arrivals, nil
}

// lookUp returns what the store knows of keys, and of links; "" is none.
func lookUp(db *store.DB, keys []story.Key, links []string) (map[story.Key]store.Known, map[string]uint64, error) {
	known, err := db.Known(keys)
	if err != nil {
		return nil, nil, err
	}
	byLink, err := db.ByLink(links)
	return known, byLink, err
}

// identifier is the work of identify: one article after the other.
type identifier struct {
	*arrivals
	db     *store.DB
	now    time.Time
	known  map[story.Key]store.Known
	byLink map[string]uint64

	renamed map[story.Key]uint64 // stored articles of feeds that give their items new names
	unnamed []bool               // by job: its source does so

	addedKey  map[story.Key]*story.Article
	addedLink map[string]*story.Article
	owner     map[*story.Article]int    // the job that brought an added article
	stored    map[uint64]*story.Article // known articles that this batch changes
	given     map[given]bool
	pending   []pendingListing
}

// given says that a result of an article's own source holds the article.
type given struct {
	job int
	seq uint64
}

// pendingListing is a listing of an article that has no Seq yet.
type pendingListing struct {
	key story.Key
	of  *story.Article
}

// same handles an article whose item has not changed, and of which only the key is there. It
// returns content, the hash of what the item holds, if the article has it still, else 0.
func (id *identifier) same(job int, key story.Key, content uint64) uint64 {
	id.counts[job].Unchanged++
	k := id.known[key]
	if k.Seq == 0 || k.Hash != content {
		return 0
	}
	id.given[given{job, k.Seq}] = true
	return content
}

// take handles an article. It returns the hash of its content if it is now stored under its key
// with that, else 0.
func (id *identifier) take(job int, a *story.Article, key story.Key, link string) (kept uint64, err error) {
	if k, ok := id.known[key]; ok {
		return id.takeKnown(job, a, k)
	}
	kept = store.ContentHash(a)
	if first := id.addedKey[key]; first != nil { // the same item twice in one batch: the later one counts
		source, identity := first.Source, first.Identity
		if source == a.Source && identity == a.Identity {
			also := first.Also
			*first = *a
			first.FirstSeen, first.Also = id.now, also
		}
		id.counts[job].Unchanged++
		return 0, nil
	}
	if seq, ok := id.renamed[key]; ok {
		return 0, id.list(job, a, key, seq)
	}
	if link != "" {
		if seq, ok := id.byLink[link]; ok {
			return 0, id.list(job, a, key, seq)
		}
		if first := id.addedLink[link]; first != nil && sameItem(first, a) {
			first.Also = alsoListed(first, a.Source)
			id.addedKey[key] = first
			id.pending = append(id.pending, pendingListing{key, first})
			id.counts[job].Unchanged++
			return 0, nil
		}
	}
	a.FirstSeen = id.now
	id.added = append(id.added, a)
	id.owner[a] = job
	id.addedKey[key] = a
	if link != "" && id.addedLink[link] == nil {
		id.addedLink[link] = a
	}
	return kept, nil
}

// maxRecognised is how many stored articles, the newest, are looked through for those of a
// feed that turned out to give its items new names.
const maxRecognised = 20_000

// recognise finds the stored articles that those of one source are under other
// names: with the same title, and the same date, or without one the same text.
func (id *identifier) recognise(articles []story.Article) error {
	want := map[string]story.Key{}
	for i := range articles {
		a := &articles[i]
		if _, ok := id.known[a.Key()]; !ok {
			want[likeness(a)] = a.Key()
		}
	}
	next := id.db.NextSeq()
	for seq := next - 1; seq > 0 && next-seq <= maxRecognised && len(want) > 0; seq-- {
		a, err := id.db.Readable(seq)
		if isNotFound(err) {
			continue
		}
		if err != nil {
			return err
		}
		if key, ok := want[likeness(a)]; ok {
			id.renamed[key] = seq
			delete(want, likeness(a))
		}
	}
	return nil
}

// likeness names what an article under another name has in common with itself.
func likeness(a *story.Article) string {
	if a.Published.IsZero() {
		return a.Source + "\x00" + a.Title + "\x00" + a.Text
	}
	return fmt.Sprintf("%s\x00%s\x00%d", a.Source, a.Title, a.Published.Unix())
}

// takeKnown handles an article whose key the store has. It returns what take does.
func (id *identifier) takeKnown(job int, a *story.Article, k store.Known) (kept uint64, err error) {
	hash := store.ContentHash(a)
	switch {
	case k.Seq == 0: // removed by retention
	case k.Hash == hash:
		id.given[given{job, k.Seq}] = true
		kept = hash
	default:
		old, err := id.article(k.Seq)
		if err != nil {
			return 0, err
		}
		if id.edit(job, old, a) && !k.Listing {
			kept = hash
		}
		return kept, nil
	}
	id.counts[job].Unchanged++
	return kept, nil
}

// edit gives old, which is stored, the words of a, if they come from its own source
// and differ; old keeps its identity and times. Another source's words are no edit,
// and of two items of one document that are one article, the first counts. It reports
// whether old changed.
func (id *identifier) edit(job int, old, a *story.Article) bool {
	was := id.given[given{job, old.Seq}]
	if old.Source == a.Source {
		id.given[given{job, old.Seq}] = true
	}
	edited := *a
	if id.unnamed[job] {
		edited.URL = old.URL // the link is another one each time
	}
	if was || old.Source != a.Source || store.ContentHash(old) == store.ContentHash(&edited) {
		id.counts[job].Unchanged++
		return false
	}
	if old.Title != a.Title && old.Title != "" {
		old.Retitled(old.Title, id.now)
	}
	edited.Seq, edited.Identity, edited.FirstSeen, edited.Published = old.Seq, old.Identity, old.FirstSeen, old.Published
	edited.Also, edited.Titles, edited.Edited = old.Also, old.Titles, id.now
	*old = edited
	id.change(old)
	id.counts[job].Edited++
	return true
}

// list makes a, whose link a stored article has, a further listing of that one:
// of another source, or under a new guid.
func (id *identifier) list(job int, a *story.Article, key story.Key, seq uint64) error {
	old, err := id.article(seq)
	if err != nil {
		return err
	}
	if !sameItem(old, a) {
		a.FirstSeen = id.now
		id.added = append(id.added, a)
		id.owner[a] = job
		id.addedKey[key] = a
		return nil
	}
	if also := alsoListed(old, a.Source); len(also) != len(old.Also) {
		old.Also = also
		id.change(old)
	}
	id.listings = append(id.listings, story.Listing{Key: key, Seq: seq})
	id.known[key] = store.Known{Seq: seq}
	id.edit(job, old, a)
	return nil
}

// article returns a stored article, as this batch has left it.
func (id *identifier) article(seq uint64) (*story.Article, error) {
	if a := id.stored[seq]; a != nil {
		return a, nil
	}
	a, err := id.db.Readable(seq)
	if err != nil {
		return nil, err
	}
	id.stored[seq] = a
	return a, nil
}

func (id *identifier) change(a *story.Article) {
	if !slices.Contains(id.edited, a) {
		id.edited = append(id.edited, a)
	}
}

// number puts the new articles into the order in which they are grouped, oldest
// first, and gives them their sequence numbers. Those of one time, as undated ones
// that come together, stand by their sources' names: which source answered first
// must not decide the ids of their stories.
func (id *identifier) number() {
	slices.SortStableFunc(id.added, func(a, b *story.Article) int {
		return cmp.Or(a.Time().Compare(b.Time()), strings.Compare(a.Source, b.Source))
	})
	next := id.db.NextSeq()
	for i, a := range id.added {
		a.Seq = next + uint64(i)
		id.counts[id.owner[a]].New++
	}
	for _, p := range id.pending {
		id.listings = append(id.listings, story.Listing{Key: p.key, Seq: p.of.Seq})
	}
}

// sameItem tells whether two articles with one canonical link are one article:
// always between two sources. Within one source, where the guid is another one and
// some feeds link every item to their front page, only if the title is one that
// the first has or had, or if the titles are nearly equal (three quarters of their pairs
// of letters are the same) and the dates, where both have one, at most two days apart.
func sameItem(a, b *story.Article) bool {
	if a.Source != b.Source || a.Title == b.Title {
		return true
	}
	if slices.ContainsFunc(a.Titles, func(t story.OldTitle) bool { return t.Title == b.Title }) {
		return true
	}
	apart := a.Published.Sub(b.Published).Abs()
	if !a.Published.IsZero() && !b.Published.IsZero() && apart > sameDate {
		return false
	}
	return alike(a.Title, b.Title) >= nearlyEqual
}

const (
	sameDate    = 48 * time.Hour
	nearlyEqual = 0.75
)

// alike returns the share of the pairs of adjoining letters that two titles have
// in common, 0 to 1, whatever the case.
func alike(a, b string) float64 {
	pairs := map[[2]rune]int{}
	s, t := []rune(strings.ToLower(a)), []rune(strings.ToLower(b))
	if len(s) < 2 || len(t) < 2 {
		return 0
	}
	for i := range s[1:] {
		pairs[[2]rune(s[i:i+2])]++
	}
	common := 0
	for i := range t[1:] {
		if p := [2]rune(t[i : i+2]); pairs[p] > 0 {
			pairs[p]--
			common++
		}
	}
	return 2 * float64(common) / float64(len(s)+len(t)-2)
}

// alsoListed returns a.Also with the source in it.
func alsoListed(a *story.Article, source string) []string {
	if source == a.Source || slices.Contains(a.Also, source) {
		return a.Also
	}
	also := append(slices.Clone(a.Also), source)
	slices.Sort(also)
	return also
}

// IdentifyingLink returns the canonical form of a link that can identify an
// article, or "": a front page cannot.
func IdentifyingLink(link string) string {
	if link == "" {
		return ""
	}
	c := fetcher.CanonicalLink(link)
	_, rest, _ := strings.Cut(c, "://")
	start := strings.IndexAny(rest, "/?")
	if start < 0 || strings.Trim(rest[start:], "/?") == "" {
		return ""
	}
	return c
}
