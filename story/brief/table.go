package brief

// table maps hashes to small numbers. It is made anew in no time and keeps its
// memory; an entry takes 12 bytes.
type table struct {
	slots []slot
	mask  uint32 // slots in use are those up to it: a small table is quick, however large it was
	turn  uint32 // slots of an earlier turn are empty
}

type slot struct {
	key, turn uint32
	value     int32
}

// reset empties the table and makes room for n entries.
func (t *table) reset(n int) {
	size := 64
	for size < 2*n {
		size *= 2
	}
	if t.turn++; size > len(t.slots) || t.turn == 0 {
		t.slots, t.turn = make([]slot, max(size, len(t.slots))), 1
	}
	t.mask = uint32(size - 1)
}

// full reports whether a table of n entries has no room for one more.
func (t *table) full(n int) bool { return 2*n > int(t.mask) }

// at returns the slot of key: an empty one, which is then key's, or the one that has its value.
func (t *table) at(key uint32) (s *slot, had bool) {
	for i := spread(key) & t.mask; ; i = (i + 1) & t.mask {
		s = &t.slots[i]
		if s.turn != t.turn {
			s.key, s.turn = key, t.turn
			return s, false
		}
		if s.key == key {
			return s, true
		}
	}
}

// get returns the value of key, or -1.
func (t *table) get(key uint32) int32 {
	for i := spread(key) & t.mask; ; i = (i + 1) & t.mask {
		s := &t.slots[i]
		if s.turn != t.turn {
			return -1
		}
		if s.key == key {
			return s.value
		}
	}
}

// spread returns the bits of a hash in another order, so that hashes that were
// made alike do not crowd.
func spread(key uint32) uint32 { return key * 0x9e3779b1 >> 7 }
