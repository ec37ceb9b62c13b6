package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const probeFeed = `<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour Post</title><link>https://harbour-post.example/</link>
<item><guid>1</guid><title>Ferry late</title><description>The ferry was late.</description><pubDate>Tue, 03 Mar 2026 06:00:00 GMT</pubDate></item>
<item><guid>2</guid><title>Ferry on time</title><description>The ferry was on time.</description><pubDate>Tue, 03 Mar 2026 08:30:00 GMT</pubDate></item>
</channel></rss>`

func TestProbe(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/harbour.xml":
			w.Header().Set("Content-Type", "application/rss+xml")
			w.Write([]byte(probeFeed))
		case "/gone":
			w.WriteHeader(http.StatusGone)
		case "/page":
			w.Header().Set("Content-Type", "text/html")
			w.Write([]byte("<html><body>No feed \x1b[31mhere</body></html>"))
		case "/front":
			w.Header().Set("Content-Type", "text/html")
			w.Write([]byte("<html><link rel=alternate type=application/rss+xml href=/harbour.xml><body>News</body></html>"))
		case "/feed", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml", "/rss":
			w.WriteHeader(http.StatusNotFound)
		default:
			t.Errorf("request for %s", r.URL.Path)
		}
	}))
	defer server.Close()
	dir := t.TempDir()
	config := strings.ReplaceAll(`
timezone = "UTC"
[fetch]
allow_private_networks = true
host_delay = "0s"
[[source]]
name = "Harbour Post"
feed = "SERVER/harbour.xml"
[[source]]
name = "Old Times"
feed = "SERVER/gone"
[[source]]
name = "A page"
feed = "SERVER/page"
[[source]]
name = "Front page"
feed = "SERVER/front"
[[source]]
name = "Sleeper"
feed = "SERVER/asleep"
enabled = false
[[source]]
name = "Files"
files = "in/*.txt"
`, "SERVER", server.URL)
	for name, text := range map[string]string{"config.toml": config, "in/a.txt": "Ferry late\n\nThe ferry was late.\n",
		"in/b.txt": "---\ntitle: Ferry early\ndate: 2099-01-01\n---\nA date to come is none.\n"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var stdout, stderr bytes.Buffer
	code := run(context.Background(), []string{"check", "--probe", "--config", filepath.Join(dir, "config.toml")}, nil, &stdout, &stderr)
	if code != 1 || !strings.HasPrefix(stderr.String(), "storyfold: 2 of 5 sources failed\nhint: ") {
		t.Errorf("exit code %d, stderr %q, want 1 and 2 of 5 sources failed", code, stderr.String())
	}
	for _, row := range []string{
		`Harbour Post +│ ok +│ RSS 2\.0 +│ +2 │ 2026-03-03 08:30 │ +1d │ +│`,
		`Old Times +│ gone +│ +│ +0 │ +│ +│ \S`,
		`A page +│ failed +│ +│ +0 │ +│ +│ not a feed: the address is a web page`,
		`Front page +│ ok +│ RSS 2\.0 +│ +2 │ 2026-03-03 08:30 │ +1d │ the address is a web page; its feed is`,
		`the source Harbour Post reads that feed already`,
		`Sleeper +│ not enabled +│`,
		`Files +│ ok +│ files +│ +2 │ +│ +watched │`,
	} {
		if !regexp.MustCompile(row).MatchString(stdout.String()) {
			t.Errorf("no row like %q in\n%s", row, stdout.String())
		}
	}
	if strings.Contains(stdout.String(), "\x1b") {
		t.Errorf("an escape sequence got through:\n%s", stdout.String())
	}
}

func TestProbeEndsWithItsContext(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "config.toml")
	if err := os.WriteFile(path, []byte("[[source]]\nname='a'\nfiles='*.txt'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var stdout, stderr bytes.Buffer
	if code := run(ctx, []string{"check", "--probe", "--config", path}, nil, &stdout, &stderr); code != 1 {
		t.Errorf("exit code %d, stdout %q, stderr %q, want 1", code, stdout.String(), stderr.String())
	}
}
