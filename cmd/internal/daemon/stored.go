package daemon

import (
	"storyfold/fetcher"
	"storyfold/store"
	"storyfold/story"
)

// fetchOptions returns how sources are read, with what only the store knows.
func (d *daemon) fetchOptions(c Config) fetcher.Options {
	o := c.Fetch
	o.Stored = func(articles []story.Article) ([]*story.Article, error) { return stored(d.db, articles) }
	o.SaveIcon = d.db.PutIcon
	return o
}

// stored returns for each of the articles of one source the one in the store that
// it would be taken for, as identify does; nil for a new one. One that was removed is empty.
func stored(db *store.DB, articles []story.Article) ([]*story.Article, error) {
	keys, links := make([]story.Key, len(articles)), make([]string, len(articles))
	for i := range articles {
		keys[i], links[i] = articles[i].Key(), IdentifyingLink(articles[i].URL)
	}
	known, byLink, err := lookUp(db, keys, links)
	if err != nil {
		return nil, err
	}
	found := make([]*story.Article, len(articles))
	for i := range articles {
		k, isKnown := known[keys[i]]
		seq, linked := k.Seq, false
		if !isKnown && links[i] != "" {
			seq, linked = byLink[links[i]]
		}
		switch {
		case isKnown && seq == 0:
			found[i] = &story.Article{}
		case seq != 0:
			a, err := db.Readable(seq)
			if isNotFound(err) { // removed since
				a, err = &story.Article{}, nil
			}
			if err != nil {
				return nil, err
			}
			if isKnown || linked && sameItem(a, &articles[i]) {
				found[i] = a
			}
		}
	}
	return found, nil
}
