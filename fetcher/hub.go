package fetcher

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// hubTimeout is the longest that a hub may take to answer.
const hubTimeout = 15 * time.Second

// Publish tells a WebSub hub that the feed at topic changed. Like a feed, a hub
// is not reached at a private address unless AllowPrivateNetworks says so. It is not
// followed elsewhere. An answer that is no success is a *StatusError.
func (f *Fetcher) Publish(ctx context.Context, hub, topic string) error {
	o, c := f.settings()
	timeout := min(o.Timeout, hubTimeout)
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	form := url.Values{"hub.mode": {"publish"}, "hub.url": {topic}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, hub, strings.NewReader(form.Encode()))
	if err != nil || req.URL.Host == "" {
		return fmt.Errorf("the hub's address is not an http or https address")
	}
	req.Header.Set("User-Agent", c.userAgent)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	transport := c.guarded
	if c.allowPrivate {
		transport = c.open
	} else if err := refuseLiteral(req.URL.Hostname()); err != nil {
		return asRefusal(err)
	}
	hc := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := hc.Do(req)
	if err != nil {
		return explain(ctx, err, timeout)
	}
	defer resp.Body.Close()
	io.CopyN(io.Discard, resp.Body, 16<<10) // so that the connection can be used again
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return &StatusError{Code: resp.StatusCode, RetryAfter: retryAfter(resp.Header, time.Now()), from: req.URL}
	}
	return nil
}
