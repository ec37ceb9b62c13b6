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
	goalOver  = 40       // percent beside what is in use, where that is more

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
	return max(goalOver, int(leastGoal*100/live)-100)
}

// boundMemory sets, after each collection, when the next one begins, until ctx ends;
// when there were none for a while it gives memory back to the system. A soft limit
// for the whole process is no help: a heap that grows past one is collected over and
// over until it is raised. Who sets GOMEMLIMIT or GOGC knows better.
func boundMemory(ctx context.Context) error {
	if os.Getenv("GOMEMLIMIT") != "" || os.Getenv("GOGC") != "" {
		return nil
	}
	m := &memory{}
	m.adjust()
	m.arm()
	defer m.ended.Store(true)
	tick := time.NewTicker(lullAfter)
	defer tick.Stop()
	for seen, released := uint64(0), uint64(0); ; {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		switch n := read("/gc/cycles/total:gc-cycles"); {
		case n != seen:
			seen = n
		case n != released:
			runtime.GC() // pools hold what is in them over one collection
			debug.FreeOSMemory()
			seen = read("/gc/cycles/total:gc-cycles")
			released = seen
		}
	}
}

// memory is the state of boundMemory.
type memory struct{ ended atomic.Bool }

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
