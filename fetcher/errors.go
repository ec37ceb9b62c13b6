package fetcher

import (
	"errors"
	"fmt"
	"time"
)

// What can be wrong with a document. Each text says what to do, where something can be done.
var (
	// ErrTooLarge is returned for a body of more than max_body bytes, unpacked.
	// It is never cut to fit.
	ErrTooLarge = errors.New("the document is larger than max_body allows")

	// ErrTooDeep is returned for a document nested deeper than maxDepth levels.
	ErrTooDeep = fmt.Errorf("the document is nested deeper than %d levels, which no feed is", maxDepth)

	// ErrEmpty is returned for a document without a byte.
	ErrEmpty = errors.New("the server answered with an empty document")

	// ErrNotFeed is returned for a document that is no RSS, Atom or JSON Feed.
	ErrNotFeed = errors.New("not a feed")

	// ErrCutOff accompanies the items that stand before the place where a document ends too early.
	ErrCutOff = errors.New("the document is cut off")

	// ErrBroken accompanies the items of a document that had to be repaired to be read.
	ErrBroken = errors.New("the document is not well-formed")

	// ErrTooManyItems accompanies the first items of a document that holds more than maxItems.
	ErrTooManyItems = fmt.Errorf("the document holds more than %d items; the first are kept", maxItems)
)

// What can be wrong on the way to a document.
var (
	// ErrRefused is returned where an address leads to a machine that feeds must not reach.
	ErrRefused = errors.New("refused: the address leads into a private network; set private = true at the source, " +
		"or allow_private_networks, if that is meant")

	// ErrRedirects is returned for more than maxRedirects redirects in a row, or a loop of them.
	ErrRedirects = fmt.Errorf("more than %d redirects; check the address", 10)

	// ErrRunning is returned by Run when the Fetcher already runs.
	ErrRunning = errors.New("fetcher: already running")

	// ErrNotRunning is returned by Refresh when Run is not running.
	ErrNotRunning = errors.New("fetcher: not running")
)

// StatusError is an HTTP answer that holds no document.
type StatusError struct {
	Code       int
	RetryAfter time.Duration // as the server asks; 0: it does not
}

// Error says what the answer means for the reader of the status page.
func (e *StatusError) Error() string {
	switch {
	case e.Code == 304:
		return "the server answered 304 to a request that did not ask for it"
	case e.Code == 401, e.Code == 407:
		return fmt.Sprintf("the server asks for a login (%d); put it into headers", e.Code)
	case e.Code == 403:
		return "the server refuses to give the feed (403)"
	case e.Code == 404:
		return "there is nothing at this address (404); look for the feed's new address"
	case e.Code == 410:
		return "the feed is gone for good (410); remove the source or look for a new address"
	case e.Code == 429:
		return "the server asks for fewer requests (429)" + e.later()
	case e.Code == 503:
		return "the server is busy or down (503)" + e.later()
	case e.Code >= 500:
		return fmt.Sprintf("the server failed (%d)", e.Code)
	case e.Code >= 300 && e.Code < 400:
		return fmt.Sprintf("the server redirects (%d) without a usable address", e.Code)
	}
	return fmt.Sprintf("the server answered %d", e.Code)
}

func (e *StatusError) later() string {
	if e.RetryAfter <= 0 {
		return ""
	}
	return ", again in " + e.RetryAfter.String()
}
