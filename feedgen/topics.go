package feedgen

import "strings"

// hubOf returns the hub that tells of changes of a part of f: of the whole of a
// feed that is open to all. It is "" if none does.
func (v *view) hubOf(f *Feed, p part) string {
	if f.Key != "" || f.search != "" || p != (part{}) {
		return ""
	}
	return v.config.Hub
}

// Topics returns the tags of the feeds that are announced to the hub, by
// address. A tag changes with the bytes of its feed. There are none without a hub.
func (h *Handler) Topics() (map[string]string, error) {
	topics, v := map[string]string{}, h.view()
	for i := range v.settings.Feeds {
		f := &v.settings.Feeds[i]
		if v.hubOf(f, part{}) == "" {
			continue
		}
		for ext := range formats {
			a, err := h.answers.get(v, v.feedKey(f, ext, part{}, f.Name), v.renderFeed(f, ext, part{}))
			if err != nil {
				return nil, err
			}
			topics[v.feedURL(f, ext)] = a.etag
		}
	}
	return topics, nil
}

// Mark changes whenever a feed may have changed.
func (h *Handler) Mark() string {
	v := h.view()
	mark := []string{v.stamp()}
	for i := range v.settings.Feeds {
		mark = append(mark, v.dueDay(&v.settings.Feeds[i]))
	}
	return strings.Join(mark, "/")
}
