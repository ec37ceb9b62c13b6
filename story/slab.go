package story

import "math/bits"

const (
	chunkBits = 16 // of an address in a slab, for the place in a chunk
	chunkSize = 1 << chunkBits
	firstBits = 10 // of the size of a slab's first chunk; each further one is twice as large, up to chunkSize
)

// slab holds many small runs of values that have no pointers, in few large
// chunks: the collector passes over them at once, and what is given back is used
// again. An address is the number of a chunk and the place in it.
type slab[T any] struct {
	chunks [][]T
	free   [][]uint32 // addresses of free runs, by class
	spare  []uint32   // numbers of chunks that are not in use
	fresh  int        // number + 1 of the chunk that new runs are cut from, 0: none; it has next values in use
	next   int
	held   int // values in runs that are in use, with the rest of their room
	total  int // values in all chunks
}

// run is a run of values in a slab: n in use, and room for more.
type run struct {
	at, n, room uint32
}

// classOf returns the class of runs that have room for n values, and that room: eight
// sizes between two powers of two.
func classOf(n uint32) (class int, room uint32) {
	if n <= 16 {
		return int(n), n
	}
	shift := bits.Len32(n-1) - 4
	room = (n + 1<<shift - 1) >> shift << shift
	return 16 + 8*(shift-1) + int(room>>shift) - 8, room
}

// take returns the address of a run with room for at least n values, which may
// hold anything, and its room.
func (s *slab[T]) take(n uint32) (at, room uint32) {
	class, room := classOf(n)
	if room == 0 {
		return 0, 0
	}
	s.held += int(room)
	if class < len(s.free) {
		if free := s.free[class]; len(free) > 0 {
			s.free[class] = free[:len(free)-1]
			return free[len(free)-1], room
		}
	}
	if room > chunkSize {
		return uint32(s.chunk(int(room))) << chunkBits, room
	}
	if s.fresh == 0 || s.next+int(room) > len(s.chunks[s.fresh-1]) {
		s.rest()
		s.fresh = 1 + s.chunk(max(1<<min(firstBits+len(s.chunks), chunkBits), 1<<bits.Len32(room-1)))
		s.next = 0
	}
	at = uint32(s.fresh-1)<<chunkBits + uint32(s.next)
	s.next += int(room)
	return at, room
}

// chunk makes a chunk of n values and returns its number.
func (s *slab[T]) chunk(n int) int {
	s.total += n
	if k := len(s.spare); k > 0 {
		i := s.spare[k-1]
		s.spare = s.spare[:k-1]
		s.chunks[i] = make([]T, n)
		return int(i)
	}
	s.chunks = append(s.chunks, make([]T, n))
	return len(s.chunks) - 1
}

// rest gives back what is left of the chunk that runs are cut from.
func (s *slab[T]) rest() {
	if s.fresh == 0 {
		return
	}
	for left := len(s.chunks[s.fresh-1]) - s.next; left > 0; left = len(s.chunks[s.fresh-1]) - s.next {
		shift := max(0, bits.Len(uint(left))-3)
		class, room := classOf(uint32(left >> shift << shift))
		s.release(class, uint32(s.fresh-1)<<chunkBits+uint32(s.next))
		s.next += int(room)
	}
}

func (s *slab[T]) release(class int, at uint32) {
	for class >= len(s.free) {
		s.free = append(s.free, nil)
	}
	s.free[class] = append(s.free[class], at)
}

// give takes back the run at this address with this room.
func (s *slab[T]) give(at, room uint32) {
	if room == 0 {
		return
	}
	s.held -= int(room)
	if room > chunkSize {
		i := at >> chunkBits
		s.total -= len(s.chunks[i])
		s.chunks[i] = nil
		s.spare = append(s.spare, i)
		return
	}
	class, _ := classOf(room)
	s.release(class, at)
}

// get returns the first n values of the run at this address. The slice is good
// until the run is given back.
func (s *slab[T]) get(at, n uint32) []T {
	if n == 0 {
		return nil
	}
	from := at & (chunkSize - 1)
	return s.chunks[at>>chunkBits][from : from+n : from+n]
}

// values returns the values of r that are in use.
func (s *slab[T]) values(r run) []T { return s.get(r.at, r.n) }

// last returns the last value of r, which has one.
func (s *slab[T]) last(r run) T {
	return s.chunks[r.at>>chunkBits][r.at&(chunkSize-1)+r.n-1]
}

// push appends a value to r.
func (s *slab[T]) push(r *run, x T) {
	if r.n == r.room {
		at, room := s.take(r.n + 1)
		copy(s.get(at, r.n), s.get(r.at, r.n))
		s.give(r.at, r.room)
		r.at, r.room = at, room
	}
	r.n++
	s.values(*r)[r.n-1] = x
}

// drop gives the run back.
func (s *slab[T]) drop(r *run) {
	s.give(r.at, r.room)
	*r = run{}
}

// sparse reports whether so little of the slab is in use that its runs should move to a new one.
func (s *slab[T]) sparse() bool { return s.total > 4*chunkSize && s.total > 2*s.held }

// move brings a run of another slab into this one.
func (s *slab[T]) move(from *slab[T], r *run) {
	at, room := s.take(r.n)
	copy(s.get(at, r.n), from.values(*r))
	r.at, r.room = at, room
}
