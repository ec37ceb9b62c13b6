package daemon

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"

	"storyfold/fetcher"
	"storyfold/store"
	"storyfold/story"
	"storyfold/story/brief"
)

const (
	// maxBatch is about how many articles of one result a transaction takes; a result
	// that has more is spread over several. Results that share one may have twice as
	// many: what is left of their documents is less.
	maxBatch = 4000

	// linger is how long a batch waits for the next result, and gatherAtMost how
	// long for all of them. Results that arrive together are grouped oldest first
	// and share one wait for the disk.
	linger       = 150 * time.Millisecond
	gatherAtMost = 3 * time.Second

	// heavyIdle is how long nothing else must come before a result of more than
	// maxBatch articles is taken, so that the others do not wait for it, and
	// heavyAtMost how long it waits in all.
	heavyIdle   = time.Second
	heavyAtMost = 30 * time.Second

	// readerBytes is about what may be remembered of the articles that briefs were made
	// of, until a lull. An article is read again only where its story is told again.
	readerBytes = 2 << 20

	flushEvery  = time.Minute     // how often the schedule state of unchanged sources is stored
	expireEvery = time.Hour       // how often retention is looked after
	beatEvery   = 2 * time.Second // how often an idle pipeline gives a sign of life

	// grace is how long a fetched result may wait for its commit after the
	// daemon was told to stop.
	grace = 5 * time.Second
)

// Pipeline groups and commits: one goroutine, one transaction a batch, and one more for
// the stories of a burst of batches. It is the only writer of the store and the only
// user of the Grouper.
type Pipeline struct {
	db   *store.DB
	log  *slog.Logger
	now  func() time.Time
	most int // maxBatch

	jobs  chan *job
	tasks chan *task
	ended chan struct{} // closed when Run returns

	mu     sync.Mutex // guards what follows
	config Config
	failed error // why the last commit failed; nil: it did not

	ready   atomic.Bool  // restored
	beat    atomic.Int64 // Unix nanoseconds of the last sign of life
	stats   pipelineStats
	grouper *story.Grouper  // of the goroutine of Run, or of Restore before it
	heavy   []*job          // of the goroutine of Run: they wait until nothing else comes
	batch   *changes        // the batch at hand, with those before it whose stories are owed
	reader  *brief.Reader   // of the goroutine that uses grouper
	worked  time.Time       // of the goroutine of Run: when the last batch was done
	unsaved *story.Settings // in force, and not stored yet; nil: they are
	last    time.Time       // FirstSeen of the last batch: never runs backwards

	owedSince time.Time // when the first batch was committed whose stories are owed; zero: none are
	unpassed  bool      // of the goroutine of Run: the pass of a burst that was broken off is to be made

	// unflushed gives the states of sources that were looked at and brought
	// nothing; nil: none.
	unflushed func() []story.SourceState

	rest  func() // called when a burst is over; nil: nothing
	burst bool   // of the goroutine of Run: one is over since rest was called
}

// pipelineStats are counted since the start.
type pipelineStats struct {
	commits, failures, added, edited, decisions atomic.Int64
	busy                                        atomic.Int64 // nanoseconds spent on batches
}

// job is a result that waits to be committed.
type job struct {
	result *fetcher.Result
	counts Counts
	done   chan error
	came   time.Time // of one in Pipeline.heavy
}

// NewPipeline returns a pipeline into db. It starts nothing; Restore comes first.
func NewPipeline(db *store.DB, c Config, log *slog.Logger) *Pipeline {
	p := &Pipeline{
		db: db, log: log, now: time.Now, most: maxBatch, config: c,
		jobs: make(chan *job), tasks: make(chan *task), ended: make(chan struct{}),
		reader: brief.NewReader(readerBytes),
	}
	p.alive()
	return p
}

// Configure takes over a reloaded config: preferences and retention. Changed
// grouping settings are Regroup's.
func (p *Pipeline) Configure(c Config) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c.Group = p.config.Group
	p.config = c
}

func (p *Pipeline) settings() Config {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.config
}

// alive gives a sign of life.
func (p *Pipeline) alive() { p.beat.Store(time.Now().UnixNano()) }

// Ready returns nil once the Grouper is restored and while commits go through,
// else why not.
func (p *Pipeline) Ready() error {
	if !p.ready.Load() {
		return errors.New("restoring the open stories")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failed != nil {
		return fmt.Errorf("the store does not commit: %w", p.failed)
	}
	return nil
}

// Restore rebuilds the Grouper from the store, without deciding anything again. Stories
// that are owed are told first.
func (p *Pipeline) Restore() error {
	p.reader.Reset() // it may know articles that were never stored
	if err := p.catchUp(); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	return p.restore()
}

// errOwed reports that the Grouper is ahead of the stories.
var errOwed = errors.New("stories wait to be told")

// restore is Restore where nothing is owed.
func (p *Pipeline) restore() error {
	if owed, err := p.db.Owed(); err != nil || owed.From > 0 {
		return cmp.Or(err, errOwed)
	}
	state, err := p.db.Engine()
	if err == nil {
		err = p.takeSettings()
	}
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	o := p.settings().Group
	o.Used = func(id story.ID) bool { return p.batch != nil && p.batch.used(id) || p.db.Used(id) }
	if o.Constraints, err = p.db.Constraints(); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	g, err := story.Restore(o, state, p.open())
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	p.grouper = g
	p.ready.Store(true)
	return nil
}

// open gives the open stories with their articles.
func (p *Pipeline) open() iter.Seq2[story.Restored, error] {
	return func(yield func(story.Restored, error) bool) {
		for r, err := range p.db.Restorable() {
			p.alive()
			if !yield(r, err) {
				return
			}
		}
	}
}

// Sink takes a result and returns when it is committed; it is a fetcher.Sink.
// What was fetched when ctx ends is still committed, if that goes quickly.
func (p *Pipeline) Sink(ctx context.Context, r *fetcher.Result) error {
	late, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })()
	n, err := p.Take(late, r)
	r.New, r.Edited = n.New, n.Edited
	return err
}

// Take commits a result and says what became of its articles.
func (p *Pipeline) Take(ctx context.Context, r *fetcher.Result) (Counts, error) {
	j := &job{result: r, done: make(chan error, 1)}
	select {
	case p.jobs <- j:
	case <-ctx.Done():
		return Counts{}, ctx.Err()
	}
	err := <-j.done
	return j.counts, err
}

// once is Take without Run: for a command that has the store to itself. After many
// articles more are expected; finish tells their stories.
func (p *Pipeline) once(ctx context.Context, r *fetcher.Result) (Counts, error) {
	j := &job{result: r}
	if err := ctx.Err(); err != nil {
		return Counts{}, err
	}
	err := p.process([]*job{j}, len(r.Articles) < manyArticles)
	return j.counts, err
}

// Run groups and commits what Take brings, until stop is closed and nothing
// waits any more. The caller closes stop when no Take will come.
func (p *Pipeline) Run(stop <-chan struct{}) error {
	flush, expire, beat := time.NewTicker(flushEvery), time.NewTicker(expireEvery), time.NewTicker(beatEvery)
	defer flush.Stop()
	defer expire.Stop()
	defer beat.Stop()
	defer close(p.ended)
	p.expire(stop)
	for {
		p.alive()
		p.relax()
		var idle, lull <-chan time.Time
		if len(p.heavy) > 0 {
			idle = time.After(min(heavyIdle, heavyAtMost-time.Since(p.heavy[0].came)))
		}
		if p.owes() || p.unpassed {
			lull = time.After(burstLinger)
		}
		select {
		case j := <-p.jobs:
			batch, empty := p.gather(j)
			p.work(stop, batch, empty)
		case <-lull:
			p.end(stop)
		case <-idle:
			p.lift(stop)
		case t := <-p.tasks:
			p.perform(stop, t)
		case <-beat.C:
			if time.Since(p.worked) > lullAfter {
				p.reader.Reset()
			}
		case <-flush.C:
			p.flush()
		case <-expire.C:
			p.expire(stop)
			p.keepIcons()
		case <-stop:
			for len(p.heavy) > 0 {
				p.lift(stop)
			}
			p.end(stop)
			p.flush()
			return nil
		}
	}
}

// relax calls rest if a burst is over.
func (p *Pipeline) relax() {
	if p.burst && p.rest != nil {
		p.rest()
	}
	p.burst = false
}

// lift takes the first heavy result.
func (p *Pipeline) lift(stop <-chan struct{}) {
	j := p.heavy[0]
	p.heavy = slices.Delete(p.heavy, 0, 1)
	p.work(stop, []*job{j}, len(p.heavy) == 0)
}

// end is finish. Where the store does not commit it waits until it does.
func (p *Pipeline) end(stop <-chan struct{}) {
	if err := p.finish(); err != nil {
		p.recover(stop, err)
	}
}

// gather adds to the first job what comes while results keep coming, and tells whether
// that was all: the queue is empty, and they are few. It puts heavy ones aside.
func (p *Pipeline) gather(first *job) (batch []*job, empty bool) {
	n := 0
	add := func(j *job) {
		if len(j.result.Articles) > p.most {
			j.came = time.Now()
			p.heavy = append(p.heavy, j)
			return
		}
		batch = append(batch, j)
		n += len(j.result.Articles)
	}
	add(first)
	wait := linger
	if p.owes() {
		wait = burstLinger
	}
	moment, end := time.NewTimer(wait), time.NewTimer(gatherAtMost)
	defer moment.Stop()
	defer end.Stop()
	for n < 2*p.most {
		select {
		case j := <-p.jobs:
			add(j)
			moment.Reset(wait)
		case <-moment.C:
			return batch, n < manyArticles
		case <-end.C:
			return batch, false
		}
	}
	return batch, false
}

// work commits a batch and answers its jobs. After a failure it waits, without
// taking more, until the store commits again.
func (p *Pipeline) work(stop <-chan struct{}, batch []*job, empty bool) {
	if len(batch) == 0 {
		return
	}
	start := time.Now()
	err := p.process(batch, empty)
	p.worked = time.Now()
	p.stats.busy.Add(int64(p.worked.Sub(start)))
	if err != nil {
		p.fail(err) // before anybody hears of it
	}
	for _, j := range batch {
		j.done <- err
	}
	if err != nil {
		p.recover(stop, err)
	}
}

// process groups a batch and commits it with its sources' states. When nothing more
// waits the burst is over. A result of many more new articles than maxBatch is
// committed in parts, its state with the last: if that fails, the source is looked at
// again, and what was stored is known by then.
func (p *Pipeline) process(batch []*job, empty bool) error {
	now := p.clock()
	arrived, err := identify(p.db, batch, now)
	if err != nil {
		return err
	}
	for len(batch) == 1 && len(arrived.added) > p.most+p.most/4 {
		part := &arrivals{added: arrived.added[:p.most]}
		if err := p.commit(part, nil, now, false); err != nil {
			return err
		}
		arrived.added, now = arrived.added[p.most:], p.clock()
	}
	var states []story.SourceState
	for _, j := range batch {
		if j.result.State.Name != "" {
			states = append(states, j.result.State)
		}
	}
	if err := p.commit(arrived, states, now, empty); err != nil {
		return err
	}
	for i, j := range batch {
		j.counts = arrived.counts[i]
	}
	return nil
}

// clock returns the time of a batch; it never runs backwards, whatever the
// system's clock does.
func (p *Pipeline) clock() time.Time {
	now := p.now().UTC().Round(0)
	if !now.After(p.last) {
		now = p.last.Add(time.Millisecond)
	}
	p.last = now
	return now
}

// recover waits until the store commits again and restores the Grouper, which
// has decided what was never stored. Serving goes on meanwhile.
func (p *Pipeline) recover(stop <-chan struct{}, cause error) {
	p.stats.failures.Add(1)
	p.fail(cause)
	p.log.Error("commit failed: fetching pauses, serving goes on", "error", cause)
	wait := backoff.NewExponentialBackOff()
	wait.InitialInterval, wait.MaxInterval = time.Second, time.Minute
	for {
		timer := time.NewTimer(wait.NextBackOff())
		select {
		case <-stop:
			timer.Stop()
			return
		case <-timer.C:
		}
		p.alive()
		err := p.db.Probe()
		if err == nil {
			err = p.Restore()
		}
		if err == nil {
			p.fail(nil)
			p.log.Info("the store commits again: fetching goes on")
			return
		}
		p.fail(err)
		p.log.Warn("the store still does not commit", "error", err)
	}
}

func (p *Pipeline) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failed = err
}

// flush stores the schedule state of sources that brought nothing new.
func (p *Pipeline) flush() {
	if p.unflushed == nil {
		return
	}
	states := p.unflushed()
	if len(states) == 0 {
		return
	}
	if err := p.db.Commit(&story.Commit{Time: p.clock(), States: states}); err != nil {
		p.log.Warn("the schedule was not stored; it will be with the next look", "error", err)
	}
}

// expire removes the stories that retention no longer keeps, some at a time. What is
// owed is told first: it may be about them.
func (p *Pipeline) expire(stop <-chan struct{}) {
	p.end(stop)
	keep, total := p.settings().Retention, 0
	if keep <= 0 || p.owes() {
		return
	}
	for {
		removed, err := p.db.Expire(p.now().Add(-keep))
		p.alive()
		total += len(removed)
		if err != nil {
			p.log.Error("retention failed", "error", err)
		}
		if err != nil || len(removed) == 0 {
			break
		}
	}
	p.retain()
	if total > 0 {
		p.log.Info("retention removed stories", "stories", total)
	}
}

func isNotFound(err error) bool {
	return errors.Is(err, story.ErrNotFound) || errors.Is(err, story.ErrRemoved)
}
