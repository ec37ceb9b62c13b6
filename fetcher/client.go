package fetcher

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/publicsuffix"

	"storyfold/story"
)

// Limits of an exchange.
const (
	maxRedirects   = 10
	maxHeaderBytes = 256 << 10
	maxValidator   = 1 << 10 // bytes of an ETag or Last-Modified that is kept
	dialTimeout    = 10 * time.Second
	idleTimeout    = 90 * time.Second
	maxIdle        = 256     // connections kept open without a request
	maxSmall       = 1 << 20 // bytes of a body that is read whatever else is being read
	maxMedium      = 2 << 20 // bytes of a body that mediums others may be read beside
	mediums        = 2
)

const accept = "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, " +
	"application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"

// client asks servers for documents. It is safe for concurrent use.
type client struct {
	guarded, open http.RoundTripper // open: to addresses of private networks, too
	allowPrivate  bool
	proxied       bool
	timeout       time.Duration
	maxBody       int64
	userAgent     string
	medium, large chan struct{} // tokens for bodies of more than maxSmall and maxMedium bytes
}

func newClient(o *Options) (*client, error) {
	c := &client{
		allowPrivate: o.AllowPrivateNetworks,
		timeout:      o.Timeout,
		maxBody:      o.MaxBody,
		userAgent:    o.UserAgent,
		medium:       make(chan struct{}, mediums),
		large:        make(chan struct{}, 1),
	}
	var proxy func(*http.Request) (*url.URL, error)
	if o.Proxy != "" {
		u, err := url.Parse(o.Proxy)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "socks5" {
			return nil, fmt.Errorf("proxy %q is not an http, https or socks5 address", o.Proxy)
		}
		proxy, c.proxied = http.ProxyURL(u), true
	}
	dialer := &net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}
	c.open = newTransport(o, dialer, proxy)
	if c.proxied { // the proxy is trusted and often private; literal addresses are checked in RoundTrip
		c.guarded = c.open
		return c, nil
	}
	checked := *dialer
	checked.Control = refusePrivate
	c.guarded = newTransport(o, &checked, nil)
	return c, nil
}

func newTransport(o *Options, d *net.Dialer, proxy func(*http.Request) (*url.URL, error)) *http.Transport {
	return &http.Transport{
		Proxy:                  proxy,
		DialContext:            d.DialContext,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    dialTimeout,
		ResponseHeaderTimeout:  o.Timeout,
		MaxResponseHeaderBytes: maxHeaderBytes,
		MaxIdleConns:           maxIdle,
		MaxIdleConnsPerHost:    o.PerHost,
		IdleConnTimeout:        idleTimeout,
		DisableCompression:     true, // unpacked here, under a limit
	}
}

func (c *client) close() {
	for _, rt := range []http.RoundTripper{c.open, c.guarded} {
		if t, ok := rt.(*http.Transport); ok {
			t.CloseIdleConnections()
		}
	}
}

// answer is what a server said.
type answer struct {
	notModified bool
	body        []byte // unpacked
	broken      error  // why the body ends too early; nil: it is whole
	finalURL    string // after redirects
	moved       string // where permanent redirects lead; "" if there were none
	header      http.Header
	done        func() // gives back the memory of body and its room; to be called once neither is used
}

// get makes a conditional GET of src with the validators of st, on the visit v. An
// answer without a document is a *StatusError.
func (c *client) get(ctx context.Context, v *visit, src *story.Source, st *story.SourceState) (*answer, error) {
	ctx, patience, cancel := within(ctx, c.timeout)
	defer cancel()
	req, err := c.request(ctx, src, st)
	if err != nil {
		return nil, err
	}
	if v.accept != "" {
		req.Header.Set("Accept", v.accept)
	}
	hop := &hops{client: c, visit: v, patience: patience, src: src, host: configuredHost(src), permanent: true}
	jar, _ := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List})
	hc := &http.Client{Transport: hop, CheckRedirect: hop.check, Jar: jar}
	resp, err := hc.Do(req)
	if err != nil {
		return nil, explain(ctx, err, c.timeout)
	}
	defer resp.Body.Close()
	a := &answer{finalURL: resp.Request.URL.String(), moved: hop.moved, header: resp.Header, done: func() {}}
	switch {
	case resp.StatusCode == http.StatusNotModified && conditional(req):
		a.notModified = true
		return a, nil
	case resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusNonAuthoritativeInfo:
		io.CopyN(io.Discard, resp.Body, 16<<10) // so that the connection can be used again
		return nil, &StatusError{Code: resp.StatusCode, RetryAfter: retryAfter(resp.Header, time.Now()), from: resp.Request.URL,
			challenge: resp.Header.Get("Cf-Mitigated") == "challenge"}
	}
	room := &room{client: c, ctx: ctx, patience: patience}
	head := bodies.Get().(*bytes.Buffer)
	a.body, err = readBody(resp, head, c.maxBody, room.forMore)
	a.done = sync.OnceFunc(func() {
		room.leave()
		head.Reset()
		bodies.Put(head)
	})
	if err != nil && len(a.body) == 0 {
		a.done()
		return nil, explain(ctx, err, c.timeout)
	}
	if err != nil {
		a.broken = explain(ctx, err, c.timeout)
	}
	return a, nil
}

// room is what one body takes of the memory for bodies: nothing while it is small, then a
// token of client.medium, and in its stead the one of client.large. So that no two
// bodies wait for each other, nobody with the latter waits for anything.
type room struct {
	client   *client
	ctx      context.Context
	patience *patience
	token    chan struct{} // where its token came from; nil: it has none
}

// forMore takes room for a body that turned out to have size bytes or more.
func (r *room) forMore(size int) error {
	want := r.client.medium
	if size >= maxMedium {
		want = r.client.large
	}
	if r.token == want {
		return nil
	}
	r.patience.pause()
	defer r.patience.resume()
	select {
	case want <- struct{}{}:
		r.leave()
		r.token = want
		return nil
	case <-r.ctx.Done():
		return r.ctx.Err()
	}
}

func (r *room) leave() {
	if r.token != nil {
		<-r.token
		r.token = nil
	}
}

func (c *client) request(ctx context.Context, src *story.Source, st *story.SourceState) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, asked(src, st), nil)
	if err != nil || req.URL.Host == "" || req.URL.Scheme != "http" && req.URL.Scheme != "https" {
		return nil, fmt.Errorf("the address is not an http or https address")
	}
	req.Header.Set("User-Agent", c.userAgent)
	req.Header.Set("Accept", accept)
	req.Header.Set("Accept-Encoding", "gzip, br")
	if trusted(st, time.Now()) {
		if st.ETag != "" {
			req.Header.Set("If-None-Match", st.ETag)
		}
		if st.LastModified != "" {
			req.Header.Set("If-Modified-Since", st.LastModified)
		}
	}
	req.URL.User = nil
	if !strings.EqualFold(req.URL.Host, configuredHost(src)) || req.URL.Scheme == "http" && strings.HasPrefix(src.Feed, "https:") { // another address: what is configured is for the configured host
		return req, nil
	}
	if u, err := url.Parse(src.Feed); err == nil && u.User != nil { // as a header, it goes along with redirects on that host
		password, _ := u.User.Password()
		req.SetBasicAuth(u.User.Username(), password)
	}
	for name, value := range src.Headers {
		if strings.EqualFold(name, "Host") {
			req.Host = value
			continue
		}
		req.Header.Set(name, value)
	}
	return req, nil
}

// fullInterval is how long a server may say nothing but "not modified": then the
// document is asked for without validators once, since some servers never stop saying it.
const fullInterval = 24 * time.Hour

// trusted reports whether the validators of st are sent.
func trusted(st *story.SourceState, now time.Time) bool {
	return !st.Stuck && now.Sub(st.Full) < fullInterval && !st.Full.After(now)
}

// configuredHost returns the host, with its port, that the source is configured with.
func configuredHost(src *story.Source) string {
	if u, err := url.Parse(src.Feed); err == nil {
		return u.Host
	}
	return ""
}

func conditional(req *http.Request) bool {
	return req.Header.Get("If-None-Match") != "" || req.Header.Get("If-Modified-Since") != ""
}

// hops follows one request over its redirects.
type hops struct {
	client    *client
	visit     *visit
	patience  *patience
	src       *story.Source
	host      string // as configured, with port
	requests  int
	permanent bool // all redirects so far were
	moved     string
}

// RoundTrip sends one hop through the guard, unless the source may reach private
// addresses and the hop goes to its own host.
func (h *hops) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := h.arrive(req); err != nil {
		return nil, err
	}
	private := h.client.allowPrivate || h.src.Private && strings.EqualFold(req.URL.Host, h.host)
	if private {
		return h.client.open.RoundTrip(req)
	}
	if err := refuseLiteral(req.URL.Hostname()); err != nil {
		return nil, err
	}
	return h.client.guarded.RoundTrip(req)
}

// arrive waits until the host of req may be asked. A look begins with a place at its own host.
func (h *hops) arrive(req *http.Request) error {
	h.requests++
	h.visit.f.counts.requests.Add(1)
	if h.requests == 1 && h.visit.host != nil {
		return nil
	}
	h.patience.pause()
	defer h.patience.resume()
	return h.visit.to(req.Context(), hostKey(req.URL))
}

// check decides on a redirect to req.
func (h *hops) check(req *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return ErrRedirects
	}
	if req.URL.Scheme != "http" && req.URL.Scheme != "https" {
		return fmt.Errorf("%w: it redirects to an address of the kind %q; only http and https are followed; check the address", ErrRefused, cutRunes(req.URL.Scheme, 20))
	}
	req.URL.User = nil
	req.Header.Del("Referer")
	if other := !strings.EqualFold(req.URL.Host, h.host); other || via[0].URL.Scheme == "https" && req.URL.Scheme == "http" {
		req.Host = ""
		for name := range h.src.Headers {
			req.Header.Del(name)
		}
		req.Header.Del("Authorization")
		req.Header.Set("User-Agent", h.client.userAgent)
	}
	if code := req.Response.StatusCode; code != http.StatusMovedPermanently && code != http.StatusPermanentRedirect {
		h.permanent = false
	}
	if h.permanent {
		h.moved = req.URL.String()
	}
	return nil
}

// retryAfter reads the header in seconds or as a date, at most a day; 0 if there is none.
func retryAfter(h http.Header, now time.Time) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if v == "" {
		return 0
	}
	if n, ok := seconds(v); ok {
		return min(n, maxRetryAfter)
	}
	if t, err := http.ParseTime(v); err == nil {
		return min(max(t.Sub(now), 0), maxRetryAfter)
	}
	return 0
}

// maxRetryAfter is the longest time that a server can keep a source quiet at once.
const maxRetryAfter = 24 * time.Hour

// seconds reads a number of seconds; one too large for a Duration is a year.
func seconds(s string) (time.Duration, bool) {
	if s == "" || len(s) > 40 || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	const year = 365 * 24 * time.Hour
	n := time.Duration(0)
	for _, c := range s {
		if n = n*10 + time.Duration(c-'0'); n > year/time.Second {
			return year, true
		}
	}
	return n * time.Second, true
}

// freshFor returns how long the answer says it stays fresh: max-age, else Expires; 0 for
// no time at all. It is false if the answer does not say.
func freshFor(h http.Header, now time.Time) (d time.Duration, said bool) {
	for _, part := range strings.Split(h.Get("Cache-Control"), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "no-cache", "no-store":
			return 0, true
		case "max-age":
			if n, ok := seconds(strings.Trim(strings.TrimSpace(value), `"`)); ok {
				return n, true
			}
		}
	}
	expires := h.Get("Expires")
	if t, err := http.ParseTime(expires); err == nil {
		if date, err := http.ParseTime(h.Get("Date")); err == nil {
			now = date
		}
		return max(t.Sub(now), 0), true
	}
	return 0, expires != ""
}

// validator returns a header as it was sent, or "" if it is too long to be kept.
func validator(h http.Header, name string) string {
	if v := h.Get(name); len(v) <= maxValidator {
		return v
	}
	return ""
}
