package feedgen

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"storyfold/story"
)

// sortMutes returns mutes by the time at which they end; those without end are last.
func sortMutes(mutes []Mute) []Mute {
	return slices.SortedStableFunc(slices.Values(mutes), func(a, b Mute) int {
		if a.Until.IsZero() || b.Until.IsZero() {
			return cmp.Compare(endless(a), endless(b))
		}
		return a.Until.Compare(b.Until)
	})
}

func endless(m Mute) int {
	if m.Until.IsZero() {
		return 1
	}
	return 0
}

// mute adds what readers muted on pages.
func (s *settings) mute(muted []story.Mute) {
	s.muted = muted
	all := slices.Clone(s.Mutes)
	for _, m := range muted {
		all = append(all, Mute{Story: m.Story, Until: m.Until})
	}
	s.Mutes = sortMutes(all)
}

// mutesOver returns how many of the settings' mutes have ended by now.
func (s *settings) mutesOver(now time.Time) int {
	n := 0
	for n < len(s.Mutes) && !s.Mutes[n].Until.IsZero() && !s.Mutes[n].Until.After(now) {
		n++
	}
	return n
}

// lastMuteOver returns when the last of the mutes that are over ended; zero if none is.
func (v *view) lastMuteOver() time.Time {
	if v.over == 0 {
		return time.Time{}
	}
	return v.settings.Mutes[v.over-1].Until
}

// audible gives the stories that are shown and not muted, newest revision first.
func (v *view) audible() iter.Seq2[*Shown, error] {
	return v.audibleOf(v.h.options.Stories.Newest())
}

// audibleOf gives those of all that are shown and not muted.
func (v *view) audibleOf(all iter.Seq2[story.Story, error]) iter.Seq2[*Shown, error] {
	mutes := v.settings.Mutes[v.over:]
	if len(mutes) == 0 {
		return v.shown(all)
	}
	return func(yield func(*Shown, error) bool) {
		for s, err := range v.shown(all) {
			if err == nil && slices.ContainsFunc(mutes, func(m Mute) bool { return m.silences(s) }) {
				continue
			}
			if !yield(s, err) {
				return
			}
		}
	}
}

// silences reports whether m keeps s away.
func (m Mute) silences(s *Shown) bool {
	if m.Story != "" {
		return m.Story == s.ID || slices.ContainsFunc(s.Formers, func(f story.Former) bool { return f.Story.ID == m.Story })
	}
	if anyMatch(m.Words, s.Brief.Headline) {
		return true
	}
	return slices.ContainsFunc(s.Brief.Summary, func(x story.Sentence) bool { return anyMatch(m.Words, x.Text) }) ||
		slices.ContainsFunc(s.Members, func(x story.Member) bool { return anyMatch(m.Words, x.Title) })
}
