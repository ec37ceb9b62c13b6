package daemon

import (
	"context"
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

func TestGCPercent(t *testing.T) {
	for live, want := range map[uint64]int{32 << 20: 100, 48 << 20: 66, 128 << 20: goalOver, 1 << 30: goalOver, 16 << 20: 300, 0: 102300} {
		if got := gcPercent(live); got != want {
			t.Errorf("%d MiB in use: %d %%, want %d", live>>20, got, want)
		}
	}
}

// TestBoundMemory checks that each collection sets the goal of the next.
func TestBoundMemory(t *testing.T) {
	t.Setenv("GOGC", "")
	t.Setenv("GOMEMLIMIT", "")
	was := debug.SetGCPercent(100)
	defer debug.SetGCPercent(was)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- new(memory).bound(ctx) }()
	held := make([][]byte, 0, 64)
	for range 2 {
		for range 32 {
			held = append(held, make([]byte, 1<<20))
		}
		want := 0
		for begin := time.Now(); time.Since(begin) < 10*time.Second; time.Sleep(time.Millisecond) {
			runtime.GC()
			want = gcPercent(read("/gc/heap/live:bytes"))
			if p := int(read("/gc/gogc:percent")); p >= want-2 && p <= want+2 {
				want = 0
				break
			}
		}
		if want != 0 {
			t.Fatalf("%d MiB in use: %d %% set, want %d", len(held), read("/gc/gogc:percent"), want)
		}
	}
	runtime.KeepAlive(held)
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}
