package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"storyfold/store"
)

// patience is how long a test waits for what the daemon does on its own.
const patience = 20 * time.Second

// program returns a command of the program under test, in dir.
func program(dir string, args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Args[0] = "storyfold"
	cmd.Dir = dir
	return cmd
}

// served is a running daemon.
type served struct {
	t    testing.TB
	cmd  *exec.Cmd
	url  string
	dir  string
	done chan struct{}

	mu  sync.Mutex // guards log
	log bytes.Buffer
}

// serve starts the daemon on dir/config.toml and waits until it is ready.
func serve(t testing.TB, dir string) *served {
	t.Helper()
	s := &served{t: t, dir: dir, cmd: program(dir, "serve", "--config", "config.toml"), done: make(chan struct{})}
	stderr, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address, ready := make(chan string, 1), make(chan struct{})
	go func() {
		defer close(s.done)
		listening, once := regexp.MustCompile(`msg=listening address=(\S+)`), sync.Once{}
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			s.mu.Lock()
			fmt.Fprintln(&s.log, lines.Text())
			s.mu.Unlock()
			if m := listening.FindStringSubmatch(lines.Text()); m != nil {
				address <- m[1]
			}
			if strings.Contains(lines.Text(), "msg=ready") {
				once.Do(func() { close(ready) })
			}
		}
		s.cmd.Wait()
	}()
	t.Cleanup(func() {
		s.cmd.Process.Kill()
		<-s.done
		if t.Failed() {
			t.Logf("log of the daemon:\n%s", s.logged())
		}
	})
	select {
	case <-ready:
		s.url = "http://" + <-address
	case <-s.done:
		t.Fatalf("the daemon ended:\n%s", s.logged())
	case <-time.After(patience):
		t.Fatal("the daemon did not become ready")
	}
	return s
}

func (s *served) logged() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

// end sends the signal and waits for the process to go.
func (s *served) end(sig os.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
	select {
	case <-s.done:
	case <-time.After(patience):
		s.t.Fatalf("the daemon did not end on %v", sig)
	}
}

func (s *served) get(path string, header ...string) *http.Response {
	s.t.Helper()
	req, err := http.NewRequest("GET", s.url+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { res.Body.Close() })
	return res
}

func (s *served) body(path string) string {
	s.t.Helper()
	res := s.get(path)
	b, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		s.t.Fatalf("GET %s = %s\n%s", path, res.Status, b)
	}
	return string(b)
}

// entry is an item of /feed.json, as a reader sees it.
type entry struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Modified string `json:"date_modified"`
	Ours     struct {
		Story    string `json:"story"`
		Articles []struct {
			Title  string `json:"title"`
			Source string `json:"source"`
		} `json:"articles"`
	} `json:"_storyfold"`
}

func (s *served) entries() []entry {
	s.t.Helper()
	var feed struct{ Items []entry }
	if err := json.Unmarshal([]byte(s.body("/feed.json")), &feed); err != nil {
		s.t.Fatal(err)
	}
	return feed.Items
}

// eventually waits until the feed's entries are as ok wants them.
func (s *served) eventually(what string, ok func([]entry) bool) []entry {
	s.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		got := s.entries()
		if ok(got) {
			return got
		}
		if time.Now().After(end) {
			s.t.Fatalf("%s: not within %v; entries: %+v", what, patience, got)
		}
	}
}

func ids(entries []entry) []string {
	var all []string
	for _, e := range entries {
		all = append(all, e.ID)
	}
	slices.Sort(all)
	return all
}

// articles tells how many articles the entries hold together.
func articles(entries []entry) int {
	n := 0
	for _, e := range entries {
		n += len(e.Ours.Articles)
	}
	return n
}

// command runs a command to its end and returns what it printed.
func command(t testing.TB, dir string, args ...string) string {
	t.Helper()
	out, err := program(dir, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("storyfold %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

const head = "listen = \"127.0.0.1:0\"\nbase_url = \"http://127.0.0.1:8080\"\ndata_dir = \"data\"\n"

// quarry are five outlets' reports of one event.
var quarry = []string{
	"Quarry wall collapses in Hallmere, eleven workers rescued\n\nA wall of the Hallmere slate quarry collapsed on Monday morning and buried two excavators. Eleven workers were rescued within three hours, the Calder county fire service said. The quarry belongs to Brannock Stone, which stopped all work at the site. Fire chief Odile Marsh said that the rescuers had dug by hand for fear of further slides. The slate quarry of Hallmere has been worked since 1871.",
	"Eleven rescued after slide at Hallmere slate quarry\n\nRescuers brought eleven workers out of the Hallmere quarry after a wall of slate gave way on Monday. Two of them have broken legs, the hospital in Calder said. Brannock Stone, the owner, has stopped work and promised to help the inspectors. Odile Marsh, who leads the Calder fire service, praised neighbours who came with shovels.",
	"Brannock Stone stops work in Hallmere after collapse\n\nBrannock Stone has stopped all work in its slate quarry at Hallmere, where a wall collapsed on Monday. The eleven workers who were trapped have been rescued. The inspectorate of mines will look into the collapse; its head, Tomas Rell, said that cracks had been reported in the quarry wall in May. Shares of Brannock Stone fell by nine percent.",
	"Hallmere: neighbours dug with shovels to free quarry workers\n\nWhen the wall of the Hallmere quarry came down on Monday, people from the village ran up with shovels. Eleven workers were freed. \"We heard the slate go, and then nothing,\" said Ruth Penhale, who lives below the quarry. Fire chief Odile Marsh said that without the neighbours the rescue at the Brannock Stone quarry would have taken until night.",
	"All eleven trapped workers freed from Calder quarry\n\nAll eleven workers trapped by a collapse at the Hallmere slate quarry in Calder county are free. The Calder fire service ended the rescue on Monday afternoon. Owner Brannock Stone said the wall had been inspected in spring. Inspector Tomas Rell contradicted: the last inspection on his books is of the year before.",
}

// quarryConfig writes the five reports and a config with a source for each.
func quarryConfig(t *testing.T, dir, head string) {
	var c strings.Builder
	c.WriteString(head)
	for i, text := range quarry {
		name := fmt.Sprintf("outlet%d", i+1)
		write(t, filepath.Join(dir, "articles", name+".txt"), text)
		fmt.Fprintf(&c, "\n[[source]]\nname = %q\nfiles = \"articles/%s.txt\"\n", name, name)
	}
	write(t, filepath.Join(dir, "config.toml"), c.String())
}

func TestServeFoldsFiveFilesIntoOneStory(t *testing.T) {
	dir := t.TempDir()
	quarryConfig(t, dir, head)
	whole := func(e []entry) bool { return len(e) == 1 && len(e[0].Ours.Articles) == 5 }
	s := serve(t, dir)
	first := s.eventually("one story of five articles", whole)
	id, link := first[0].ID, "/stories/"+first[0].Ours.Story
	for path, want := range map[string]string{
		"/feed.atom": id, "/feed.rss": id, "/": link, link: "Hallmere", "/sources": "outlet5", "/feeds": "/feed.rss",
		"/api/stories": first[0].Ours.Story, "/api/sources": "outlet5", "/healthz": "", "/readyz": "", "/metrics": "storyfold_articles 5",
	} {
		if got := s.body(path); !strings.Contains(got, want) {
			t.Errorf("GET %s: no %q in\n%.2000s", path, want, got)
		}
	}
	if n := len(regexp.MustCompile(`<entry\b`).FindAllString(s.body("/feed.atom"), -1)); n != 1 {
		t.Errorf("/feed.atom has %d entries, want 1", n)
	}
	etag := s.get("/feed.atom").Header.Get("ETag")
	if res := s.get("/feed.atom", "If-None-Match", etag); res.StatusCode != http.StatusNotModified {
		t.Errorf("/feed.atom with its ETag = %s, want 304", res.Status)
	}
	if out := command(t, dir, "stories", "--config", "config.toml"); !strings.Contains(out, first[0].Ours.Story) {
		t.Errorf("stories through the daemon:\n%s", out)
	}

	s.end(syscall.SIGKILL)
	s = serve(t, dir)
	if got := s.eventually("the story after kill -9", whole); got[0].ID != id {
		t.Errorf("id after kill -9 = %s, want %s", got[0].ID, id)
	}
	s.end(syscall.SIGTERM)
	if code := s.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("exit code on SIGTERM = %d, want 0", code)
	}
	if out := command(t, dir, "verify", "--config", "config.toml"); !strings.HasPrefix(out, "sound: 5 articles in 1 story") {
		t.Errorf("verify = %s", out)
	}
	quarryConfig(t, dir, strings.Replace(head, "http://127.0.0.1:8080", "https://news.example.org", 1))
	s = serve(t, dir)
	if got := s.eventually("the story under another base_url", whole); got[0].ID != id {
		t.Errorf("id under another base_url = %s, want %s", got[0].ID, id)
	}
}

func TestServeTakesAnEditInPlace(t *testing.T) {
	dir := t.TempDir()
	quarryConfig(t, dir, head)
	s := serve(t, dir)
	before := s.eventually("one story", func(e []entry) bool { return len(e) == 1 && articles(e) == 5 })
	edited := strings.Replace(quarry[0], "Quarry wall collapses in Hallmere, eleven workers rescued", "Hallmere quarry wall collapses, all workers alive", 1)
	write(t, filepath.Join(dir, "articles", "outlet1.txt"), edited)
	after := s.eventually("the new title", func(e []entry) bool {
		return slices.ContainsFunc(e[0].Ours.Articles, func(a struct {
			Title  string `json:"title"`
			Source string `json:"source"`
		}) bool {
			return strings.HasPrefix(a.Title, "Hallmere quarry wall collapses")
		})
	})
	if len(after) != 1 || articles(after) != 5 || after[0].ID != before[0].ID {
		t.Errorf("after the edit: %d entries, %d articles, id %s; want 1, 5, %s", len(after), articles(after), after[0].ID, before[0].ID)
	}
}

// liveFeed is a feed that can gain items and answers conditional requests.
type liveFeed struct {
	host string

	mu          sync.Mutex // guards all below
	items       []string
	hits, saved int // answers, and those that were 304
}

func (f *liveFeed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hits++
	etag := fmt.Sprintf(`"%d"`, len(f.items))
	w.Header().Set("ETag", etag)
	if r.Header.Get("If-None-Match") == etag {
		f.saved++
		w.WriteHeader(http.StatusNotModified)
		return
	}
	fmt.Fprint(w, `<?xml version="1.0"?><rss version="2.0"><channel><title>Live</title><link>https://live.example/</link>`)
	for i, text := range f.items {
		title, body, _ := strings.Cut(text, "\n\n")
		fmt.Fprintf(w, "<item><guid isPermaLink=\"false\">item-%d</guid><link>https://%s/n/%d</link><title>%s</title><description>%s</description></item>", i, f.host, i, title, body)
	}
	fmt.Fprint(w, "</channel></rss>")
}

func (f *liveFeed) add(text string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.items = append(f.items, text)
}

const orchard = "Late frost ruins apple blossom around Pellworth\n\nA night of frost has destroyed most of the apple blossom in the orchards around Pellworth. Growers speak of a loss of seventy percent. The cooperative asked the ministry of agriculture for help. Temperatures fell to minus six degrees on Saturday, the weather service said."

func TestServePollsLiveFeedsAndReloads(t *testing.T) {
	dir, live, second := t.TempDir(), &liveFeed{host: "live.example"}, &liveFeed{host: "second.example"}
	live.add(quarry[0])
	second.add(orchard)
	one, two := httptest.NewServer(live), httptest.NewServer(second)
	defer one.Close()
	defer two.Close()
	source := func(name, url string) string { return fmt.Sprintf("\n[[source]]\nname = %q\nfeed = %q\n", name, url) }
	config := head + "[fetch]\nallow_private_networks = true\nhost_delay = \"0s\"\n" + source("live", one.URL)
	write(t, filepath.Join(dir, "config.toml"), config)
	s := serve(t, dir)
	first := s.eventually("the first item", func(e []entry) bool { return len(e) == 1 })

	if out := command(t, dir, "refresh", "--config", "config.toml"); !strings.Contains(out, "not modified") {
		t.Errorf("refresh of an unchanged feed:\n%s", out)
	}
	if live.saved == 0 {
		t.Error("no request was answered with 304")
	}
	live.add(quarry[1])
	live.add(orchard)
	if out := command(t, dir, "refresh", "live", "--config", "config.toml"); !strings.Contains(out, "2 new articles") {
		t.Errorf("refresh of a feed with two new items:\n%s", out)
	}
	got := s.eventually("the new items", func(e []entry) bool { return articles(e) == 3 })
	if len(got) != 2 || !slices.Contains(ids(got), first[0].ID) {
		t.Errorf("entries %v, want two, one of them %s", ids(got), first[0].ID)
	}
	for _, want := range []string{`storyfold_looks_total{outcome="read"} 2`, `storyfold_looks_total{outcome="unchanged"} 1`,
		`storyfold_looks_total{outcome="failed"} 0`, `storyfold_source_next_check_time_seconds{source="live"} 1.`} {
		if got := s.body("/metrics"); !strings.Contains(got, want) {
			t.Errorf("/metrics does not say %s:\n%.3000s", want, got)
		}
	}

	write(t, filepath.Join(dir, "config.toml"), config+source("second", two.URL))
	s.cmd.Process.Signal(syscall.SIGHUP)
	got = s.eventually("the second source's article", func(e []entry) bool { return articles(e) == 4 })
	if len(got) != 2 {
		t.Errorf("%d entries, want 2: the second source reports a known event", len(got))
	}
	write(t, filepath.Join(dir, "config.toml"), "listen = [\n")
	s.cmd.Process.Signal(syscall.SIGHUP)
	for end := time.Now().Add(patience); !strings.Contains(s.logged(), "the running one stays in force"); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("a broken config was not refused in the log")
		}
	}
	if got := s.entries(); articles(got) != 4 {
		t.Errorf("with a broken config %d articles are served, want 4", articles(got))
	}
	write(t, filepath.Join(dir, "config.toml"), config)
	s.cmd.Process.Signal(syscall.SIGHUP)
	s.eventually("the removed source's article gone", func(e []entry) bool { return articles(e) == 3 })
}

// TestServeReadsItself has the daemon read the feed that it publishes: that must come to an end.
func TestServeReadsItself(t *testing.T) {
	dir := t.TempDir()
	quarryConfig(t, dir, head)
	write(t, filepath.Join(dir, "articles", "outlet1.txt"), orchard)
	config, err := os.ReadFile(filepath.Join(dir, "config.toml"))
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, dir)
	s.eventually("two stories", func(e []entry) bool { return len(e) == 2 && articles(e) == 5 })
	write(t, filepath.Join(dir, "config.toml"), string(config)+fmt.Sprintf(`
[fetch]
host_delay = "0s"
[[feed]]
name = "stories"
link = "story"
[[source]]
name = "itself"
feed = "%s/feed.atom"
private = true
`, s.url))
	s.cmd.Process.Signal(syscall.SIGHUP)
	s.eventually("its own entries", func(e []entry) bool { return articles(e) > 5 })
	out := ""
	for range 10 {
		out = command(t, dir, "refresh", "itself", "--config", "config.toml")
	}
	if n := articles(s.entries()); !strings.Contains(out, "0 new articles") || n > 10 {
		t.Errorf("after ten looks at itself there are %d articles, and the last one says\n%s", n, out)
	}
}

func TestSecondDaemonSaysThatItCameSecond(t *testing.T) {
	dir := t.TempDir()
	quarryConfig(t, dir, head)
	serve(t, dir)
	out, err := program(dir, "serve", "--config", "config.toml").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "locked by another process") {
		t.Errorf("second daemon: %v\n%s", err, out)
	}
}

func TestIngestWithAndWithoutTheDaemon(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "config.toml"), head)
	for i, text := range quarry {
		write(t, filepath.Join(dir, "in", fmt.Sprintf("%d.txt", i)), text)
	}
	for _, want := range []string{"5 articles: 5 new, 0 edited, 0 unchanged", "5 articles: 0 new, 0 edited, 5 unchanged"} {
		if out := command(t, dir, "ingest", "in", "--config", "config.toml"); !strings.Contains(out, want) {
			t.Errorf("ingest = %s, want %s", out, want)
		}
	}
	s := serve(t, dir)
	if got := s.entries(); len(got) != 1 || articles(got) != 5 {
		t.Errorf("after ingest: %d entries, %d articles, want 1, 5", len(got), articles(got))
	}
	write(t, filepath.Join(dir, "in", "orchard.txt"), orchard)
	if out := command(t, dir, "ingest", "in", "--config", "config.toml"); !strings.Contains(out, "6 articles: 1 new, 0 edited, 5 unchanged") {
		t.Errorf("ingest through the daemon = %s", out)
	}
	s.eventually("the ingested article", func(e []entry) bool { return len(e) == 2 })
}

func TestCommandsWithoutAStoreOrDaemonSaySo(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "config.toml"), head)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"stories"}, "no store at"},
		{[]string{"verify"}, "no store at"},
		{[]string{"refresh"}, "no daemon is running"},
		{[]string{"stories", "aaaaaaaaaaaaaaaa"}, "no store at"},
	} {
		out, err := program(dir, append(c.args, "--config", "config.toml")...).CombinedOutput()
		if err == nil || !strings.Contains(string(out), c.want) || strings.Count(string(out), "\n") != 2 {
			t.Errorf("%v: %v\n%s", c.args, err, out)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "data", "storyfold.db")); err == nil {
		t.Error("a command that only reads has made a store")
	}
}

// A running daemon gives a copy of its store and lets nobody rewrite its file.
func TestBackupOfARunningDaemon(t *testing.T) {
	dir := t.TempDir()
	quarryConfig(t, dir, head)
	write(t, filepath.Join(dir, "copy", "here"), "")
	s := serve(t, dir)
	s.eventually("one story", func(e []entry) bool { return len(e) == 1 && articles(e) == 5 })
	command(t, dir, "backup", "copy/storyfold.db")
	out, err := program(dir, "compact").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "the daemon is running") || !strings.Contains(string(out), "stop the daemon") {
		t.Errorf("compact beside the daemon: %v, %s", err, out)
	}
	s.end(syscall.SIGTERM)
	db, err := store.Open(filepath.Join(dir, "copy"), store.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Check(); err != nil || db.Stats().Articles != 5 {
		t.Errorf("the copy has %d articles, Check() = %v", db.Stats().Articles, err)
	}
}
