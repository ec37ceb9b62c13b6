package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// wire is a feed that goes on publishing and keeps everything it published.
type wire struct {
	server *httptest.Server
	kind   int // what is special about it: see ServeHTTP

	mu    sync.Mutex // guards what follows
	items int
	edits int
}

// Kinds of wires.
const (
	plainWire = iota
	bareWire  // without validators
	churnWire // with new guids in each answer
	editWire  // whose newest item is reworded in each round
	wireKinds
)

func (w *wire) publish(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.items += n
	w.edits++
}

func (w *wire) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	items, edits := w.items, w.edits
	w.mu.Unlock()
	tag := fmt.Sprintf(`"%d-%d"`, items, edits)
	if w.kind != bareWire {
		rw.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			rw.WriteHeader(http.StatusNotModified)
			return
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<rss version='2.0'><channel><title>Wire</title><link>%s/</link>", w.server.URL)
	for i := range items {
		guid, more := strconv.Itoa(i), ""
		if w.kind == churnWire {
			guid = fmt.Sprintf("%d-%d", i, rand.Int64())
		}
		if w.kind == editWire && i == items-1 {
			more = fmt.Sprintf(" Edition %d.", edits)
		}
		place, thing := i%17, i%23
		fmt.Fprintf(&b, "<item><title>Harbour %d reports on lighthouse %d</title><link>%s/%d</link><guid isPermaLink='false'>%s</guid>"+
			"<pubDate>%s</pubDate><description>At harbour %d, keeper %d of lighthouse %d saw ship %d.%s</description></item>",
			place, thing, w.server.URL, i, guid, time.Now().Add(time.Duration(i-items)*time.Minute).Format(time.RFC1123Z), place, i, thing, i, more)
	}
	b.WriteString("</channel></rss>")
	rw.Write([]byte(b.String()))
}

// TestKilledRefreshes kills the daemon while it refreshes feeds that change, again and
// again: the store is whole each time, and at the end holds each item once.
func TestKilledRefreshes(t *testing.T) {
	rounds, err := strconv.Atoi(os.Getenv("STORYFOLD_TEST_KILLS"))
	if err != nil {
		t.Skip("takes a second a round: set STORYFOLD_TEST_KILLS to the number of rounds, such as 200")
	}
	var wires []*wire
	config := "listen = \"127.0.0.1:0\"\n[fetch]\nallow_private_networks = true\nhost_delay = \"0s\"\nmin_interval = \"1s\"\n"
	for i := range 12 {
		w := &wire{kind: i % wireKinds, items: 10}
		w.server = httptest.NewServer(w)
		t.Cleanup(w.server.Close)
		wires = append(wires, w)
		config += fmt.Sprintf("[[source]]\nname = \"wire %d\"\nfeed = %q\n", i, w.server.URL+"/feed")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "config.toml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	for round := range rounds {
		for _, w := range wires {
			if rand.N(3) > 0 {
				w.publish(1 + rand.N(3))
			}
		}
		s := serve(t, dir)
		refresh := program(dir, "refresh", "--config", "config.toml")
		if err := refresh.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(rand.N(700 * time.Millisecond))
		s.end(syscall.SIGKILL)
		refresh.Wait() // fails, as it must
		if out, err := program(dir, "verify", "--config", "config.toml").CombinedOutput(); err != nil {
			t.Fatalf("verify after %d kills: %v\n%s", round+1, err, out)
		}
	}
	s := serve(t, dir)
	if out, err := program(dir, "refresh", "--config", "config.toml").CombinedOutput(); err != nil {
		t.Fatalf("refresh: %v\n%s", err, out)
	}
	var got struct {
		Sources []struct {
			Name     string
			Articles int
			Error    string `json:"last_error"`
		}
	}
	if err := json.Unmarshal([]byte(s.body("/api/sources")), &got); err != nil {
		t.Fatal(err)
	}
	total := 0
	for i, source := range got.Sources {
		if source.Articles != wires[i].items || source.Error != "" {
			t.Errorf("%s: %d articles of %d items, error %q", source.Name, source.Articles, wires[i].items, source.Error)
		}
		total += source.Articles
	}
	s.end(syscall.SIGTERM)
	if out, err := program(dir, "verify", "--config", "config.toml").CombinedOutput(); err != nil {
		t.Errorf("verify: %v\n%s", err, out)
	}
	t.Logf("%d kills, %d items, each stored once", rounds, total)
}
