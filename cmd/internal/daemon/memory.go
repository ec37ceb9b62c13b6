package daemon

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// The memory that the process keeps from the system is tied to what it has in
// use. Without that, the garbage of a large refresh doubles it, and it is given
// back only slowly.
const (
	memoryEvery = time.Second
	leastMemory = 80 << 20 // bytes; below, collecting more often is not worth it
	memoryOver  = 16 << 20 // bytes beside the heap: stacks, the runtime's own
)

// memoryLimit returns the soft limit for a heap of which so many bytes are in
// use: it leaves room for two fifths more before the next collection.
func memoryLimit(live uint64) int64 {
	return max(leastMemory, int64(live)+int64(live)*2/5+memoryOver)
}

// boundMemory lets the collector's soft limit follow the heap until ctx ends.
// Who sets GOMEMLIMIT or GOGC knows better.
func boundMemory(ctx context.Context) error {
	if os.Getenv("GOMEMLIMIT") != "" || os.Getenv("GOGC") != "" {
		return nil
	}
	tick := time.NewTicker(memoryEvery)
	defer tick.Stop()
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	for {
		if metrics.Read(live); live[0].Value.Kind() == metrics.KindUint64 {
			debug.SetMemoryLimit(memoryLimit(live[0].Value.Uint64()))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
