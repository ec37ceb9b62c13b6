package daemon

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"storyfold/feedgen"
	"storyfold/store"
	"storyfold/story"
)

// pipes is a listener whose connections hold nothing back: what one side writes
// waits until the other one reads it, as with a client that has stopped reading.
type pipes struct {
	conns  chan net.Conn
	once   sync.Once
	closed chan struct{}
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 80} }

func (p *pipes) dial() net.Conn {
	ours, theirs := net.Pipe()
	p.conns <- theirs
	return ours
}

// testServer serves db with the settings that the daemon serves with.
func testServer(db *store.DB) (*http.Server, *pipes) {
	d := &daemon{Options: Options{Log: slog.New(slog.DiscardHandler)}}
	d.handler = feedgen.New(feedgen.Options{Stories: db, Log: d.Log})
	c := feedgen.Config{BaseURL: "http://reader.example"}
	for i := range 5 {
		c.Sources = append(c.Sources, story.Source{Name: fmt.Sprintf("outlet-%d", i), Enabled: true})
	}
	d.handler.Configure(c)
	s, l := d.publicServer(), newPipes()
	go s.Serve(l)
	return s, l
}

// filled is a store with stories of the world of invented events.
func filled(t *testing.T, events int) (*store.DB, *Pipeline) {
	t.Helper()
	db := openStore(t, t.TempDir())
	now := epoch
	p := testPipeline(t, db, func() time.Time { now = now.Add(time.Minute); return now })
	for _, r := range results(events) {
		if _, err := p.once(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	return db, p
}

// A client that stops reading holds no transaction: others are answered, the
// next batch is committed, and the store closes, which waits for transactions.
func TestSlowReaderHoldsNothing(t *testing.T) {
	db, p := filled(t, 30)
	s, l := testServer(db)
	defer s.Close()
	for _, path := range []string{"/feed.atom", "/api/stories", "/", "/sources"} {
		slow := l.dial()
		defer slow.Close()
		fmt.Fprintf(slow, "GET %s HTTP/1.1\r\nHost: reader.example\r\n\r\n", path)
		if line, err := bufio.NewReaderSize(slow, 16).ReadString('\n'); err != nil || line != "HTTP/1.1 200 OK\r\n" {
			t.Fatalf("%s: %q, %v", path, line, err)
		}
	}
	r := results(36)
	if n, err := p.once(t.Context(), r[len(r)-2]); err != nil || n.New == 0 {
		t.Errorf("a batch while four clients do not read: %+v, %v", n, err)
	}
	if code, text := exchange(t, l, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"); code != 200 {
		t.Errorf("another client meanwhile: %d %s", code, text)
	}
	if err := db.Check(); err != nil {
		t.Error(err)
	}
	closed := make(chan error)
	go func() { closed <- db.Close() }()
	select {
	case err := <-closed:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the store does not close: a client holds a transaction")
	}
}

// exchange sends raw bytes on a connection of their own, and returns the status
// and body of the first answer; 0 if there was none.
func exchange(t *testing.T, l *pipes, raw string) (int, string) {
	t.Helper()
	c := l.dial()
	defer c.Close()
	go io.WriteString(c, raw) // ends with the connection
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		t.Errorf("%.60q: the answer breaks off: %v", raw, err)
	}
	return res.StatusCode, string(text)
}

func TestHostileRequests(t *testing.T) {
	db, _ := filled(t, 3)
	defer closeStore(t, db)
	s, l := testServer(db)
	defer s.Close()
	get := func(path string, header ...string) string {
		return "GET " + path + " HTTP/1.1\r\nHost: reader.example\r\n" + strings.Join(header, "\r\n") + strings.Repeat("\r\n", min(len(header), 1)) + "\r\n"
	}
	for _, tt := range []struct {
		name, raw string
		want      []int
	}{
		{"plain", get("/feed.atom"), []int{200}},
		{"a long header", get("/feed.atom", "X-Long: "+strings.Repeat("x", 80<<10)), []int{431}},
		{"many headers", get("/feed.atom", strings.TrimSuffix(strings.Repeat("X-A: b\r\n", 20_000), "\r\n")), []int{431}},
		{"a long If-None-Match", get("/feed.atom", "If-None-Match: "+strings.Repeat(`"x", `, 12_000)), []int{200}},
		{"a long Accept-Encoding", get("/feed.atom", "Accept-Encoding: "+strings.Repeat("br;q=0,", 8_000)), []int{200}},
		{"many ranges", get("/feed.atom", "Range: bytes="+strings.Repeat("0-,", 15_000)+"0-"), []int{200}},
		{"a range of the style", get("/style.css", "Range: bytes=0-0,1-1,2-2"), []int{200}},
		{"a long path", get("/" + strings.Repeat("a", 60<<10)), []int{404}},
		{"a longer path", get("/" + strings.Repeat("a", 80<<10)), []int{431}},
		{"up", get("/feeds/../../../etc/passwd"), []int{301, 307}},
		{"up, encoded", get("/feeds/%2e%2e%2f%2e%2e%2fetc%2fpasswd"), []int{404}},
		{"up, in a story", get("/stories/..%2f..%2fmetrics"), []int{404}},
		{"backslashes", get(`/feeds/..\..\etc\passwd`), []int{404}},
		{"a zero byte", get("/feeds/stories%00.atom"), []int{404}},
		{"bad escape", get("/feeds/%zz"), []int{400}},
		{"not UTF-8", get("/stories/%ff%fe"), []int{404}},
		{"another host's page", "GET http://other.example/feed.atom HTTP/1.1\r\nHost: reader.example\r\n\r\n", []int{200}},
		{"asterisk", "OPTIONS * HTTP/1.1\r\nHost: reader.example\r\n\r\n", []int{200, 400, 404, 405}},
		{"tunnel", "CONNECT 127.0.0.1:25 HTTP/1.1\r\nHost: 127.0.0.1:25\r\n\r\n", []int{404, 405}},
		{"trace", "TRACE / HTTP/1.1\r\nHost: reader.example\r\nX: secret\r\n\r\n", []int{405}},
		{"made-up method", "BREW /feed.atom HTTP/1.1\r\nHost: reader.example\r\n\r\n", []int{405}},
		{"no host", "GET / HTTP/1.1\r\n\r\n", []int{400}},
		{"two lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", []int{400}},
		{"length and chunks", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", []int{501, 400}},
		{"no HTTP", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", []int{400}},
		{"a body nobody asked for", "POST /feed.atom HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n" + strings.Repeat("x", 300<<10), []int{405}},
		{"limit", get("/feed.atom?limit=99999999999999999999999"), []int{200}},
		{"bad limit", get("/feed.atom?limit=-1"), []int{400}},
		{"bad query", get("/?q=%zz&lang=%ff;a=b&category=" + strings.Repeat("c", 50_000)), []int{200}},
	} {
		code, text := exchange(t, l, tt.raw)
		ok := false
		for _, want := range tt.want {
			ok = ok || code == want
		}
		if !ok || strings.Contains(text, "secret") || strings.Contains(text, "root:") {
			t.Errorf("%s: %d %.100q, want %v", tt.name, code, text, tt.want)
		}
	}
}

// Clients that send or read too slowly are cut off; time here is that of a test.
func TestSlowClientsAreCutOff(t *testing.T) {
	db, _ := filled(t, 12)
	defer closeStore(t, db)
	synctest.Test(t, func(t *testing.T) {
		s, l := testServer(db)
		defer s.Close()
		gone := func(c net.Conn) time.Duration {
			start := time.Now()
			io.Copy(io.Discard, c)
			return time.Since(start)
		}
		silent := l.dial()
		if d := gone(silent); d > s.ReadHeaderTimeout+time.Second {
			t.Errorf("a client that says nothing stays for %v", d)
		}
		dribble := l.dial()
		go func() {
			for _, b := range "GET /feed.atom HTTP/1.1\r\nHost: reader.example\r\nX-Slow: " + strings.Repeat("x", 1000) {
				time.Sleep(time.Second)
				if _, err := dribble.Write([]byte{byte(b)}); err != nil {
					return
				}
			}
		}()
		if d := gone(dribble); d > s.ReadHeaderTimeout+2*time.Second {
			t.Errorf("a client that sends a byte a second stays for %v", d)
		}
		deaf := l.dial()
		fmt.Fprint(deaf, "GET /feed.atom HTTP/1.1\r\nHost: reader.example\r\n\r\n")
		time.Sleep(s.WriteTimeout + time.Second)
		if n, _ := io.Copy(io.Discard, deaf); n > 64<<10 {
			t.Errorf("a client that does not read got %d bytes after its time", n)
		}
		idle := l.dial()
		fmt.Fprint(idle, "GET /healthz HTTP/1.1\r\nHost: reader.example\r\n\r\n")
		if d := gone(idle); d > s.IdleTimeout+time.Second {
			t.Errorf("an idle connection stays for %v", d)
		}
	})
}
