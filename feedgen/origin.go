package feedgen

import (
	"net/url"

	"storyfold/story"
)

// origin is the feed that an article came from, as an entry may name it.
type origin struct {
	name    string // of the source
	address string // of the feed; "" if it is not for everybody
	id      string // atom:id of the feed; "" if it gave none
	site    string // the feed's page; "" if it is not known
}

// origins returns what entries say of the configured sources, by name.
func (v *view) origins() map[string]origin {
	all := make(map[string]origin, len(v.config.Sources))
	for i := range v.config.Sources {
		src := &v.config.Sources[i]
		all[src.Name] = origin{name: cleanLine(src.Name, maxName), address: publicAddress(src)}
	}
	for _, st := range v.h.states() {
		if o, ok := all[st.Name]; ok && o.address != "" {
			o.id, o.site = cleanID(st.FeedID), cleanURL(st.Site)
			all[st.Name] = o
		}
	}
	return all
}

// publicAddress returns the address of src's feed if strangers may know it: it
// holds no password and no query, needs no header and is on no private network.
func publicAddress(src *story.Source) string {
	u, err := url.Parse(src.Feed)
	if err != nil || u.User != nil || u.RawQuery != "" || u.Fragment != "" || src.Private || len(src.Headers) > 0 {
		return ""
	}
	return cleanURL(src.Feed)
}

// cleanID returns s if it can be an atom:id, an absolute IRI; else "".
func cleanID(s string) string {
	u, err := url.Parse(s)
	if err != nil || !u.IsAbs() || u.User != nil || u.Opaque == "" && u.Host == "" || cleanLine(s, maxAddress) != s {
		return ""
	}
	return s
}
