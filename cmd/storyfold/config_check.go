package main

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"storyfold/story"
)

// checker turns a document into a config and notes every value that is wrong.
type checker struct {
	places   *positions
	dir      string // of the config file, absolute
	problems []problem
}

// wrong notes a problem with the key at path.
func (c *checker) wrong(path, format string, args ...any) {
	c.problems = append(c.problems, problem{c.places.find(path), fmt.Sprintf(format, args...)})
}

// given reports whether the document holds the key at path.
func (c *checker) given(path string) bool {
	_, ok := c.places.at[path]
	return ok
}

// duration reads the duration at path and checks that it is in [least, most].
// Zero comes back where it is wrong.
func (c *checker) duration(path, text string, least, most time.Duration) time.Duration {
	d, err := parseDuration(text)
	switch {
	case err != nil:
		c.wrong(path, "%s: %v", last(path), err)
		return 0
	case d < least || d > most:
		c.wrong(path, "%s must be from %s to %s, not %s", last(path), formatDuration(least), formatDuration(most), text)
		return 0
	}
	return d
}

// number checks that the number at path is in [least, most].
func (c *checker) number(path string, n, least, most int) int {
	if n < least || n > most {
		c.wrong(path, "%s must be from %d to %d, not %d", last(path), least, most, n)
	}
	return n
}

// line checks that the text at path is one line that can be printed, of at
// most max bytes.
func (c *checker) line(path, text string, max int) string {
	if strings.ContainsFunc(text, unicode.IsControl) {
		c.wrong(path, "%s holds a control character or a line break", last(path))
	} else if len(text) > max {
		c.wrong(path, "%s has %d bytes; at most %d are allowed", last(path), len(text), max)
	}
	return text
}

// absolute returns a path of the config as an absolute one.
func (c *checker) absolute(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(c.dir, path)
}

// top checks the keys above the first table.
func (c *checker) top(cfg *config, doc *document) {
	cfg.Listen = c.listen(doc)
	base := doc.BaseURL
	if !c.given("base_url") && doc.Listen != "systemd" {
		base = "http://" + doc.Listen
		if host, port, err := net.SplitHostPort(doc.Listen); err == nil && isUnspecified(host) && doc.guarded() {
			c.wrong("listen", `listen %q is every address of this machine: say in base_url which one readers use, such as "http://192.168.1.20:%s"`, doc.Listen, port)
			base = defaults().BaseURL
		}
	}
	cfg.BaseURL = c.baseURL(base)
	if doc.DataDir == "" {
		c.wrong("data_dir", `data_dir must not be empty; "." is the folder of the config file`)
	}
	cfg.DataDir = c.absolute(doc.DataDir)
	zone, err := time.LoadLocation(doc.Timezone)
	if err != nil {
		c.wrong("timezone", `timezone %q is unknown; write an IANA name such as "Europe/Rome", or "Local"`, doc.Timezone)
	}
	cfg.Timezone = zone
}

// listen checks the address to listen on.
func (c *checker) listen(doc *document) string {
	address := doc.Listen
	if address == "systemd" {
		return address
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		c.wrong("listen", `listen %q is not an address; write "127.0.0.1:8080", or "systemd"`, address)
		return address
	}
	if _, err := net.LookupPort("tcp", port); err != nil || port == "" {
		c.wrong("listen", "listen %q: the port must be a number from 0 to 65535", address)
	}
	if !isLoopback(host) && !doc.guarded() {
		c.wrong("listen", "listen %q lets other machines in: name who may log in with users in [access], or say open = true there "+
			`if anyone may read; or listen on "127.0.0.1:8080", behind a reverse proxy`, address)
	}
	return address
}

// guarded reports whether d says who may log in, or that nobody needs to.
func (d *document) guarded() bool { return d.Access.Open || len(d.Access.Users) > 0 }

// isUnspecified reports whether host stands for all addresses.
func isUnspecified(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "" || err == nil && ip.IsUnspecified()
}

// isLoopback reports whether only this machine reaches host.
func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// baseURL checks the address that links begin with, and takes its last slash off.
func (c *checker) baseURL(text string) string {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https":
		c.wrong("base_url", `base_url %q is not an absolute address; write "https://news.example.org"`, text)
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.User != nil:
		c.wrong("base_url", "base_url %q must be scheme, host and path alone", text)
	}
	return strings.TrimRight(text, "/")
}

// Bounds and defaults of [group] and [retention].
const (
	day           = 24 * time.Hour
	defaultWindow = story.DefaultWindow
	minWindow     = time.Hour
	maxWindow     = 60 * day
	maxRetention  = 100 * 365 * day
)

// group checks [group].
func (c *checker) group(cfg *groupConfig, doc *document) {
	cfg.Window = c.duration("group.window", doc.Group.Window, minWindow, maxWindow)
	cfg.Strictness = doc.Group.Strictness
	if !(cfg.Strictness >= -1 && cfg.Strictness <= 1) { // false for NaN, too
		c.wrong("group.strictness", "strictness must be from -1 (looser) to 1 (stricter), not %v", cfg.Strictness)
	}
}

// retention checks [retention], once [group] has been.
func (c *checker) retention(cfg *config, doc *document) {
	cfg.Retention.Articles = c.duration("retention.articles", doc.Retention.Articles, minWindow, maxRetention)
	if kept := cfg.Retention.Articles; kept > 0 && kept < cfg.Group.Window {
		path := "retention.articles"
		if !c.given(path) {
			path = "group.window"
		}
		c.wrong(path, "articles would be removed after %s, while their stories are open for the group window of %s; keep them at least as long",
			formatDuration(kept), formatDuration(cfg.Group.Window))
	}
}

// fetch checks [fetch].
func (c *checker) fetch(cfg *config, doc *document) {
	d, f := &doc.Fetch, &cfg.Fetch
	const month = 30 * day
	f.Interval = c.duration("fetch.interval", d.Interval, time.Second, month)
	f.MinInterval = c.duration("fetch.min_interval", d.MinInterval, time.Second, month)
	f.MaxInterval = c.duration("fetch.max_interval", d.MaxInterval, time.Second, month)
	c.intervals(f)
	f.Concurrency = c.number("fetch.concurrency", d.Concurrency, 1, 1000)
	f.PerHost = c.number("fetch.per_host", d.PerHost, 1, 100)
	if f.HostDelay = c.duration("fetch.host_delay", d.HostDelay, 0, time.Hour); f.HostDelay == 0 {
		f.HostDelay = -1
	}
	f.Timeout = c.duration("fetch.timeout", d.Timeout, time.Second, time.Hour)
	f.MaxBody = c.size("fetch.max_body", d.MaxBody, kib, gib)
	f.AllowPrivateNetworks = d.AllowPrivateNetworks
	f.Proxy = c.proxy(d.Proxy)
	f.UserAgent = c.line("fetch.user_agent", d.UserAgent, 500)
	if f.UserAgent == "" {
		f.UserAgent = userAgent(cfg.BaseURL)
	}
}

// intervals checks that the intervals, which are zero if they are wrong, agree.
func (c *checker) intervals(f *fetchConfig) {
	if f.Interval == 0 || f.MinInterval == 0 || f.MaxInterval == 0 {
		return
	}
	if f.MinInterval > f.MaxInterval {
		path := "fetch.min_interval"
		if !c.given(path) {
			path = "fetch.max_interval"
		}
		c.wrong(path, "min_interval %s is longer than max_interval %s", formatDuration(f.MinInterval), formatDuration(f.MaxInterval))
		return
	}
	if c.given("fetch.interval") && (f.Interval < f.MinInterval || f.Interval > f.MaxInterval) {
		c.wrong("fetch.interval", "interval %s is not between min_interval %s and max_interval %s",
			formatDuration(f.Interval), formatDuration(f.MinInterval), formatDuration(f.MaxInterval))
	}
	f.Interval = min(max(f.Interval, f.MinInterval), f.MaxInterval)
}

// size reads the size at path and checks that it is in [least, most] bytes.
func (c *checker) size(path, text string, least, most int64) int64 {
	n, err := parseSize(text)
	switch {
	case err != nil:
		c.wrong(path, "%s: %v", last(path), err)
	case n < least || n > most:
		c.wrong(path, "%s must be from %s to %s, not %s", last(path), formatSize(least), formatSize(most), text)
	}
	return n
}

// proxy checks the address of a proxy.
func (c *checker) proxy(text string) string {
	if text == "" {
		return ""
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" {
		c.wrong("fetch.proxy", `proxy is not an address; write "http://proxy.example.org:3128"`) // it may hold a password
		return ""
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
	default:
		c.wrong("fetch.proxy", "proxy has the scheme %q; http, https, socks5 and socks5h work", u.Scheme)
	}
	return text
}

// hub checks the address of a WebSub hub.
func (c *checker) hub(text string) string {
	if text == "" {
		return ""
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https":
		c.wrong("websub.hub", `hub is not an http or https address; write "https://hub.example.org/"`)
	case u.User != nil || u.Fragment != "" || strings.ContainsAny(text, "<>\" "):
		c.wrong("websub.hub", "hub must have no user, no fragment and no characters that an address must escape: every reader sees it")
	}
	return text
}

// userAgent is what storyfold calls itself to the servers it reads from, where
// the config says nothing else. Servers of others are told where to complain.
func userAgent(baseURL string) string {
	agent := "storyfold/" + version()
	if u, err := url.Parse(baseURL); err == nil && !isLoopback(u.Hostname()) {
		agent += " (+" + baseURL + ")"
	}
	return agent
}
