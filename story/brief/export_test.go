package brief

// Compared returns how many sentences the last Make compared with those of other
// reports to tell what is new in them.
func (r *Reader) Compared() int { return r.corpus.compared }
