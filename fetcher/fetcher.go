package fetcher

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"storyfold/story"
)

// Options say how sources are read. The zero value of each field means its default.
type Options struct {
	Interval    time.Duration // between looks at a feed whose rhythm is not known; 0: 30 minutes
	MinInterval time.Duration // shortest adapted interval, and first wait after a failure; 0: 5 minutes
	MaxInterval time.Duration // longest adapted interval; 0: a day
	HostDelay   time.Duration // between the starts of two requests to one host; 0: a second; below 0: none
	Timeout     time.Duration // for one request with its redirects and body; 0: 30 seconds

	Concurrency int   // looks at a time; 0: 32
	PerHost     int   // looks at one host at a time; 0: 2
	MaxBody     int64 // bytes of a document once unpacked; 0: 15 MiB

	AllowPrivateNetworks bool   // all sources may reach loopback and private addresses
	Proxy                string // http, https or socks5 address that all requests go through; "": none
	UserAgent            string // "": "storyfold"

	Stored Stored // which articles are known, for sources with FullText; nil: their pages are not read

	// SaveIcon stores the icon of a source, which its state then names; nil: icons
	// are not looked for.
	SaveIcon func(story.Icon) error

	Log *slog.Logger // nil: nothing is logged
}

// withDefaults returns o with defaults where it has zeros, or an error for what cannot be.
func (o Options) withDefaults() (Options, error) {
	def := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	def(&o.Interval, 30*time.Minute)
	def(&o.MinInterval, 5*time.Minute)
	def(&o.MaxInterval, 24*time.Hour)
	def(&o.HostDelay, time.Second)
	def(&o.Timeout, 30*time.Second)
	if o.Concurrency == 0 {
		o.Concurrency = 32
	}
	if o.PerHost == 0 {
		o.PerHost = 2
	}
	if o.MaxBody == 0 {
		o.MaxBody = 15 << 20
	}
	if o.UserAgent == "" {
		o.UserAgent = "storyfold"
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	switch {
	case o.Interval < 0 || o.MinInterval < 0 || o.MaxInterval < 0 || o.Timeout < 0:
		return o, errors.New("fetcher: an interval or timeout is below zero")
	case o.Concurrency < 0 || o.PerHost < 0 || o.MaxBody < 0:
		return o, errors.New("fetcher: a limit is below zero")
	case o.MinInterval > o.MaxInterval:
		return o, fmt.Errorf("fetcher: min_interval %s is longer than max_interval %s", words(o.MinInterval), words(o.MaxInterval))
	}
	return o, nil
}

// Fetcher looks at sources when they are due and hands on what it finds.
type Fetcher struct {
	parsing chan struct{} // holds a token for each document being read
	bulky   chan struct{} // holds a token while one of more than maxSmall bytes is
	paging  chan struct{} // holds a token for each page on its way
	wake    chan struct{} // tells the scheduler that something changed

	mu      sync.Mutex // guards all below and the entries
	opts    Options
	client  *client
	entries []*source // in config order
	byName  map[string]*source
	due     ordered[*source] // entries that wait for their time
	hosts   map[string]*host // by hostKey
	ready   ordered[*host]   // hosts with an entry that waits for its turn
	looks   int              // under way, up to their results
	held    int              // bytes of results that wait for their commit
	run     *run             // nil: not running
	pending []story.Source   // given to Reload before Run

	iconVersion atomic.Uint64 // see IconVersion
	counts      counters
}

// run is what lasts as long as Run.
type run struct {
	ctx  context.Context
	sink Sink
	done chan struct{}  // closed when Run returns
	wg   sync.WaitGroup // looks and watches

	ending bool // nothing is started any more; guarded by Fetcher.mu
}

// New returns a Fetcher. It starts nothing.
func New(o Options) (*Fetcher, error) {
	f := &Fetcher{
		parsing: make(chan struct{}, runtime.GOMAXPROCS(0)),
		bulky:   make(chan struct{}, 1),
		paging:  make(chan struct{}, pagesAtOnce),
		wake:    make(chan struct{}, 1),
		byName:  map[string]*source{},
		hosts:   map[string]*host{},
	}
	if err := f.SetOptions(o); err != nil {
		return nil, err
	}
	return f, nil
}

// SetOptions changes the options, also while Run is running: for the requests
// and schedules that come. On an error nothing changes.
func (f *Fetcher) SetOptions(o Options) error {
	o, err := o.withDefaults()
	if err != nil {
		return err
	}
	c, err := newClient(&o)
	if err != nil {
		return fmt.Errorf("fetcher: %w", err)
	}
	f.mu.Lock()
	old := f.client
	f.opts, f.client = o, c
	f.mu.Unlock()
	if old != nil {
		old.close()
	}
	f.poke()
	return nil
}

// settings returns the options and client of the moment.
func (f *Fetcher) settings() (*Options, *client) {
	f.mu.Lock()
	defer f.mu.Unlock()
	o := f.opts
	return &o, f.client
}

func (f *Fetcher) options() *Options {
	o, _ := f.settings()
	return o
}

func (f *Fetcher) log() *slog.Logger { return f.options().Log }

// poke lets the scheduler look at its queues again.
func (f *Fetcher) poke() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// Run looks at sources when they are due, starting from their stored states, and
// gives each result to sink, until ctx ends. It returns after all that it started
// has. A state of another name but the same address is inherited.
//
// A result's state is adopted when sink returned nil; otherwise the earlier one
// stays, and the source is looked at again soon.
func (f *Fetcher) Run(ctx context.Context, sources []story.Source, states []story.SourceState, sink Sink) error {
	r := &run{ctx: ctx, sink: sink, done: make(chan struct{})}
	f.mu.Lock()
	if f.run != nil {
		f.mu.Unlock()
		return ErrRunning
	}
	f.run = r
	if f.pending != nil {
		sources, f.pending = f.pending, nil
	}
	for _, e := range f.entries { // of an earlier Run
		states = append(states, e.st)
	}
	f.entries, f.due, f.ready = nil, nil, nil
	clear(f.byName)
	clear(f.hosts)
	f.configure(sources, states)
	if f.opts.SaveIcon != nil {
		r.wg.Go(func() { f.lookForIcons(ctx) })
	}
	f.mu.Unlock()

	f.schedule(ctx)

	f.mu.Lock()
	r.ending = true
	f.mu.Unlock()
	r.wg.Wait()
	f.mu.Lock()
	f.run = nil
	f.client.close()
	f.mu.Unlock()
	close(r.done)
	return ctx.Err()
}

// Reload replaces the sources, from any goroutine. Sources that stay keep
// their states and timers; a new name on a known address inherits its state; what is
// under way for a removed source is dropped.
func (f *Fetcher) Reload(sources []story.Source) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.run == nil || f.run.ending {
		f.pending = append([]story.Source{}, sources...)
		return
	}
	f.configure(sources, nil)
	f.poke()
}

// States returns the state of every source, in config order. It may be called
// from any goroutine.
func (f *Fetcher) States() []story.SourceState {
	f.mu.Lock()
	defer f.mu.Unlock()
	states := make([]story.SourceState, len(f.entries))
	for i, e := range f.entries {
		states[i] = e.st
		if !e.src.Enabled {
			states[i].Paused, states[i].Next, states[i].NextReason = true, time.Time{}, "disabled in the config"
		}
	}
	return states
}

// Unflushed gives the states that changed without a result of their own, because
// nothing new was there, since it was last called. The caller stores them together.
func (f *Fetcher) Unflushed() []story.SourceState {
	f.mu.Lock()
	defer f.mu.Unlock()
	var states []story.SourceState
	for _, e := range f.entries {
		if e.unflushed {
			e.unflushed = false
			states = append(states, e.st)
		}
	}
	return states
}
