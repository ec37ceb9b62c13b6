package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"storyfold/fetcher"
)

// A config that is written keeps its mode, also behind a symbolic link, which stays one.
func TestAppendToConfigKeepsTheFile(t *testing.T) {
	dir := t.TempDir()
	real, link := filepath.Join(dir, "real.toml"), filepath.Join(dir, "config.toml")
	if err := os.WriteFile(real, []byte("# mine\r\n[fetch]\r\ninterval = \"1h\""), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("real.toml", link); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	tables := sourceTables([]fetcher.Subscription{{Name: "Harbour Post", Feed: "https://harbour-post.example/feed.xml"}})
	if err := appendToConfig(link, tables); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(real)
	want := "# mine\r\n[fetch]\r\ninterval = \"1h\"\r\n\r\n[[source]]\r\nname = \"Harbour Post\"\r\nfeed = \"https://harbour-post.example/feed.xml\"\r\n"
	if err != nil || string(got) != want {
		t.Errorf("config = %q, %v, want %q", got, err, want)
	}
	if info, err := os.Stat(real); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode = %v, %v, want 0640", info.Mode(), err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link became %v, %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 2 {
		t.Errorf("files = %q, want the config and the link alone", left)
	}
}

// Whatever a document calls its feeds, the config that comes of it is right, and
// asking again finds them all.
func TestPlanImportMakesGoodSources(t *testing.T) {
	odd := []string{
		"", "ingest", " blank ", "line\nbreak", "\x1b[31mred", `quote " and \ back`, "bidi \u202e", strings.Repeat("ü", 500),
		"NUL \x00", "\u2028", `""" '''`, "same", "same", "same", "same 2",
	}
	var feeds []fetcher.Subscription
	for i, name := range odd {
		feeds = append(feeds, fetcher.Subscription{Name: name, Feed: fmt.Sprintf("https://example.org/%d", i), Category: name})
	}
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	plan := planImport(&config{}, feeds)
	if len(plan.sources) != len(odd) {
		t.Fatalf("planImport = %+v, want all %d", plan, len(odd))
	}
	if err := appendToConfig(path, sourceTables(plan.sources)); err != nil {
		t.Fatal(err)
	}
	cfg, err := loadConfig(path)
	if err != nil {
		t.Fatalf("loadConfig: %v", err)
	}
	if again := planImport(cfg, feeds); len(again.sources) != 0 || again.known != len(odd) {
		t.Errorf("planImport again = %+v, want nothing new", again)
	}
}

func TestPlanImportRefuses(t *testing.T) {
	for _, address := range []string{
		"", "example.org/feed", "ftp://example.org/", "http://", "https:///feed", "http://exa mple.org/", "gopher://x/",
		"http://example.org/" + strings.Repeat("x", 5000), "feed:javascript:alert(1)", "http://example.org/\x00", "http://example.org/\u0085x",
	} {
		if plan := planImport(&config{}, []fetcher.Subscription{{Name: "a", Feed: address}}); len(plan.sources) != 0 || len(plan.skipped) != 1 {
			t.Errorf("planImport(%.40q) = %+v, want it left out", address, plan)
		}
	}
}

// A hundred thousand feeds of one name are a matter of moments.
func TestPlanImportOfManyAlike(t *testing.T) {
	feeds := make([]fetcher.Subscription, 100_000)
	for i := range feeds {
		feeds[i] = fetcher.Subscription{Name: "same", Feed: fmt.Sprintf("https://example.org/%d", i)}
	}
	plan := planImport(&config{}, feeds)
	if n := len(plan.sources); n != len(feeds) || plan.sources[n-1].Name != "same 100000" {
		t.Errorf("planImport gave %d sources", n)
	}
}
