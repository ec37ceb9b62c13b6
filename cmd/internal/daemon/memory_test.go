package daemon

import "testing"

func TestMemoryLimit(t *testing.T) {
	for live, want := range map[uint64]int64{0: leastMemory, 20 << 20: leastMemory, 100 << 20: 156 << 20, 1000 << 20: 1416 << 20} {
		if got := memoryLimit(live); got != want {
			t.Errorf("memoryLimit(%d) = %d, want %d", live, got, want)
		}
	}
}
