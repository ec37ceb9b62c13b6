package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"golang.org/x/crypto/bcrypt"
)

// site is a storyfold that serves the examples.
type site struct {
	url     string
	stories []served // as the feed has them
}

// served is what the tests need of a story.
type served struct {
	Title string `json:"title"`
	Ours  struct {
		Story    string `json:"story"`
		Reports  int    `json:"reports"`
		Articles int    `json:"article_count"`
	} `json:"_storyfold"`
}

// startSite builds storyfold and lets it serve the examples, some articles in
// scripts of their own, and a source that cannot be read. The config is that of
// the examples with replacements, pairs of old and new.
func startSite(t *testing.T, replacements ...string) *site {
	t.Helper()
	dir := t.TempDir()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(dir, "storyfold"), "./cmd/storyfold")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	example, err := os.ReadFile(filepath.Join(root, "config.example.toml"))
	if err != nil {
		t.Fatal(err)
	}
	// Port 0 is any that is free; the log says which.
	replacements = append(replacements, `"127.0.0.1:8080"`, `"127.0.0.1:0"`, `"http://127.0.0.1:8080"`, `"http://127.0.0.1"`,
		`"Local"`, `"UTC"`, `"examples/`, `"`+filepath.Join(root, "examples")+`/`)
	config := strings.NewReplacer(replacements...).Replace(string(example)) + moreSources
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("config.toml", config)
	write("more.jsonl", moreArticles)
	s := &site{url: startDaemon(t, dir)}
	s.wait(t)
	return s
}

// exampleArticles is how many articles there are.
const exampleArticles = 28 + 4

const moreSources = `
[[source]]
name = "Lake and harbour"
files = "more.jsonl"
category = "culture"

[[source]]
name = "Hilltop Messenger"
feed = "http://127.0.0.1:1/feed.xml"
private = true
category = "world"
`

const moreArticles = `{"id": "m1", "source": "湖畔新聞", "url": "https://kohan.example/1", "title": "湖の水位が30年ぶりの高さに、遊歩道の一部を閉鎖", "text": "市は18日、湖の水位が1996年以来の高さに達したとして、東岸の遊歩道を閉鎖した。ボート乗り場も当面使えない。市の担当者は、週末にさらに5センチ上がる見込みだと話した。", "lang": "ja", "published": "2026-11-18T09:00:00Z"}
{"id": "m2", "source": "صحيفة الميناء", "url": "https://mina.example/2", "title": "افتتاح خط السكة الحديدية الجديد بين المدينة القديمة والميناء", "text": "وصل القطار الأول إلى محطة الميناء في السابعة صباحا وعلى متنه 240 راكبا. وكان افتتاح الخط قد تأخر عامين. وقالت إدارة السكك إن القطارات ستسير كل نصف ساعة.", "lang": "ar", "published": "2026-11-18T07:30:00Z"}
{"id": "m3", "source": "Seebote", "url": "https://seebote.example/3", "title": "Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrikant gibt nach vierzig Jahren auf", "text": "Nach vierzig Jahren schließt der letzte Fabrikant von Kapitänsmützen in Lindau seine Werkstatt. Er hatte zuletzt drei Näherinnen beschäftigt.", "lang": "de", "published": "2026-11-17T10:00:00Z"}
{"id": "m4", "source": "` + longWord + `", "url": "https://endless.example/4", "title": "` + longWord + longWord + longWord + `", "text": "` + longWord + `", "lang": "en", "published": "2026-11-17T09:00:00Z"}
`

// longWord is a word that no column takes.
const longWord = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogochuchaf"

// startDaemon serves dir/config.toml until the test ends, and returns its address.
func startDaemon(t *testing.T, dir string) string {
	t.Helper()
	logs, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	daemon := exec.Command(filepath.Join(dir, "storyfold"), "serve", "--config", filepath.Join(dir, "config.toml"))
	daemon.Stdout, daemon.Stderr = logs, logs
	if err := daemon.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		daemon.Process.Kill()
		daemon.Wait()
		logs.Close()
	})
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		b, _ := os.ReadFile(logs.Name())
		if _, rest, ok := strings.Cut(string(b), "msg=listening address="); ok && strings.Contains(rest, "msg=ready") {
			address, _, _ := strings.Cut(rest, " ")
			return "http://" + address
		}
	}
	b, _ := os.ReadFile(logs.Name())
	t.Fatalf("the daemon does not become ready:\n%s", b)
	return ""
}

// wait waits until the stories stand.
func (s *site) wait(t *testing.T) {
	t.Helper()
	stable, articles := 0, 0
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		var feed struct {
			Items []served `json:"items"`
		}
		s.get(t, "/feed.json", &feed)
		articles = 0
		for _, x := range feed.Items {
			articles += x.Ours.Articles
		}
		settled := articles == exampleArticles && len(feed.Items) == len(s.stories)
		if s.stories = feed.Items; !settled {
			stable = 0
		} else if stable++; stable == 5 {
			return
		}
	}
	t.Fatalf("%d articles are served, want %d", articles, exampleArticles)
}

func (s *site) get(t *testing.T, path string, v any) {
	t.Helper()
	res, err := http.Get(s.url + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(v); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// largest returns the story with most reports.
func (s *site) largest() served {
	best := s.stories[0]
	for _, x := range s.stories {
		if x.Ours.Reports > best.Ours.Reports {
			best = x
		}
	}
	return best
}

// storyWith returns the path of a story whose headline holds text.
func (s *site) storyWith(t *testing.T, text string) string {
	t.Helper()
	for _, x := range s.stories {
		if strings.Contains(x.Title, text) {
			return "/stories/" + x.Ours.Story
		}
	}
	t.Fatalf("no story with %q in its headline", text)
	return ""
}

// TestBrowser looks at one site in one browser.
func TestBrowser(t *testing.T) {
	axe := axeSource(t)
	s, browser := startSite(t), startBrowser(t)
	t.Run("axe finds", func(t *testing.T) { testAxeFinds(t, s, browser, axe) })
	t.Run("pages", func(t *testing.T) { testPages(t, s, browser, axe) })
	t.Run("keyboard", func(t *testing.T) { testKeyboard(t, s, browser) })
	t.Run("search", func(t *testing.T) { testSearch(t, s, browser) })
	t.Run("mute", func(t *testing.T) { testMute(t, s, browser, axe) })
	t.Run("link", func(t *testing.T) { testLink(t, s, browser, axe) })
	t.Run("from afar", func(t *testing.T) { testFromAfar(t, browser) })
	t.Run("correct", func(t *testing.T) { testCorrect(t, s, browser, axe) }) // last: it changes a story
}

// testPages looks at every page in every form.
func testPages(t *testing.T, s *site, browser context.Context, axe string) {
	pages := []struct {
		name, path string
		status     int64
	}{
		{"front", "/", 200},
		{"story", "/stories/" + s.largest().Ours.Story, 200},
		{"story-alone", s.storyWith(t, "湖の水位"), 200},
		{"story-long", s.storyWith(t, longWord), 200},
		{"search", "/?q=ferry", 200},
		{"search-nothing", "/?q=xylophone", 200},
		{"category", "/?category=business&lang=en", 200},
		{"sources", "/sources", 200},
		{"feeds", "/feeds", 200},
		{"about", "/about", 200},
		{"missing", "/stories/nosuchstorynosuch", 404},
		{"nothing", "/no/such/page", 404},
	}
	for _, width := range widths {
		for _, scheme := range []string{"light", "dark"} {
			b := openTab(t, browser, width, scheme)
			for _, p := range pages {
				where := fmt.Sprintf("%s-%d-%s", p.name, width, scheme)
				b.visit(s.url+p.path, p.status)
				if p.status != 200 {
					b.messages = nil // the browser's own line about the status
				}
				b.fits(where, width)
				b.inScheme(where, scheme)
				b.accessible(where, axe)
				b.screenshot(where)
				b.quiet(where)
			}
		}
	}
}

// testAxeFinds spoils a page, so that no silence of axe-core is taken for praise.
func testAxeFinds(t *testing.T, s *site, browser context.Context, axe string) {
	b := openTab(t, browser, 1200, "light")
	b.visit(s.url+"/", 200)
	ask[bool](b, `(document.querySelector("h1").style.color = "#ddd", document.documentElement.removeAttribute("lang"), true)`)
	found := map[string]bool{}
	for _, v := range b.violations(axe) {
		found[v.ID] = true
	}
	if !found["color-contrast"] || !found["html-has-lang"] {
		t.Errorf("axe-core finds %v on a page without contrast and language", found)
	}
}

// inScheme fails where the page does not take the reader's light or dark.
func (b *tab) inScheme(where, scheme string) {
	b.t.Helper()
	dark := ask[bool](b, `(getComputedStyle(document.body).backgroundColor.match(/\d+/g).slice(0, 3).reduce((a, c) => a + +c, 0) < 384)`)
	if dark != (scheme == "dark") {
		b.t.Errorf("%s: the page is dark: %v", where, dark)
	}
}

// testKeyboard goes through the pages with the keyboard alone.
func testKeyboard(t *testing.T, s *site, browser context.Context) {
	for _, width := range widths {
		b := openTab(t, browser, width, "light")
		for _, path := range []string{"/", "/stories/" + s.largest().Ours.Story, "/sources", "/feeds", "/about"} {
			where := fmt.Sprintf("%s at %d", path, width)
			b.visit(s.url+path, 200)
			stops := b.tabThrough(where)
			if len(stops) < 8 || stops[0].Name != "Skip to the content" {
				t.Errorf("%s: %d stops of the Tab key, the first is %v", where, len(stops), stops[:min(1, len(stops))])
			}
		}
		// The skip link leads past the menu.
		b.visit(s.url+"/", 200)
		b.do(chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Enter), chromedp.KeyEvent(kb.Tab))
		if !ask[bool](b, `document.querySelector("main").contains(document.activeElement)`) {
			t.Errorf("at %d pixels the skip link does not lead into the page", width)
		}
	}
}

// testSearch types a search and follows what it finds.
func testSearch(t *testing.T, s *site, browser context.Context) {
	for _, width := range widths {
		b := openTab(t, browser, width, "light")
		b.visit(s.url+"/", 200)
		b.follow(chromedp.SendKeys(chromedp.CSS("#q"), "kestrel FERRY"+kb.Enter))
		address := run(b, chromedp.Location())
		found := ask[[]string](b, `[...document.querySelectorAll("main article h3")].map(h => h.textContent)`)
		if u, err := url.Parse(address); err != nil || u.Query().Get("q") != "kestrel FERRY" {
			t.Errorf("the search leads to %s", address)
		}
		if len(found) != 1 || !strings.Contains(found[0], "Kestrel") {
			t.Errorf("the search finds %q, want the story of the Kestrel alone", found)
		}
		b.follow(chromedp.Click(chromedp.CSS("main article h3 a")))
		heading := run(b, chromedp.TextContent(chromedp.CSS("article.full h1")))
		if heading != found[0] {
			t.Errorf("%q leads to the story %q", found[0], heading)
		}
		b.quiet("search")
	}
}

// testCorrect takes an article out of its story with the form on the story's
// page, and undoes it.
func testCorrect(t *testing.T, s *site, browser context.Context, axe string) {
	path := "/stories/" + s.largest().Ours.Story
	for _, width := range widths {
		b := openTab(t, browser, width, "light")
		where := fmt.Sprintf("correct-%d", width)
		b.visit(s.url+path, 200)
		b.do(chromedp.Click(chromedp.CSS("#correct ~ details summary")))
		b.fits(where, width)
		b.accessible(where, axe)
		b.screenshot(where)
		b.quiet(where)
	}
	b := openTab(t, browser, 400, "dark")
	b.visit(s.url+path, 200)
	const titles = `[...document.querySelectorAll(".reports .title")].map(e => e.textContent)`
	before := ask[[]string](b, titles)
	out := before[len(before)-1]
	ask[bool](b, `(() => { const o = [...document.querySelectorAll("#out-a option")]; o[o.length-1].selected = true; return true })()`)
	b.do(chromedp.Click(chromedp.CSS("#correct ~ details summary")))
	if status := b.follow(chromedp.Click(chromedp.CSS(`button[value="out"]`))); status != 200 {
		t.Fatalf("the correction is answered with %d", status)
	}
	if after := ask[[]string](b, titles); len(after) != len(before)-1 || slices.Contains(after, out) {
		t.Fatalf("the story has %q, want %q without the last", after, before)
	}
	// The article has a page of its own now, which knows the correction.
	b.visit(s.url+"/?q="+url.QueryEscape(out), 200)
	b.follow(chromedp.Click(chromedp.CSS("main article h3 a")))
	if got := ask[[]string](b, titles); len(got) != 1 || got[0] != out {
		t.Fatalf("the story of the article has %q, want %q alone", got, out)
	}
	b.accessible("corrected story", axe)
	b.screenshot("corrected-400-dark")
	if status := b.follow(chromedp.Click(chromedp.CSS(".corrections button"))); status != 200 {
		t.Errorf("undoing is answered with %d", status)
	}
	if n := ask[int](b, `document.querySelectorAll(".corrections button").length`); n != 0 {
		t.Errorf("%d corrections are left", n)
	}
	b.quiet("correct")
}

// testMute mutes a story on its page, and lifts that on the page of the feeds.
func testMute(t *testing.T, s *site, browser context.Context, axe string) {
	path := s.storyWith(t, "湖の水位")
	listed := fmt.Sprintf(`document.querySelectorAll('main h3 a[href="%s"]').length`, path)
	for i, scheme := range []string{"light", "dark"} {
		b := openTab(t, browser, widths[i], scheme)
		b.visit(s.url+path, 200)
		if status := b.follow(chromedp.Click(chromedp.CSS(`form[action$="/mute"] button`))); status != 200 {
			t.Fatalf("muting is answered with %d", status)
		}
		b.visit(s.url+"/", 200)
		if ask[int](b, listed) != 0 {
			t.Error("the front page shows a muted story")
		}
		b.visit(s.url+path, 200)
		b.accessible("muted story", axe)
		b.visit(s.url+"/feeds", 200)
		b.fits("muted", widths[i])
		b.accessible("muted", axe)
		b.screenshot("muted-" + scheme)
		if status := b.follow(chromedp.Click(chromedp.CSS("#muted ~ ul button"))); status != 200 {
			t.Errorf("undoing is answered with %d", status)
		}
		b.visit(s.url+"/", 200)
		if ask[int](b, listed) != 1 {
			t.Error("the front page does not show the story again")
		}
		b.quiet("mute")
	}
}

// testLink follows the links that entries have in local use, to the pages that ask.
func testLink(t *testing.T, s *site, browser context.Context, axe string) {
	var feed struct {
		Items []struct {
			Content string `json:"content_html"`
		} `json:"items"`
	}
	s.get(t, "/feed.json", &feed)
	links := map[string]string{}
	for _, item := range feed.Items {
		for _, m := range regexp.MustCompile(`href="http://127.0.0.1(/stories/[^"]*/(mute|correct)\?[^"]*)"`).FindAllStringSubmatch(item.Content, -1) {
			links[m[2]] = html.UnescapeString(m[1])
		}
	}
	for i, scheme := range []string{"light", "dark"} {
		b := openTab(t, browser, widths[i], scheme)
		for what, button := range map[string]string{"mute": "Mute it for 7 days", "correct": "Leave it out"} {
			where := fmt.Sprintf("ask-%s-%d-%s", what, widths[i], scheme)
			b.visit(s.url+links[what], 200)
			if got := run(b, chromedp.TextContent(chromedp.CSS("main button"))); got != button {
				t.Errorf("%s: the button says %q, want %q", where, got, button)
			}
			b.fits(where, widths[i])
			b.accessible(where, axe)
			b.tabThrough(where)
			b.screenshot(where)
			b.quiet(where)
		}
	}
	b := openTab(t, browser, 400, "light")
	b.visit(s.url+links["correct"]+"0", 403)
	b.messages = nil // the browser's own line about the status
	b.accessible("spoilt link", axe)
	b.screenshot("ask-spoilt-400-light")
}

// testFromAfar corrects a story as a user does from another machine without
// TLS, where a browser says less about where a form comes from.
func testFromAfar(t *testing.T, browser context.Context) {
	hash, err := bcrypt.GenerateFromPassword([]byte("harbour"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	s := startSite(t, `users = []`, `users = ["ann:`+string(hash)+`"]`, `"http://127.0.0.1:8080"`, `"http://`+otherHost+`"`)
	b := openTab(t, browser, 1200, "light")
	at := strings.Replace(s.url, "127.0.0.1", otherHost, 1)
	b.visit(strings.Replace(at, "://", "://ann:harbour@", 1)+"/", 200)
	b.visit(at+"/stories/"+s.largest().Ours.Story, 200)
	if secure := ask[bool](b, `isSecureContext`); secure {
		t.Fatal("the browser takes the page for a local one")
	}
	b.do(chromedp.Click(chromedp.CSS("#correct ~ details summary")))
	if status := b.follow(chromedp.Click(chromedp.CSS(`button[value="out"]`))); status != 200 {
		t.Errorf("the correction is answered with %d", status)
	}
}
