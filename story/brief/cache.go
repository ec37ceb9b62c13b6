package brief

// cache keeps articles that were prepared, within a number of bytes. Its zero
// value keeps none. What has to go is picked as by a die, which is always thrown
// the same: rounds that ask for more than there is room for, in one order again
// and again, find their share, where the one that was asked for longest ago would
// always be the next that is needed.
type cache struct {
	limit, used int // bytes
	at          map[uint64]int
	kept        []kept
	die         uint64
	dropped     []*prepared // what is no longer kept, until the story at hand is told
}

type kept struct {
	*prepared
	size int
}

// get returns the prepared article with this Seq, or nil.
func (c *cache) get(seq uint64) *prepared {
	if i, ok := c.at[seq]; ok {
		return c.kept[i].prepared
	}
	return nil
}

// put keeps p, and no longer what it leaves no room for.
func (c *cache) put(p *prepared) {
	c.forget(p.seq)
	size := p.size()
	if size > c.limit/16 {
		c.dropped = append(c.dropped, p)
		return
	}
	for c.used+size > c.limit {
		c.die = c.die*6364136223846793005 + 1442695040888963407
		c.forget(c.kept[(c.die>>33)%uint64(len(c.kept))].seq)
	}
	if c.at == nil {
		c.at = make(map[uint64]int)
	}
	c.at[p.seq] = len(c.kept)
	c.kept = append(c.kept, kept{p, size})
	c.used += size
}

// forget drops the article with this Seq.
func (c *cache) forget(seq uint64) {
	i, ok := c.at[seq]
	if !ok {
		return
	}
	last := len(c.kept) - 1
	c.dropped = append(c.dropped, c.kept[i].prepared)
	c.used -= c.kept[i].size
	c.kept[i] = c.kept[last]
	c.at[c.kept[i].seq] = i
	c.kept[last] = kept{}
	c.kept = c.kept[:last]
	delete(c.at, seq)
}

// reset drops all.
func (c *cache) reset() { *c = cache{limit: c.limit} }
