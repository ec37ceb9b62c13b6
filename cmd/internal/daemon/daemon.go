package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"storyfold/feedgen"
	"storyfold/fetcher"
	"storyfold/store"
	"storyfold/story"
)

// IngestSource is the name of the source of articles that `ingest` brings and
// that no configured source covers.
const IngestSource = "ingest"

// Config is what the config file says, in the terms of the rooms.
type Config struct {
	Listen    string        // "host:port", or "systemd"
	DataDir   string        // absolute
	Group     story.Options // Used is set here
	Fetch     fetcher.Options
	Feeds     feedgen.Config // Sources is set here
	Sources   []story.Source
	Retention time.Duration // since first seen
	Open      bool          // may listen where other machines reach it
}

// Options are what Run needs for its lifetime.
type Options struct {
	Config  Config
	Load    func() (Config, error) // reads the config again, for SIGHUP
	Version string
	Log     *slog.Logger
}

// daemon is a running storyfold.
type daemon struct {
	Options
	db       *store.DB
	pipeline *Pipeline
	desk     *Desk
	fetcher  *fetcher.Fetcher
	handler  *feedgen.Handler
	files    *listing
	memory   memory
	started  time.Time
	public   net.Addr // that the daemon listens on
}

// Run serves until ctx ends, and reloads on SIGHUP.
func Run(ctx context.Context, o Options) error {
	reload := make(chan os.Signal, 1)
	signal.Notify(reload, syscall.SIGHUP)
	defer signal.Stop(reload)

	var files listing
	files.set(o.Config.Sources)
	damaged := func(a *story.Article, err error) {
		o.Log.Error("an article in the store is damaged: its story goes on without its text; see storyfold verify", "source", a.Source, "title", a.Title, "error", err)
	}
	db, err := store.Open(o.Config.DataDir, store.Options{Create: true, Canonical: IdentifyingLink, Listed: files.listed, Damaged: damaged})
	if err != nil {
		return err
	}
	if kept := db.Kept(); kept != "" {
		o.Log.Info("the store was converted to this version's format; its earlier file is kept until you remove it", "file", kept)
	}
	d, err := newDaemon(db, &files, o)
	if err != nil {
		return errors.Join(err, db.Close())
	}
	return errors.Join(d.run(ctx, reload), db.Close())
}

func newDaemon(db *store.DB, files *listing, o Options) (*daemon, error) {
	d := &daemon{Options: o, db: db, files: files, started: time.Now()}
	d.pipeline = NewPipeline(db, o.Config, o.Log)
	d.desk = &Desk{db: db, p: d.pipeline, do: d.pipeline.Do}
	f, err := fetcher.New(d.fetchOptions(o.Config))
	if err != nil {
		return nil, err
	}
	d.fetcher = f
	d.pipeline.unflushed, d.pipeline.rest = f.Unflushed, d.memory.release
	secret, err := db.Secret()
	if err != nil { // a full disk, say: serving goes on
		o.Log.Warn("links that change something will not outlive this process", "error", err)
	}
	d.handler = feedgen.New(feedgen.Options{
		Corrections: pageDesk{d.desk}, Mutes: db, Icons: pageIcons{f, db},
		Stories: db, States: d.states, Ready: d.pipeline.Ready, Metrics: d.metrics(), Secret: secret, Version: o.Version, Log: o.Log,
	})
	d.handler.Configure(d.feeds(o.Config))
	return d, nil
}

// run is the daemon's life: every long-lived goroutine starts here.
func (d *daemon) run(ctx context.Context, reload <-chan os.Signal) error {
	public, err := listen(d.Config.Listen)
	if err != nil {
		return err
	}
	d.public = public.Addr()
	if err := d.guarded(d.Config); err != nil {
		return errors.Join(err, public.Close())
	}
	admin, err := listenAdmin(d.Config.DataDir)
	if err != nil {
		return errors.Join(err, public.Close())
	}
	d.Log.Info("listening", "address", public.Addr().String(), "base_url", d.Config.Feeds.BaseURL)
	if reachable(d.public) && len(d.Config.Feeds.Users) > 0 && !strings.HasPrefix(d.Config.Feeds.BaseURL, "https:") {
		d.Log.Warn("passwords cross the network as they are: put a proxy with TLS in front, or stay inside a private network")
	}

	g, ctx := errgroup.WithContext(ctx)
	stopped := make(chan struct{}) // closed when no result will come any more
	drained := make(chan struct{}) // closed when the pipeline has ended
	restored := make(chan struct{})
	g.Go(func() error { return serveHTTP(ctx, d.publicServer(), public, drained) })
	g.Go(func() error { return serveHTTP(ctx, d.adminServer(restored), admin, drained) })
	g.Go(func() error { return d.notify(ctx, restored) })
	g.Go(func() error { return d.announce(ctx, restored) })
	g.Go(func() error { return d.memory.bound(ctx) })
	g.Go(func() error { return d.reloads(ctx, restored, reload) })
	g.Go(func() error {
		defer close(stopped)
		select {
		case <-restored:
			return d.fetch(ctx)
		case <-ctx.Done():
			return nil
		}
	})
	g.Go(func() error {
		defer close(drained)
		start := time.Now()
		if err := d.pipeline.Restore(); err != nil {
			return err
		}
		if err := d.pipeline.follow(d.Config.Group); err != nil {
			return err
		}
		close(restored)
		stats := d.db.Stats()
		d.Log.Info("ready", "articles", stats.Articles, "stories", stats.Stories, "open", stats.OpenStories, "took", time.Since(start).Round(time.Millisecond))
		return d.pipeline.Run(stopped)
	})
	err = g.Wait()
	d.Log.Info("stopped")
	return err
}

// fetch polls and watches until ctx ends.
func (d *daemon) fetch(ctx context.Context) error {
	states, err := d.db.States()
	if err != nil {
		return fmt.Errorf("sources: %w", err)
	}
	if err := d.fetcher.Run(ctx, d.Config.Sources, states, d.pipeline.Sink); ctx.Err() == nil {
		return err
	}
	return nil
}

// reloads reads the config again at each SIGHUP.
func (d *daemon) reloads(ctx context.Context, restored <-chan struct{}, reload <-chan os.Signal) error {
	select {
	case <-restored:
	case <-ctx.Done():
		return nil
	}
	for {
		select {
		case <-reload:
			d.reload(ctx)
		case <-ctx.Done():
			return nil
		}
	}
}

// reload takes over a changed config. A broken one changes nothing.
func (d *daemon) reload(ctx context.Context) {
	notifyReloading()
	defer notifyReady("")
	c, err := d.Load()
	if err == nil {
		err = d.guarded(c)
	}
	if err == nil {
		err = d.fetcher.SetOptions(d.fetchOptions(c))
	}
	if err != nil {
		d.Log.Error("the config was not reloaded: the running one stays in force", "error", err)
		return
	}
	old := d.pipeline.settings()
	for name, changed := range map[string]bool{
		"listen": c.Listen != old.Listen, "data_dir": c.DataDir != old.DataDir,
	} {
		if changed {
			d.Log.Warn("this change needs a restart", "key", name)
		}
	}
	c.Listen, c.DataDir = old.Listen, old.DataDir
	d.pipeline.Configure(c)
	d.files.set(c.Sources)
	d.handler.Configure(d.feeds(c))
	d.fetcher.Reload(c.Sources)
	if err := d.pipeline.Regroup(ctx, groupSettings(c.Group)); err != nil {
		d.Log.Error("the open stories were not regrouped: the earlier [group] stays in force", "error", err)
	}
	d.Log.Info("config reloaded", "sources", len(c.Sources), "feeds", len(c.Feeds.Feeds))
}

// feeds returns the config of the feeds, with every source whose articles are shown.
func (d *daemon) feeds(c Config) feedgen.Config {
	f := c.Feeds
	f.Sources = append(slices.Clone(c.Sources), story.Source{Name: IngestSource, Enabled: true})
	return f
}

// states gives the sources as the fetcher knows them, with the store's counts.
func (d *daemon) states() []story.SourceState {
	states := d.fetcher.States()
	counts, err := d.db.Counts()
	if err != nil {
		d.Log.Error("sources are shown without their counts", "error", err)
	}
	if n, ok := counts[IngestSource]; ok && n.Articles > 0 {
		states = append(states, story.SourceState{Name: IngestSource, Format: "files"})
	}
	paused := d.pipeline.Ready()
	for i := range states {
		n := counts[states[i].Name]
		states[i].Articles, states[i].Stories = n.Articles, n.Stories
		if paused != nil {
			states[i].Paused = true
			states[i].NextReason = "fetching is paused: " + paused.Error()
		}
	}
	return states
}

func (d *daemon) publicServer() *http.Server {
	return &http.Server{
		Handler:           d.handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      2 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(d.Log.Handler(), slog.LevelDebug),
	}
}

// serveHTTP serves until ctx ends, then lets what is under way finish, for at
// most five seconds once the pipeline has drained.
func serveHTTP(ctx context.Context, s *http.Server, l net.Listener, drained <-chan struct{}) error {
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	<-drained
	wait, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := s.Shutdown(wait); err != nil {
		s.Close()
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// socketPath returns the path of the admin socket in dataDir.
func socketPath(dataDir string) string { return filepath.Join(dataDir, "storyfold.sock") }
