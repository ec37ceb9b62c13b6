package daemon

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
	"time"
)

// How far the heap may grow before it is collected. A refresh makes much garbage
// beside little that stays: collecting by a fixed share of what stays would double the memory
// of a large daemon and have a small one collect all the time.
const (
	leastGoal = 64 << 20 // bytes; below, collecting more often is not worth it
	growth    = 32 << 20 // bytes beside what is in use, but no more than that is
	goalOver  = 40       // percent beside what is in use, where that is more than growth

	// lullAfter is how long no collection must have taken place, after some, until there is
	// one that gives all that is not in use back to the system. The last one of a refresh
	// is mostly in the midst of a commit and finds much in use.
	lullAfter = 3 * time.Second
)

// gcPercent returns the growth in percent after which a heap is collected of which so
// many bytes are in use.
func gcPercent(live uint64) int {
	if live < leastGoal>>10 { // nothing is known yet
		live = leastGoal >> 10
	}
	return max(goalOver, int(leastGoal*100/live)-100, min(100, int(growth*100/live)))
}

// memory bounds what the process takes of the system.
type memory struct {
	ended    atomic.Bool
	released atomic.Uint64 // number of the last collection that gave memory back
}

// chosen tells whether the environment says when to collect: who sets that knows better.
func chosen() bool { return os.Getenv("GOMEMLIMIT") != "" || os.Getenv("GOGC") != "" }

// bound sets, after each collection, when the next one begins, until ctx ends;
// when there were none for a while it gives memory back to the system. A soft limit
// for the whole process is no help: a heap that grows past one is collected over and
// over until it is raised.
func (m *memory) bound(ctx context.Context) error {
	if chosen() {
		return nil
	}
	m.adjust()
	m.arm()
	defer m.ended.Store(true)
	tick := time.NewTicker(lullAfter)
	defer tick.Stop()
	for seen := uint64(0); ; {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		switch n := read("/gc/cycles/total:gc-cycles"); {
		case n != seen:
			seen = n
		case n != m.released.Load():
			m.release()
		}
	}
}

// release gives all memory that is not in use back to the system.
func (m *memory) release() {
	if chosen() {
		return
	}
	runtime.GC() // pools hold what is in them over one collection
	debug.FreeOSMemory()
	m.released.Store(read("/gc/cycles/total:gc-cycles"))
}

// arm has adjust called after the next collection, and the ones after that.
func (m *memory) arm() {
	runtime.AddCleanup(new(*memory), func(m *memory) {
		if !m.ended.Load() {
			m.adjust()
			m.arm()
		}
	}, m)
}

func (m *memory) adjust() { debug.SetGCPercent(gcPercent(read("/gc/heap/live:bytes"))) }

// read returns a figure of the runtime, 0 for one it does not know.
func read(name string) uint64 {
	s := []metrics.Sample{{Name: name}}
	if metrics.Read(s); s[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return s[0].Value.Uint64()
}
