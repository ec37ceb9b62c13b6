package brief

// cache keeps the articles that were prepared last, within a number of bytes.
// Its zero value keeps none.
type cache struct {
	limit, used int // bytes
	bySeq       map[uint64]*kept
	first, last *kept // from the one that was asked for last to the one that will go next
}

type kept struct {
	*prepared
	size         int
	newer, older *kept
}

// get returns the prepared article with this Seq, or nil.
func (c *cache) get(seq uint64) *prepared {
	k := c.bySeq[seq]
	if k == nil {
		return nil
	}
	c.unlink(k)
	c.link(k)
	return k.prepared
}

// put keeps p, and no longer what it leaves no room for.
func (c *cache) put(p *prepared) {
	k := &kept{prepared: p, size: p.size()}
	if k.size > c.limit/16 {
		return
	}
	c.forget(p.seq)
	if c.bySeq == nil {
		c.bySeq = make(map[uint64]*kept)
	}
	c.bySeq[p.seq] = k
	c.link(k)
	for c.used += k.size; c.used > c.limit; {
		c.forget(c.last.seq)
	}
}

// forget drops the article with this Seq.
func (c *cache) forget(seq uint64) {
	if k := c.bySeq[seq]; k != nil {
		c.unlink(k)
		c.used -= k.size
		delete(c.bySeq, seq)
	}
}

// reset drops all.
func (c *cache) reset() { *c = cache{limit: c.limit} }

// link puts k, which is not in the list, in front.
func (c *cache) link(k *kept) {
	k.newer, k.older = nil, c.first
	if c.first != nil {
		c.first.newer = k
	} else {
		c.last = k
	}
	c.first = k
}

// unlink takes k out of the list.
func (c *cache) unlink(k *kept) {
	if k.newer != nil {
		k.newer.older = k.older
	} else {
		c.first = k.older
	}
	if k.older != nil {
		k.older.newer = k.newer
	} else {
		c.last = k.newer
	}
}
