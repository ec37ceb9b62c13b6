package daemon

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"storyfold/fetcher"
	"storyfold/store"
	"storyfold/story"
)

// The admin socket speaks HTTP with JSON bodies; Client is its only peer, and
// both come out of one binary, so that nothing of it is a promise:
//
//	GET  /stories?n=N     []story.Story, newest first
//	GET  /stories/{id}    story.Story
//	GET  /verify          verifyAnswer
//	GET  /backup          the store's file
//	POST /refresh         names in, a line of refreshLine for each step out
//	POST /ingest?source=  a line for each story.Article in, Counts out
//	POST /diff            story.Settings in, Regrouped out
//	GET  /explain?a=&b=   string
//	GET  /corrections     []Correction
//	POST /correct?kind=&a=&b=  Correction; 409 with the reason if it is refused
//	POST /undo?n=N        Correction, likewise

// ingestBatch is how many articles of an ingest are committed together: a burst goes on
// after as many.
const ingestBatch = manyArticles

// maxAdminLine bounds a line of an ingest, in bytes.
const maxAdminLine = 32 << 20

type verifyAnswer struct {
	Problem string // "" if the store is sound
	Stats   store.Stats
}

type refreshLine struct {
	Done, Total int
	Reports     []RefreshReport `json:",omitempty"` // in the last line
	Error       string          `json:",omitempty"`
}

// RefreshReport is what looking at a source gave, for a table.
type RefreshReport struct {
	Source      string
	State       story.SourceState
	New         int
	NotModified bool
	Partly      bool
	Error       string
	Took        time.Duration
}

func (d *daemon) adminServer(restored <-chan struct{}) *http.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /stories", d.adminStories)
	mux.HandleFunc("GET /stories/{id}", d.adminStory)
	mux.HandleFunc("GET /verify", d.adminVerify)
	mux.HandleFunc("GET /backup", d.adminBackup)
	mux.Handle("POST /refresh", afterRestore(restored, d.adminRefresh))
	mux.Handle("POST /ingest", afterRestore(restored, d.adminIngest))
	mux.Handle("POST /diff", afterRestore(restored, d.adminDiff))
	mux.HandleFunc("GET /corrections", d.adminCorrections)
	mux.Handle("GET /explain", afterRestore(restored, d.adminExplain))
	mux.Handle("POST /correct", afterRestore(restored, d.adminCorrect))
	mux.Handle("POST /undo", afterRestore(restored, d.adminUndo))
	return &http.Server{
		Handler:           mux,
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          slog.NewLogLogger(d.Log.Handler(), slog.LevelDebug),
	}
}

// afterRestore lets a request wait until the daemon takes in articles.
func afterRestore(restored <-chan struct{}, h http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-restored:
			h(w, r)
		case <-r.Context().Done():
		}
	})
}

func (d *daemon) adminStories(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(r.URL.Query().Get("n"))
	if err != nil || n < 0 {
		http.Error(w, "n must be a number", http.StatusBadRequest)
		return
	}
	stories, err := NewestStories(d.db, n)
	answer(w, stories, err)
}

func (d *daemon) adminStory(w http.ResponseWriter, r *http.Request) {
	s, err := d.db.Story(story.ID(r.PathValue("id")))
	answer(w, s, err)
}

func (d *daemon) adminVerify(w http.ResponseWriter, _ *http.Request) {
	v := verifyAnswer{Stats: d.db.Stats()}
	if err := d.db.Check(); err != nil {
		v.Problem = err.Error()
	}
	answer(w, v, nil)
}

func (d *daemon) adminRefresh(w http.ResponseWriter, r *http.Request) {
	var names []string
	if err := json.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&names); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if len(names) == 0 {
		names = nil // all
	}
	var mu sync.Mutex
	out := json.NewEncoder(w)
	send := func(l refreshLine) {
		mu.Lock()
		defer mu.Unlock()
		if out.Encode(l) == nil {
			http.NewResponseController(w).Flush()
		}
	}
	reports, err := d.fetcher.Refresh(r.Context(), names, func(done, total int) { send(refreshLine{Done: done, Total: total}) })
	if err == nil {
		err = d.pipeline.Settle(r.Context())
	}
	last := refreshLine{Done: len(reports), Total: len(reports)}
	for _, rep := range reports {
		last.Reports = append(last.Reports, refreshReport(rep))
	}
	if err != nil {
		last.Error = err.Error()
	}
	send(last)
}

func refreshReport(r fetcher.Report) RefreshReport {
	out := RefreshReport{Source: r.Source, State: r.State, New: r.New, NotModified: r.NotModified, Partly: r.Partly, Took: r.Took}
	if r.Err != nil {
		out.Error = r.Err.Error()
	}
	return out
}

func (d *daemon) adminIngest(w http.ResponseWriter, r *http.Request) {
	var total Counts
	in := NewIngest(d.pipeline, &total)
	lines := bufio.NewScanner(r.Body)
	lines.Buffer(nil, maxAdminLine)
	var err error
	for err == nil && lines.Scan() {
		var a story.Article
		if err = json.Unmarshal(lines.Bytes(), &a); err == nil {
			err = in.Add(r.Context(), &a)
		}
	}
	if err = errors.Join(err, lines.Err()); err == nil {
		err = in.Flush(r.Context())
	}
	if err == nil {
		err = d.pipeline.Settle(r.Context())
	}
	answer(w, total, err)
}

// answer writes v as JSON, or the error in words.
func answer(w http.ResponseWriter, v any, err error) {
	if err != nil {
		status := http.StatusInternalServerError
		if errors.Is(err, story.ErrNotFound) {
			status = http.StatusNotFound
		} else if errors.Is(err, story.ErrRemoved) {
			status = http.StatusGone
		} else if _, ok := errors.AsType[*RefusedError](err); ok {
			status = http.StatusConflict
		}
		http.Error(w, err.Error(), status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v)
}

// NewestStories returns the n stories whose last revision is newest; 0: all.
// Those of one time are ordered by their newest article.
func NewestStories(db *store.DB, n int) ([]story.Story, error) {
	stories := []story.Story{}
	for s, err := range story.Ordered(db.Newest()) {
		if err != nil {
			return nil, err
		}
		stories = append(stories, s)
		if len(stories) == n {
			break
		}
	}
	return stories, nil
}

// Ingest commits articles in batches.
type Ingest struct {
	take  func(context.Context, *fetcher.Result) (Counts, error)
	total *Counts
	batch []story.Article
}

// NewIngest returns an Ingest that commits through p and adds up total.
func NewIngest(p *Pipeline, total *Counts) *Ingest { return &Ingest{take: p.Take, total: total} }

// Add takes an article; it is committed with the batch.
func (in *Ingest) Add(ctx context.Context, a *story.Article) error {
	in.batch = append(in.batch, *a)
	if len(in.batch) < ingestBatch {
		return nil
	}
	return in.Flush(ctx)
}

// Flush commits what waits.
func (in *Ingest) Flush(ctx context.Context) error {
	if len(in.batch) == 0 {
		return nil
	}
	n, err := in.take(ctx, &fetcher.Result{Articles: in.batch})
	if err != nil {
		return err
	}
	in.total.New += n.New
	in.total.Edited += n.Edited
	in.total.Unchanged += n.Unchanged
	in.batch = nil
	return nil
}

// Client asks a running daemon over its admin socket.
type Client struct {
	http *http.Client
}

// Dial returns a client of the daemon on dataDir, or nil if none is running.
func Dial(dataDir string) *Client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		short, done, err := shortPath(socketPath(dataDir))
		if err != nil {
			return nil, err
		}
		defer done()
		return new(net.Dialer).DialContext(ctx, "unix", short)
	}
	conn, err := dial(context.Background(), "", "")
	if err != nil {
		return nil
	}
	conn.Close()
	return &Client{http: &http.Client{Transport: &http.Transport{DialContext: dial}}}
}

// Stories returns the n stories whose last revision is newest; 0: all.
func (c *Client) Stories(ctx context.Context, n int) ([]story.Story, error) {
	var s []story.Story
	return s, c.do(ctx, "GET", "/stories?n="+strconv.Itoa(n), nil, &s)
}

// Story returns one story; an alias resolves.
func (c *Client) Story(ctx context.Context, id story.ID) (story.Story, error) {
	var s story.Story
	return s, c.do(ctx, "GET", "/stories/"+string(id), nil, &s)
}

// Verify walks every invariant of the daemon's store.
func (c *Client) Verify(ctx context.Context) (store.Stats, error) {
	var v verifyAnswer
	if err := c.do(ctx, "GET", "/verify", nil, &v); err != nil {
		return v.Stats, err
	}
	if v.Problem != "" {
		return v.Stats, errors.New(v.Problem)
	}
	return v.Stats, nil
}

// Refresh looks at these sources now (none: at all) and waits for their commits.
func (c *Client) Refresh(ctx context.Context, names []string, progress func(done, total int)) ([]RefreshReport, error) {
	body, err := json.Marshal(names)
	if err != nil {
		return nil, err
	}
	res, err := c.send(ctx, "POST", "/refresh", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	lines := json.NewDecoder(res.Body)
	for {
		var l refreshLine
		if err := lines.Decode(&l); err != nil {
			return nil, fmt.Errorf("the daemon ended the refresh early: %w", err)
		}
		if l.Error != "" {
			return l.Reports, errors.New(l.Error)
		}
		if l.Reports != nil || l.Done == l.Total && l.Total == 0 {
			return l.Reports, nil
		}
		progress(l.Done, l.Total)
	}
}

// Ingest sends what articles yields.
func (c *Client) Ingest(ctx context.Context, articles func(yield func(*story.Article) error) error) (Counts, error) {
	var total Counts
	r, w := io.Pipe()
	go func() {
		out := json.NewEncoder(w)
		w.CloseWithError(articles(func(a *story.Article) error { return out.Encode(a) }))
	}()
	return total, c.do(ctx, "POST", "/ingest", r, &total)
}

func (c *Client) do(ctx context.Context, method, path string, body io.Reader, v any) error {
	res, err := c.send(ctx, method, path, body)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	return json.NewDecoder(res.Body).Decode(v)
}

// send asks the daemon and turns its refusals into errors.
func (c *Client) send(ctx context.Context, method, path string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://storyfold"+path, body)
	if err != nil {
		return nil, err
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask the daemon: %w", errors.Unwrap(err))
	}
	if res.StatusCode == http.StatusOK {
		return res, nil
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	switch res.StatusCode {
	case http.StatusNotFound:
		return nil, story.ErrNotFound
	case http.StatusGone:
		return nil, story.ErrRemoved
	case http.StatusConflict:
		return nil, &RefusedError{oneLine(string(bytes.TrimSpace(text)))}
	}
	return nil, errors.New(oneLine(string(bytes.TrimSpace(text))))
}
