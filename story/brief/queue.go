package brief

// queue gives facts by their scores. It is a heap of their places.
type queue struct {
	facts  []fact
	places []int32
}

// newQueue returns a queue of all facts in the memory of places.
func newQueue(facts []fact, places []int32) *queue {
	for i := range facts {
		places = append(places, int32(i))
	}
	q := &queue{facts, places}
	for i := len(places)/2 - 1; i >= 0; i-- {
		q.down(i)
	}
	return q
}

// first returns the best fact, the earliest of equals.
func (q *queue) first() *fact { return &q.facts[q.places[0]] }

// drop takes the first fact off.
func (q *queue) drop() {
	last := len(q.places) - 1
	q.places[0] = q.places[last]
	q.places = q.places[:last]
	q.down(0)
}

// down moves what is at i down to where it belongs.
func (q *queue) down(i int) {
	for {
		child := 2*i + 1
		if child >= len(q.places) {
			return
		}
		if child+1 < len(q.places) && q.before(child+1, child) {
			child++
		}
		if !q.before(child, i) {
			return
		}
		q.places[i], q.places[child] = q.places[child], q.places[i]
		i = child
	}
}

func (q *queue) before(i, j int) bool {
	a, b := q.places[i], q.places[j]
	if x, y := q.facts[a].score, q.facts[b].score; x != y {
		return x > y
	}
	return a < b
}
