package feedgen

import (
	"net/http"
	"net/netip"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

// open are the patterns that need no login even where there are users: what
// readers and machines ask for. A feed looks after its key, and searches,
// /opml and /metrics after themselves. What is not named here is closed.
var open = map[string]bool{
	"/feed.rss": true, "/feed.atom": true, "/feed.json": true, "/feeds/{file}": true, "/feeds.opml": true,
	"/search.rss": true, "/search.atom": true, "/search.json": true,
	"/opml": true, "/metrics": true, "/healthz": true, "/readyz": true, "/robots.txt": true,
	"GET /style.css": true, "GET /favicon.svg": true,
}

// usersOf returns the hashes of users by name, and the one that takes longest to check.
func usersOf(users []User) (hashes map[string]string, costly string) {
	most := -1
	for _, u := range users {
		if hashes == nil {
			hashes = map[string]string{}
		}
		hashes[u.Name] = u.Hash
		if cost, err := bcrypt.Cost([]byte(u.Hash)); err == nil && cost > most {
			most, costly = cost, u.Hash
		}
	}
	return hashes, costly
}

// admit reports whether a GET may be answered. Where there are users, all but
// open is for them; if r is by none of them, admit asks for a login.
func (h *Handler) admit(w http.ResponseWriter, r *http.Request) bool {
	if h.viewOf(r).settings.users == nil {
		return true
	}
	if _, pattern := h.mux.Handler(r); open[pattern] {
		return true
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	return h.needUser(w, r)
}

// act lets a POST be answered if somebody may do it: a user, or without users
// whoever is at this machine, and no page of another site.
func (h *Handler) act(w http.ResponseWriter, r *http.Request) {
	if _, pattern := h.mux.Handler(r); !strings.HasPrefix(pattern, http.MethodPost+" ") {
		h.refuse(w, r)
		return
	}
	w.Header().Set("Cache-Control", "private, no-store")
	if err := h.foreign.Check(r); err != nil {
		fail(w, http.StatusForbidden, "This was sent by a page of another site. Nothing was changed.")
		return
	}
	need := h.needTrust
	if h.viewOf(r).settings.users != nil {
		need = h.needUser
	}
	if !need(w, r) {
		return
	}
	w.Header().Set("Content-Security-Policy", pagePolicy)
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	h.mux.ServeHTTP(w, r)
}

// maxForm is the most bytes that a form may have.
const maxForm = 64 << 10

// trusted reports whether r may see everything, and change it: local use, or a user.
func (h *Handler) trusted(r *http.Request) bool {
	return localUse(r, h.viewOf(r).config) || h.userOf(r) != ""
}

// needTrust reports whether r is trusted. If it is not, it is answered with what to do.
func (h *Handler) needTrust(w http.ResponseWriter, r *http.Request) bool {
	w.Header().Set("Cache-Control", "private, no-cache")
	w.Header().Set("Content-Security-Policy", otherPolicy)
	switch {
	case localUse(r, h.viewOf(r).config):
		return true
	case h.viewOf(r).settings.users != nil:
		return h.needUser(w, r)
	}
	fail(w, http.StatusForbidden, "This is for the machine that storyfold runs on only, through a loopback listen address and base_url and not through a proxy; or for users, once the config has [access] users.")
	return false
}

// needUser reports whether r is by a user. If it is not, it is answered with
// a request to log in, or to wait.
func (h *Handler) needUser(w http.ResponseWriter, r *http.Request) bool {
	user, v := h.login(r)
	switch v {
	case isUser:
		return user != ""
	case tooOften:
		w.Header().Set("Retry-After", "60")
		fail(w, http.StatusTooManyRequests, "There were too many wrong passwords. Wait a minute.")
		return false
	}
	w.Header().Set("WWW-Authenticate", `Basic realm="storyfold", charset="UTF-8"`)
	fail(w, http.StatusUnauthorized, "This needs a user's name and password: those of [access] users in the config.")
	return false
}

// userOf returns the name of the user who sent r, or "".
func (h *Handler) userOf(r *http.Request) string {
	user, _ := h.login(r)
	return user
}

// login finds out who sent r, once for each request.
func (h *Handler) login(r *http.Request) (string, verdict) {
	v, ok := r.Context().Value(visitKey{}).(*visit)
	if !ok {
		return "", noUser
	}
	if !v.checked {
		v.checked = true
		v.verdict = noUser
		set := v.view.settings
		if name, password, sent := r.BasicAuth(); sent && set.users != nil {
			v.verdict = h.logins.check(r.Context(), set, name, password, client(r), h.options.Now())
			if v.verdict == isUser {
				v.user = name
			}
		}
	}
	return v.user, v.verdict
}

// client returns where r comes from: the connection's other end, or who a proxy
// on this machine speaks for. Guesses are counted by it, and nothing else rests
// on it. All of an IPv6 network of one customer (/64) is one.
func client(r *http.Request) netip.Prefix {
	ap, _ := netip.ParseAddrPort(r.RemoteAddr)
	addr := ap.Addr().Unmap()
	if addr.IsLoopback() {
		forwarded := r.Header.Values("X-Forwarded-For")
		if n := len(forwarded); n > 0 {
			last := forwarded[n-1]
			if ip, err := netip.ParseAddr(strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])); err == nil {
				addr = ip.Unmap()
			}
		}
	}
	bits := addr.BitLen()
	if addr.Is6() {
		bits = 64
	}
	p, _ := addr.WithZone("").Prefix(bits)
	return p
}
