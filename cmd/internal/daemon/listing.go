package daemon

import (
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/bmatcuk/doublestar/v4"

	"storyfold/fetcher"
	"storyfold/story"
)

// listing knows which files the sources still list. A file that does not change
// is not given again, so the store has to ask: the key of an article that
// retention removed is kept as long as its file is there, or it would come back as new.
type listing struct {
	mu    sync.Mutex        // guards bases
	bases map[string]string // of file sources: the folder that identities start from
}

func (l *listing) set(sources []story.Source) {
	bases := map[string]string{}
	for _, s := range sources {
		if s.Files != "" {
			bases[s.Name], _ = doublestar.SplitPattern(filepath.ToSlash(s.Files))
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.bases = bases
}

// listed reports whether the key is that of a file which is still there.
func (l *listing) listed(key story.Key) bool {
	source, identity, _ := strings.Cut(string(key), "\x00")
	path, ok := strings.CutPrefix(identity, fetcher.FileIdentity)
	l.mu.Lock()
	base, known := l.bases[source]
	l.mu.Unlock()
	if !ok || !known {
		return false
	}
	_, err := os.Stat(filepath.Join(filepath.FromSlash(base), filepath.FromSlash(path)))
	return err == nil
}
