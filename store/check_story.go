package store

import (
	"bytes"

	"storyfold/story"
)

// stories: every story holds together and has its members and places.
func (c *checker) stories() {
	for k := range withPrefix(c.story, nil) {
		id := story.ID(k)
		var h header
		var s story.Story
		_, err := c.readHeader(id, &h)
		if err == nil {
			_, err = c.readWhole(id, &s)
		}
		if err != nil {
			c.add("%w", err)
			continue
		}
		if s.ID != id || len(s.Members) == 0 {
			c.add("story at key %s has id %s and %d members", printKey(k), s.ID, len(s.Members))
			continue
		}
		c.header(&h, &s)
		c.members(&s)
		c.revisions(&s)
		c.sourcesOf(&s)
	}
	for bucket, b := range map[string]int{
		bucketMemberOf: length(c.memberOf), bucketRevision: length(c.revision), bucketTold: length(c.told),
		bucketFormer: length(c.former), bucketSourceOf: length(c.sourceOf),
	} {
		c.equal("bucket "+bucket, b, c.owned[bucket])
	}
	c.equal("members of stories", c.owned[bucketMemberOf], c.totals[totalArticles]-len(c.placed))
}

// header: it says what the parts say, and the story has its places.
func (c *checker) header(h *header, s *story.Story) {
	if want := headerOf(s); h.first != want.first || !h.updated.Equal(want.updated) || !h.newest.Equal(want.newest) {
		c.add("story %s: its header names article %d, times %v and %v, and should name %d, %v, %v",
			s.ID, h.first, h.updated, h.newest, want.first, want.updated, want.newest)
	}
	if c.updated.Get(h.updatedKey()) == nil {
		c.add("story %s is missing among the newest", s.ID)
	}
	if b, place := c.orderOf(h); b.Get(place) == nil {
		c.add("story %s (closed: %t) is missing among its like", s.ID, s.Closed)
	}
	c.totals[totalOf(s.Closed)]++
	c.owned[bucketFormer] += len(s.Formers)
}

// members: in order, stored, in this story alone; and the reports are theirs.
func (c *checker) members(s *story.Story) {
	last := uint64(0)
	for i := range s.Members {
		m := &s.Members[i]
		seq := number(m.Seq)
		if m.Seq <= last {
			c.add("story %s: member %d comes after %d", s.ID, m.Seq, last)
		}
		last = m.Seq
		if c.memberOf.Get(numberedKey(s.ID, m.Seq)) == nil {
			c.add("story %s: member %d stands in another's place", s.ID, m.Seq)
		}
		if c.article.Get(seq) == nil {
			c.add("story %s: member %d is not stored", s.ID, m.Seq)
		}
		if id := c.member.Get(seq); string(id) != string(s.ID) {
			c.add("story %s: member %d is in story %q", s.ID, m.Seq, id)
		}
		if got := c.id.Get([]byte(m.ID)); !bytes.Equal(got, seq) {
			c.add("story %s: member %d has id %s, which leads to %s", s.ID, m.Seq, m.ID, printKey(got))
		}
	}
	c.owned[bucketMemberOf] += len(s.Members)
	if want := story.Independent(s.Members); s.Reports != want {
		c.add("story %s: %d reports, but %d are independent, of %d members", s.ID, s.Reports, want, len(s.Members))
	}
}

// revisions: numbered from 1, in the order of their times, with articles in
// order; what they said is kept for the last ones.
func (c *checker) revisions(s *story.Story) {
	if len(s.Revisions) == 0 {
		c.add("story %s: it has no revision", s.ID)
	}
	for i, r := range s.Revisions {
		if r.Number != i+1 {
			c.add("story %s: revision %d stands in place of %d", s.ID, r.Number, i+1)
		}
		if i > 0 && r.Time.Before(s.Revisions[i-1].Time) {
			c.add("story %s: revision %d is older than the one before", s.ID, r.Number)
		}
		if !ascending(r.Articles) {
			c.add("story %s: the articles of revision %d are not in order", s.ID, r.Number)
		}
		if r.Told != nil {
			c.owned[bucketTold]++
			if i < len(s.Revisions)-story.MaxTold {
				c.add("story %s: what revision %d of %d said is kept too long", s.ID, r.Number, len(s.Revisions))
			}
		}
	}
	c.owned[bucketRevision] += len(s.Revisions)
}

// sourcesOf: the sources of a story are those of its members, and are counted.
func (c *checker) sourcesOf(s *story.Story) {
	members := map[string]int{}
	for i := range s.Members {
		for source := range sourcesOf(s.Members[i].Source, s.Members[i].Also) {
			members[source]++
		}
	}
	for source, n := range members {
		if stored, name := parseSource(c.sourceOf.Get(sourceKey(s.ID, source))); stored != n || name != source {
			c.add("story %s: %d members by source %q, counted %d", s.ID, stored, source, n)
		}
		count := c.sources[source]
		count.Stories++
		c.sources[source] = count
	}
	c.owned[bucketSourceOf] += len(members)
}
