package daemon

import (
	"storyfold/fetcher"
	"storyfold/store"
	"storyfold/story"
)

// pageIcons are the icons that pages show: which source has which the fetcher
// knows, and what they look like the store.
type pageIcons struct {
	*fetcher.Fetcher
	db *store.DB
}

// Icon returns the stored icon with this key.
func (p pageIcons) Icon(key string) (story.Icon, error) { return p.db.Icon(key) }

// keepIcons removes the icons of sources that are not configured any more.
func (p *Pipeline) keepIcons() {
	names := map[string]bool{}
	for _, src := range p.settings().Sources {
		names[src.Name] = true
	}
	if err := p.db.KeepIcons(names); err != nil {
		p.log.Warn("icons of removed sources stay for now", "error", err)
	}
}
