package main

import (
	"fmt"
	"regexp"
	"time"

	"storyfold/feedgen"
	"storyfold/story"
)

// maxMutes is how many [[mute]] a config may have: each is tried on each story.
const maxMutes = 1000

// mutes checks every [[mute]].
func (c *checker) mutes(cfg *config, doc *document) {
	if len(doc.Mute) > maxMutes {
		c.wrong(fmt.Sprintf("mute[%d]", maxMutes), "there are %d [[mute]]; at most %d are allowed", len(doc.Mute), maxMutes)
		return
	}
	for i := range doc.Mute {
		cfg.Mutes = append(cfg.Mutes, c.mute(fmt.Sprintf("mute[%d]", i), &doc.Mute[i], cfg.Timezone))
	}
}

var storyID = regexp.MustCompile(`^[a-z2-7]{16}$`)

// mute checks the [[mute]] at path at. Its last day ends in zone.
func (c *checker) mute(at string, t *muteTable, zone *time.Location) feedgen.Mute {
	m := feedgen.Mute{Story: story.ID(t.Story), Words: c.matches(at+".words", t.Words), Until: c.endOf(at+".until", t.Until, zone)}
	switch {
	case t.Story != "" && len(t.Words) > 0:
		c.wrong(at+".words", "a mute has either story or words; write a [[mute]] for each")
	case t.Story == "" && len(t.Words) == 0:
		c.wrong(at, "a mute needs story, the id of one, or words")
	case t.Story != "" && !storyID.MatchString(t.Story):
		c.wrong(at+".story", "%q is not the id of a story; it is the last part of its page's address, 16 letters and digits", t.Story)
	}
	return m
}

// endOf returns the end of a day in zone; the zero time if there is none.
func (c *checker) endOf(path, day string, zone *time.Location) time.Time {
	if day == "" && !c.given(path) {
		return time.Time{}
	}
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		c.wrong(path, "until %q is not a day; write \"2026-12-31\"", day)
		return time.Time{}
	}
	if zone == nil {
		zone = time.UTC // the timezone is wrong, and that is said
	}
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, zone)
}
