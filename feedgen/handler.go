package feedgen

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"storyfold/story"
)

// Handler serves everything that storyfold shows: feeds, pages and the API.
// It is safe for concurrent use.
type Handler struct {
	options   Options
	mux       *http.ServeMux
	conf      atomic.Pointer[settings]
	setting   sync.Mutex // held while conf changes; guards config
	config    Config     // as Configure was given it
	answers   cache
	fillings  fillings
	index     index
	censuses  censuses
	iconCache iconCache
	logins    *logins
	foreign   *http.CrossOriginProtection // refuses what a page of another site sends
	configs   atomic.Uint64               // how often Configure was called
}

// New returns a Handler that shows an empty config until Configure is called.
func New(o Options) *Handler {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Secret == nil {
		o.Secret = make([]byte, 32)
		rand.Read(o.Secret) // never fails
	}
	h := &Handler{options: o, mux: http.NewServeMux(), logins: newLogins(), foreign: http.NewCrossOriginProtection()}
	h.Configure(Config{})
	h.registerFeeds(h.mux)
	h.registerSearch(h.mux)
	h.registerAPI(h.mux)
	h.registerHealth(h.mux)
	h.registerPages(h.mux)
	h.registerCorrect(h.mux)
	h.registerMute(h.mux)
	h.mux.HandleFunc("/", h.notFound)
	return h
}

// Configure puts c in force for every request that begins afterwards.
func (h *Handler) Configure(c Config) {
	h.setting.Lock()
	defer h.setting.Unlock()
	h.config = c
	h.apply()
}

// apply puts h.config in force, with what readers mute. The caller holds setting.
func (h *Handler) apply() {
	s := newSettings(h.config)
	if h.options.Mutes != nil {
		muted, err := h.options.Mutes.Mutes()
		if err != nil {
			h.log().Error("the mutes of pages are not in force", "err", err)
		}
		s.mute(muted)
	}
	s.serial, s.since = h.configs.Add(1), h.options.Now()
	h.conf.Store(s)
}

func (h *Handler) log() *slog.Logger { return h.options.Log }

// Content-Security-Policy of pages, and of everything else.
const (
	pagePolicy  = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	otherPolicy = "default-src 'none'; sandbox"
)

// ServeHTTP implements http.Handler. It answers GET and HEAD, and the actions
// that are registered as POST; all of them as the rules of access have it.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	head := w.Header()
	head.Set("Content-Security-Policy", pagePolicy)
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Referrer-Policy", "no-referrer")
	head.Set("X-Robots-Tag", "noindex")

	r = r.WithContext(context.WithValue(r.Context(), visitKey{}, &visit{view: h.view()}))
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.act(w, r)
		return
	}
	if h.admit(w, r) {
		h.mux.ServeHTTP(w, r)
	}
}

// refuse answers a method that nothing here answers.
func (h *Handler) refuse(w http.ResponseWriter, r *http.Request) {
	asked := *r
	asked.Method = http.MethodGet
	if _, pattern := h.mux.Handler(&asked); pattern == "/" {
		h.notFound(w, r)
		return
	}
	w.Header().Set("Allow", "GET, HEAD")
	fail(w, http.StatusMethodNotAllowed, "Only GET and HEAD are answered here.")
}

// notFound answers where there is nothing: people with a page, programs with a line.
func (h *Handler) notFound(w http.ResponseWriter, r *http.Request) {
	const text = "There is nothing at this address."
	w.Header().Add("Vary", "Accept")
	if !strings.Contains(r.Header.Get("Accept"), "text/html") {
		fail(w, http.StatusNotFound, text)
		return
	}
	h.serveNotice(w, r, h.viewOf(r).config, http.StatusNotFound, "No such page", text)
}

// visitKey is the context key of a request's *visit.
type visitKey struct{}

// visit is what is known of a request from its beginning on.
type visit struct {
	view    *view
	checked bool // what follows is known
	user    string
	verdict verdict
}

// viewOf returns the view that r began with.
func (h *Handler) viewOf(r *http.Request) *view {
	if v, ok := r.Context().Value(visitKey{}).(*visit); ok {
		return v.view
	}
	return h.view()
}

// fail answers with a short plain text, which is never taken from the request.
func fail(w http.ResponseWriter, code int, text string) {
	head := w.Header()
	head.Set("Content-Security-Policy", otherPolicy)
	head.Set("Cache-Control", "private, no-store")
	head.Del("Last-Modified")
	head.Del("ETag")
	http.Error(w, text, code)
}

// failErr answers an error of the store or of a renderer.
func (h *Handler) failErr(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case errors.Is(err, story.ErrNotFound):
		fail(w, http.StatusNotFound, "There is no such story.")
	case errors.Is(err, story.ErrRemoved):
		fail(w, http.StatusGone, "This story has been removed: its articles are older than the store keeps them.")
	default:
		h.log().Error("request failed", "path", r.URL.Path, "err", err)
		fail(w, http.StatusInternalServerError, "The answer could not be made; the log says why.")
	}
}

// forwarding are the headers by which a proxy says that it speaks for another client.
var forwarding = []string{
	"Forwarded", "Via", "X-Real-Ip", "X-Client-Ip", "True-Client-Ip", "Cf-Connecting-Ip", "X-Cluster-Client-Ip",
}

// localUse reports whether r comes from this machine, straight from its user:
// the connection and c.BaseURL are loopback, the Host is a loopback name (which
// keeps out foreign names that resolve to this machine), and no proxy forwarded it.
func localUse(r *http.Request, c *Config) bool {
	local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if local == nil || !loopbackAddr(local.String()) || !loopbackAddr(r.RemoteAddr) {
		return false
	}
	if !loopbackURL(c.BaseURL) || !loopbackHost(hostname(r.Host)) {
		return false
	}
	for name := range r.Header {
		if strings.HasPrefix(name, "X-Forwarded") {
			return false
		}
	}
	for _, name := range forwarding {
		if _, ok := r.Header[name]; ok {
			return false
		}
	}
	return true
}

// loopbackAddr reports whether addr, "IP:port", is on the loopback network.
func loopbackAddr(addr string) bool {
	ap, err := netip.ParseAddrPort(addr)
	return err == nil && ap.Addr().Unmap().IsLoopback()
}

// loopbackURL reports whether the host of address names this machine.
func loopbackURL(address string) bool {
	u, err := url.Parse(address)
	return err == nil && loopbackHost(u.Hostname())
}

// loopbackHost reports whether host is "localhost", below it, or a loopback IP.
func loopbackHost(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// hostname returns the host of "host", "host:port" or "[v6]:port".
func hostname(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return strings.Trim(hostport, "[]")
}
