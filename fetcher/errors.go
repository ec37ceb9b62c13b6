package fetcher

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// What can be wrong with a document. Each text says what to do, where something can be done.
var (
	// ErrTooLarge is returned for a body of more than max_body bytes, unpacked.
	// It is never cut to fit.
	ErrTooLarge = errors.New("the document is larger than max_body allows; raise it if that is meant")

	// ErrTooDeep accompanies the items that stand before the place where a document is nested deeper than maxDepth levels.
	ErrTooDeep = fmt.Errorf("the document is nested deeper than %d levels, which no feed is", maxDepth)

	// ErrEmpty is returned for a document without a byte.
	ErrEmpty = errors.New("the server answered with an empty document; look at the address in a browser")

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
	// ErrRefused is returned where a source leads to a place that feeds must not reach.
	ErrRefused = errors.New("refused")

	// ErrRedirects is returned for more than maxRedirects redirects in a row, or a loop of them.
	ErrRedirects = fmt.Errorf("more than %d redirects; check the address", maxRedirects)

	// ErrRunning is returned by Run when the Fetcher already runs.
	ErrRunning = errors.New("fetcher: already running")

	// ErrStopped is returned for a look that ended because Run did.
	ErrStopped = errors.New("fetcher: stopped")

	// ErrNotRunning is returned by Refresh when Run is not running.
	ErrNotRunning = errors.New("fetcher: not running")
)

// askOwner ends the words of an error that is the server's own.
const askOwner = "; if that lasts, tell the feed's owner"

// StatusError is an HTTP answer that holds no document.
type StatusError struct {
	Code       int
	RetryAfter time.Duration // as the server asks; 0: it does not

	from      *url.URL // what was asked for, after redirects
	challenge bool     // it came with a puzzle for browsers
}

// Error says what the answer means for the reader of the status page.
func (e *StatusError) Error() string {
	switch {
	case e.Code == 304:
		return "the server answered 304 to a request that did not ask for it" + askOwner
	case e.Code == 401, e.Code == 407:
		return fmt.Sprintf("the server asks for a login (%d); write the address as https://name:password@host/…, or set headers", e.Code)
	case e.challenge:
		return fmt.Sprintf("the server sets a puzzle for browsers (%d), which nothing but a browser solves; ask its owner to let feed readers in", e.Code)
	case e.Code == 403:
		return "the server refuses to give the feed (403); ask its owner whether feed readers may have it"
	case e.Code == 404:
		return "there is nothing at this address (404); look for the feed's new address"
	case e.Code == 410:
		return "the feed is gone for good (410); remove the source or look for a new address"
	case e.Code == 429:
		return "the server asks for fewer requests (429)" + cmp.Or(e.later(), "; it is left alone for a while")
	case e.Code == 503:
		return "the server is busy or down (503)" + cmp.Or(strings.Replace(e.later(), " and to", ", asks to", 1), "; it is left alone for a while")
	case e.Code >= 500:
		return fmt.Sprintf("the server failed (%d); it is asked again, and only its owner can do more", e.Code)
	case e.Code >= 300 && e.Code < 400:
		return fmt.Sprintf("the server redirects (%d) without a usable address", e.Code) + askOwner
	}
	return fmt.Sprintf("the server answered %d; check the address", e.Code)
}

func (e *StatusError) later() string {
	if e.RetryAfter <= 0 {
		return ""
	}
	return " and to come back in " + words(e.RetryAfter)
}

// plainError is an error in words for people, with the one that it explains inside.
type plainError struct {
	words string
	err   error
}

func (e *plainError) Error() string { return e.words }
func (e *plainError) Unwrap() error { return e.err }

// explain says in words what went wrong on the way to a document. The address is left out:
// it may hold a password, and everybody knows which source this is about.
func explain(ctx context.Context, err error, timeout time.Duration) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	if r := asRefusal(err); r != nil {
		return r
	}
	say := func(format string, args ...any) error { return &plainError{fmt.Sprintf(format, args...), err} }
	dns, isDNS := errors.AsType[*net.DNSError](err)
	cert, isCert := errors.AsType[*tls.CertificateVerificationError](err)
	netErr, isNet := errors.AsType[net.Error](err)
	switch {
	case context.Cause(ctx) == errPatience:
		return say(tooSlow, words(timeout))
	case errors.Is(err, ErrTooLarge), errors.Is(err, ErrRedirects), errors.Is(err, ErrRefused):
		return err
	case errors.Is(err, context.Canceled), strings.HasPrefix(err.Error(), "the server "):
		return err
	case ctx.Err() != nil, isNet && netErr.Timeout() && !isDNS:
		return say(tooSlow, words(timeout))
	case isDNS && dns.IsNotFound:
		return say("there is no host %s; check the address", dns.Name)
	case isDNS:
		return say("the host %s could not be looked up; does this machine reach a name server?", dns.Name)
	case isCert:
		return say("the certificate of the server is not valid: %s", certWords(cert))
	case errors.As(err, new(tls.RecordHeaderError)), strings.Contains(err.Error(), "gave HTTP response to HTTPS client"):
		return say("the server does not speak https there; try the address with http://")
	case errors.Is(err, syscall.ECONNREFUSED):
		return say("nothing listens at the server's address; check it, or wait until the server is back")
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return say("there is no way to the server's network; is this machine connected?")
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF):
		return say("the server hung up; check the address, and whether it wants https://")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return say("the server hung up before the end of the document" + askOwner)
	case strings.Contains(err.Error(), "server response headers exceeded"):
		return say("the server sent more than %d KiB of headers"+askOwner, maxHeaderBytes>>10)
	case strings.Contains(err.Error(), "Location header"):
		return say("the server redirects to an address that cannot be read" + askOwner)
	}
	return say("the exchange with the server failed: %s"+askOwner, cutRunes(oneLine(err.Error()), 200))
}

// tooSlow takes the limit.
const tooSlow = "the server did not answer, or not to the end, within %s; if it is only slow, raise timeout"

// certWords says what is wrong with a server's certificate, and what to do.
func certWords(err *tls.CertificateVerificationError) string {
	if unknown, ok := errors.AsType[x509.UnknownAuthorityError](err); ok && unknown.Cert != nil {
		return "it is signed by " + cutRunes(oneLine(unknown.Cert.Issuer.CommonName), 100) + ", whom this machine does not trust" + askOwner
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired && invalid.Cert != nil {
		return "it holds from " + invalid.Cert.NotBefore.Format("2 Jan 2006") + " to " + invalid.Cert.NotAfter.Format("2 Jan 2006") +
			"; is the clock of this machine right? Else tell the feed's owner"
	}
	if name, ok := errors.AsType[x509.HostnameError](err); ok && name.Certificate != nil {
		return "it is for " + cutRunes(oneLine(strings.Join(name.Certificate.DNSNames, ", ")), 200) + ", not for " + name.Host + "; check the address"
	}
	return cutRunes(oneLine(err.Err.Error()), 200) + askOwner
}

// oneLine returns s on one line, without control characters.
func oneLine(s string) string {
	return strings.Join(strings.Fields(strings.Map(visible, s)), " ")
}

// items returns "1 item" or "5 items".
func items(n int) string {
	if n == 1 {
		return "1 item"
	}
	return fmt.Sprintf("%d items", n)
}

// words returns d as people say it: "45 s", "5 min", "3 h", "2 days".
func words(d time.Duration) string {
	switch {
	case d < 0:
		return "0 s"
	case d < time.Second && d > 0:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Round(time.Second)/time.Second))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Round(time.Minute)/time.Minute))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Round(time.Hour)/time.Hour))
	}
	return fmt.Sprintf("%d days", int(d.Round(24*time.Hour)/(24*time.Hour)))
}
