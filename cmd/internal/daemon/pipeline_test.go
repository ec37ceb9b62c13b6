package daemon

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"storyfold/fetcher"
	"storyfold/store"
	"storyfold/story"
)

// clockAt gives result i its own time, whenever it is taken.
func clockAt(i int) func() time.Time {
	return func() time.Time { return epoch.Add(time.Duration(i+1) * 20 * time.Minute) }
}

// play takes results from..to of the world, as a batch each.
func play(t testing.TB, p *Pipeline, all []*fetcher.Result, from, to int) {
	t.Helper()
	for i := from; i < to; i++ {
		p.now = clockAt(i)
		if _, err := p.once(context.Background(), all[i]); err != nil {
			t.Fatalf("result %d: %v", i, err)
		}
	}
}

const worldEvents = 30

func uninterrupted(t testing.TB) string {
	db := openStore(t, t.TempDir())
	defer closeStore(t, db)
	all := results(worldEvents)
	play(t, testPipeline(t, db, time.Now), all, 0, len(all))
	return outcome(t, db)
}

func TestInterruptedStreamEndsAlike(t *testing.T) {
	want := uninterrupted(t)
	if !strings.Contains(want, "join") {
		t.Fatalf("nothing joined in the uninterrupted stream:\n%s", want)
	}
	dir, all := t.TempDir(), results(worldEvents)
	for i := 0; i < len(all); i += 7 {
		db := openStore(t, dir)
		play(t, testPipeline(t, db, time.Now), all, i, min(i+7, len(all)))
		closeStore(t, db)
	}
	db := openStore(t, dir)
	defer closeStore(t, db)
	if got := outcome(t, db); got != want {
		t.Errorf("stopped every 7 results, the stream ends otherwise\n%s", firstDifference(got, want))
	}
}

// TestKilledStreamEndsAlike kills a process in the middle of its commits, again
// and again, and lets the next one go on where the store says.
func TestKilledStreamEndsAlike(t *testing.T) {
	if dir := os.Getenv("STORYFOLD_TEST_KILLED"); dir != "" {
		playUntilKilled(t, dir)
		return
	}
	dir, all := t.TempDir(), results(worldEvents)
	want := storiesOf(inBursts(t, t.TempDir(), len(all)))
	kills := 0
	for done := 0; done < len(all); {
		cmd := exec.Command(os.Args[0], "-test.run=^TestKilledStreamEndsAlike$")
		cmd.Env = append(os.Environ(), "STORYFOLD_TEST_KILLED="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		before, said := done, ""
		for lines := bufio.NewScanner(out); lines.Scan(); {
			n, ok := strings.CutPrefix(lines.Text(), "committed ")
			if !ok {
				said += lines.Text() + "\n"
				continue
			}
			if done, err = strconv.Atoi(n); err != nil {
				t.Fatal(err)
			}
			if done >= before+6 { // the next commit is under way
				cmd.Process.Kill()
				kills++
				break
			}
		}
		cmd.Wait()
		if done == before {
			t.Fatalf("the child made no progress after %d results: %s", done, said)
		}
	}
	db := openStore(t, dir)
	defer closeStore(t, db)
	if got := storiesOf(outcome(t, db)); got != want {
		t.Errorf("killed %d times, the stream ends otherwise\n%s", kills, firstDifference(got, want))
	}
	if kills == 0 {
		t.Error("no child was killed")
	}
}

// playBurst takes result i of the world as a batch, every fourth of which ends a burst.
func playBurst(t *testing.T, p *Pipeline, all []*fetcher.Result, i int) {
	t.Helper()
	p.now = clockAt(i)
	if err := p.process([]*job{{result: all[i]}}, i%4 == 3 || i == len(all)-1); err != nil {
		t.Fatalf("result %d: %v", i, err)
	}
}

// inBursts takes the first n results of the world in bursts and returns the outcome.
func inBursts(t *testing.T, dir string, n int) string {
	t.Helper()
	db := openStore(t, dir)
	defer closeStore(t, db)
	p, all := testPipeline(t, db, time.Now), results(worldEvents)
	for i := range n {
		playBurst(t, p, all, i)
	}
	return outcome(t, db)
}

// storiesOf returns an outcome, sorted, without the numbers of revisions: a story that is
// told more often may have more, and its last one at another time.
func storiesOf(outcome string) string {
	lines := strings.Split(regexp.MustCompile(` revisions \d+`).ReplaceAllString(outcome, ""), "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// playUntilKilled goes on with the world after the last stored result.
func playUntilKilled(t *testing.T, dir string) {
	db := openStore(t, dir)
	if err := db.Check(); err != nil {
		t.Fatalf("Check after a kill: %v", err)
	}
	begin, all := taken(t, db.States), results(worldEvents)
	p := testPipeline(t, db, clockAt(begin-1))
	fmt.Printf("committed %d\n", begin) // maybe more than the one before could say when it was killed
	for i := begin; i < len(all); i++ {
		playBurst(t, p, all, i)
		fmt.Printf("committed %d\n", i+1)
	}
	closeStore(t, db)
}

// taken tells how many results of the world are stored, by the validators that
// were stored with them.
func taken(t *testing.T, states func() ([]story.SourceState, error)) int {
	stored, err := states()
	if err != nil {
		t.Fatal(err)
	}
	etag := map[string]string{}
	for _, s := range stored {
		etag[s.Name] = s.ETag
	}
	n := 0
	for i, r := range results(worldEvents) {
		if at, err := strconv.Atoi(etag[r.State.Name]); err == nil {
			if mine, _ := strconv.Atoi(r.State.ETag); mine <= at {
				n = i + 1
			}
		}
	}
	return n
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d\n got %s\nwant %s", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(g), len(w))
}

// TestFailedCommitPausesAndRecovers lets the file system refuse to grow the
// store, in a process of its own, since the limit holds for all of it.
func TestFailedCommitPausesAndRecovers(t *testing.T) {
	if os.Getenv("STORYFOLD_TEST_FULL") != "" {
		failAndRecover(t)
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestFailedCommitPausesAndRecovers$", "-test.v")
	cmd.Env = append(os.Environ(), "STORYFOLD_TEST_FULL=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

func failAndRecover(t *testing.T) {
	db := openStore(t, t.TempDir())
	defer closeStore(t, db)
	p := testPipeline(t, db, time.Now)
	stop, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- p.Run(stop) }()
	all, ctx := results(worldEvents), context.Background()
	if err := p.Sink(ctx, all[0]); err != nil {
		t.Fatalf("Sink before: %v", err)
	}
	before := outcome(t, db)

	lift := limitFiles(t)
	err := p.Sink(ctx, all[1])
	if err == nil {
		t.Fatal("Sink on a full disk: no error")
	}
	if err := p.Ready(); err == nil {
		t.Error("Ready on a full disk: nil, want why")
	}
	if got := outcome(t, db); got != before {
		t.Errorf("a failed commit changed the store\n%s", firstDifference(got, before))
	}
	lift()
	if err := p.Sink(ctx, all[1]); err != nil { // waits until the store commits again
		t.Fatalf("Sink after: %v", err)
	}
	if err := p.Ready(); err != nil {
		t.Errorf("Ready after: %v", err)
	}
	close(stop)
	if err := <-ended; err != nil {
		t.Errorf("Run: %v", err)
	}
	failWhileOwing(t, db)
}

// failWhileOwing refuses the second batch of a burst, and then the telling of the first.
func failWhileOwing(t *testing.T, db *store.DB) {
	p, all := testPipeline(t, db, clockAt(40)), results(worldEvents)
	if err := p.process([]*job{{result: all[2]}}, false); err != nil {
		t.Fatal(err)
	}
	lift := limitFiles(t)
	if err := p.process([]*job{{result: all[3]}}, false); err == nil {
		t.Error("the second batch on a full disk: no error")
	}
	if err := p.Restore(); err == nil {
		t.Error("telling on a full disk: no error")
	}
	if owed, err := db.Owed(); err != nil || len(owed.Articles) == 0 {
		t.Errorf("on a full disk there is owed %+v, %v", owed, err)
	}
	lift()
	if err := p.Restore(); err != nil {
		t.Fatal(err)
	}
	if owed, err := db.Owed(); err != nil || owed.From > 0 {
		t.Errorf("with room again there is owed %+v, %v", owed, err)
	}
	n, err := p.once(t.Context(), all[2])
	if err != nil || n.New > 0 || n.Unchanged != len(all[2].Articles) {
		t.Errorf("the first batch again: %+v, %v", n, err)
	}
	if n, err := p.once(t.Context(), all[3]); err != nil || n.New != len(all[3].Articles) {
		t.Errorf("the second batch again: %+v, %v", n, err)
	}
}

// limitFiles lets every write of this process beyond the first page of a file
// fail, until lift is called.
func limitFiles(t *testing.T) (lift func()) {
	t.Helper()
	signal.Ignore(syscall.SIGXFSZ)
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 4096, Max: old.Max}); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
			t.Fatal(err)
		}
	}
}

func TestEditKeepsArticleStoryAndDates(t *testing.T) {
	db := openStore(t, t.TempDir())
	defer closeStore(t, db)
	p := testPipeline(t, db, clockAt(0))
	all := results(3)
	play(t, p, all, 0, len(all))
	first := report(1, 0)
	k, err := db.Known([]story.Key{first.Key()})
	if err != nil {
		t.Fatal(err)
	}
	seq := k[first.Key()].Seq
	before, err := db.StoryOf(seq)
	if err != nil {
		t.Fatal(err)
	}
	was, err := db.Article(seq)
	if err != nil {
		t.Fatal(err)
	}

	edit := report(1, 0)
	edit.Title += ", again"
	edit.Published = epoch.Add(99 * time.Hour)
	n, err := p.once(context.Background(), &fetcher.Result{Articles: []story.Article{edit}})
	if err != nil {
		t.Fatal(err)
	}
	if want := (Counts{Edited: 1}); n != want {
		t.Errorf("counts of an edit = %+v, want %+v", n, want)
	}
	a, err := db.Article(seq)
	if err != nil {
		t.Fatal(err)
	}
	if a.Title != edit.Title || !a.Published.Equal(was.Published) || !a.FirstSeen.Equal(was.FirstSeen) || a.Edited.IsZero() {
		t.Errorf("edited article = title %q published %v first seen %v edited %v", a.Title, a.Published, a.FirstSeen, a.Edited)
	}
	if len(a.Titles) != 1 || a.Titles[0].Title != was.Title {
		t.Errorf("earlier titles = %v, want %q", a.Titles, was.Title)
	}
	after, err := db.StoryOf(seq)
	if err != nil {
		t.Fatal(err)
	}
	if after != before {
		t.Errorf("story after the edit = %s, want %s", after, before)
	}
	s, err := db.Story(after)
	if err != nil {
		t.Fatal(err)
	}
	if m := s.Member(seq); m == nil || m.Title != edit.Title {
		t.Errorf("the story's header shows %+v", m)
	}
	if n, err := p.once(context.Background(), &fetcher.Result{Articles: []story.Article{edit}}); err != nil || n.Unchanged != 1 {
		t.Errorf("the same again = %+v, %v, want one unchanged", n, err)
	}
}

func TestOneLinkInTwoSourcesIsOneArticle(t *testing.T) {
	db := openStore(t, t.TempDir())
	defer closeStore(t, db)
	p := testPipeline(t, db, clockAt(0))
	a, b := report(4, 0), report(4, 0)
	b.Source, b.Identity = "aggregator", "x1"
	b.URL = strings.Replace(a.URL, "https://", "http://www.", 1) + "?utm_source=feed"
	for i, r := range []story.Article{a, b, b} {
		n, err := p.once(context.Background(), &fetcher.Result{Articles: []story.Article{r}})
		if err != nil {
			t.Fatal(err)
		}
		if want := map[bool]int{true: 1, false: 0}[i == 0]; n.New != want {
			t.Errorf("result %d: %d new, want %d", i, n.New, want)
		}
	}
	k, err := db.Known([]story.Key{a.Key(), b.Key()})
	if err != nil {
		t.Fatal(err)
	}
	if k[a.Key()].Seq == 0 || k[a.Key()].Seq != k[b.Key()].Seq {
		t.Fatalf("known = %v, want one article under both keys", k)
	}
	got, err := db.Article(k[a.Key()].Seq)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Also) != 1 || got.Also[0] != "aggregator" {
		t.Errorf("also listed by %v, want aggregator", got.Also)
	}
}

func TestFrontPageLinkIdentifiesNothing(t *testing.T) {
	for link, want := range map[string]bool{
		"https://harbour-post.example/":              false,
		"https://harbour-post.example":               false,
		"https://harbour-post.example/2026/ferry":    true,
		"https://harbour-post.example/?p=17":         true,
		"https://harbour-post.example/#top":          false,
		"https://harbour-post.example/?utm_source=x": false,
		"": false,
	} {
		if got := IdentifyingLink(link) != ""; got != want {
			t.Errorf("IdentifyingLink(%q) identifies: %v, want %v", link, got, want)
		}
	}
}

func TestSinkAfterTheEndReturns(t *testing.T) {
	db := openStore(t, t.TempDir())
	defer closeStore(t, db)
	p := testPipeline(t, db, clockAt(0))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := p.Take(ctx, results(3)[0]); !errors.Is(err, context.Canceled) {
		t.Errorf("Take after the end = %v, want %v", err, context.Canceled)
	}
}

func TestListedWhileTheFileIsThere(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "in", "sub", "ferry.txt")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("Ferry late again"), 0o644); err != nil {
		t.Fatal(err)
	}
	var l listing
	l.set([]story.Source{{Name: "files", Files: filepath.Join(dir, "in", "**", "*.txt")}, {Name: "feed", Feed: "https://x.example/"}})
	key := story.MakeKey("files", fetcher.FileIdentity+"sub/ferry.txt")
	for k, want := range map[story.Key]bool{
		key: true, story.MakeKey("files", fetcher.FileIdentity+"sub/gone.txt"): false,
		story.MakeKey("feed", "guid"): false, story.MakeKey("other", fetcher.FileIdentity+"sub/ferry.txt"): false,
	} {
		if got := l.listed(k); got != want {
			t.Errorf("listed(%q) = %v, want %v", k, got, want)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if l.listed(key) {
		t.Error("listed after the file is gone")
	}
}

// TestOrderOfAnswersDecidesNothing takes undated articles of one moment in two
// orders of arrival.
func TestOrderOfAnswersDecidesNothing(t *testing.T) {
	outcomes := map[bool]string{}
	for _, backwards := range []bool{false, true} {
		db := openStore(t, t.TempDir())
		p := testPipeline(t, db, clockAt(0))
		var batch []*job
		for outlet := range 5 {
			a := report(2, outlet)
			a.Published = time.Time{}
			batch = append(batch, &job{result: &fetcher.Result{Articles: []story.Article{a}}})
		}
		if backwards {
			slices.Reverse(batch)
		}
		if err := p.process(batch, true); err != nil {
			t.Fatal(err)
		}
		outcomes[backwards] = outcome(t, db)
		closeStore(t, db)
	}
	if outcomes[false] != outcomes[true] {
		t.Errorf("the order of arrival decides\n%s", firstDifference(outcomes[true], outcomes[false]))
	}
}
