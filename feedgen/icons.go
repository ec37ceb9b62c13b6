package feedgen

import (
	"bytes"
	"net/http"
	"sync"

	"storyfold/story"
)

// Icons are the small pictures that stand for sources.
type Icons interface {
	// Icons returns the key of the icon of each source that has one, by its name.
	Icons() map[string]string

	// IconVersion changes whenever what Icons returns does.
	IconVersion() uint64

	// Icon returns the icon with this key; story.ErrNotFound if there is none.
	Icon(key string) (story.Icon, error)
}

// iconTypes are the kinds of pictures that are served: those made of pixels.
var iconTypes = map[string]bool{"image/png": true, "image/gif": true, "image/jpeg": true, "image/webp": true, "image/x-icon": true}

// iconKeys are the keys of icons by the names that pages show. They do not change.
type iconKeys struct {
	version uint64
	byName  map[string]string
}

// iconCache holds the keys of the moment.
type iconCache struct {
	mu   sync.Mutex // guards keys
	keys *iconKeys
}

// icons returns the keys of the icons as they are now.
func (h *Handler) icons() *iconKeys {
	h.iconCache.mu.Lock()
	defer h.iconCache.mu.Unlock()
	keys, from := h.iconCache.keys, h.options.Icons
	if keys != nil && (from == nil || keys.version == from.IconVersion()) {
		return keys
	}
	keys = &iconKeys{byName: map[string]string{}}
	if from != nil {
		keys.version = from.IconVersion() // before they are read: what changes meanwhile is read again
		for name, key := range from.Icons() {
			keys.byName[cleanLine(name, maxOutlet)] = key
		}
	}
	h.iconCache.keys = keys
	return keys
}

// icon returns the address of the icon of an outlet or source, by its name as pages show it; ""
// if it has none. An outlet has that of the source of its name.
func (v *view) icon(name string) string {
	key := v.icons.byName[name]
	if key == "" {
		return ""
	}
	return rootPath(v.config) + "/icons/" + key
}

// serveIcon serves an icon. Its address changes with its bytes, so that browsers may keep it
// for good.
func (h *Handler) serveIcon(w http.ResponseWriter, r *http.Request) {
	if h.options.Icons == nil {
		h.notFound(w, r)
		return
	}
	icon, err := h.options.Icons.Icon(r.PathValue("key"))
	if err == nil && !iconTypes[icon.Type] {
		err = story.ErrNotFound
	}
	if err != nil {
		h.failErr(w, r, err)
		return
	}
	head := w.Header()
	head.Set("Cache-Control", "private, max-age=31536000, immutable")
	head.Set("Content-Security-Policy", otherPolicy)
	head.Set("Content-Type", icon.Type)
	head.Set("ETag", `"`+icon.Key+`"`)
	http.ServeContent(w, r, "", icon.Found, bytes.NewReader(icon.Data))
}
