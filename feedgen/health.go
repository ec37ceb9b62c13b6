package feedgen

import (
	"io"
	"net/http"
)

// registerHealth adds what machines ask about the daemon itself.
func (h *Handler) registerHealth(mux *http.ServeMux) {
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, r *http.Request) { say(w, http.StatusOK, "ok") })
	mux.HandleFunc("/readyz", h.serveReady)
	mux.HandleFunc("/metrics", h.serveMetrics)
	mux.HandleFunc("/robots.txt", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=86400")
		say(w, http.StatusOK, "User-agent: *\nDisallow: /")
	})
}

// serveReady answers 200 while articles are taken in, else 503 and the reason.
func (h *Handler) serveReady(w http.ResponseWriter, r *http.Request) {
	if h.options.Ready != nil {
		if err := h.options.Ready(); err != nil {
			say(w, http.StatusServiceUnavailable, "not ready: "+cleanLine(maskText(err.Error()), maxSentence))
			return
		}
	}
	say(w, http.StatusOK, "ready")
}

// serveMetrics lets Options.Metrics answer those who may see everything.
func (h *Handler) serveMetrics(w http.ResponseWriter, r *http.Request) {
	if h.options.Metrics == nil {
		fail(w, http.StatusNotFound, "There are no metrics.")
		return
	}
	if !h.needTrust(w, r) {
		return
	}
	h.options.Metrics.ServeHTTP(w, r)
}

// say answers with one line of plain text.
func say(w http.ResponseWriter, code int, text string) {
	head := w.Header()
	head.Set("Content-Security-Policy", otherPolicy)
	head.Set("Content-Type", "text/plain; charset=utf-8")
	if head.Get("Cache-Control") == "" {
		head.Set("Cache-Control", "no-store")
	}
	w.WriteHeader(code)
	io.WriteString(w, text+"\n") // net/http drops it for HEAD
}
