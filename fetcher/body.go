package fetcher

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
)

// maxCodings is how many compressions may lie over one another.
const maxCodings = 2

// maxAnnounced is how many bytes are read of a body that is announced as too large.
const maxAnnounced = 256 << 10

// readBody returns the unpacked body of resp, in the memory of head where that
// suffices. One of more than limit bytes, packed or not, is ErrTooLarge and nothing. On
// another error what came before it is returned with it. After each maxSmall bytes, more
// is called with their number, and its error ends the reading.
//
// Of a body that is announced as larger a little is read all the same: some announce nonsense.
func readBody(resp *http.Response, head *bytes.Buffer, limit int64, more func(size int) error) ([]byte, error) {
	if resp.ContentLength <= limit {
		return readUpTo(resp, head, limit, more)
	}
	body, err := readUpTo(resp, head, min(limit, maxAnnounced), more)
	if errors.Is(err, ErrTooLarge) {
		err = fmt.Errorf("%w: it announces %s", ErrTooLarge, size(resp.ContentLength))
	}
	return body, err
}

// readUpTo is readBody with the limit that holds in the end.
func readUpTo(resp *http.Response, head *bytes.Buffer, limit int64, more func(size int) error) ([]byte, error) {
	r := io.Reader(&limited{r: resp.Body, left: limit})
	codings := codingsOf(resp.Header)
	if len(codings) > maxCodings {
		return nil, errors.New("the server packed the document too many times" + askOwner)
	}
	var used []*inflater
	defer func() {
		for _, in := range used {
			in.done()
		}
	}()
	for i := len(codings) - 1; i >= 0; i-- {
		in := newInflater(r)
		used = append(used, in)
		var err error
		if r, err = in.unpack(codings[i], limit); err != nil {
			return nil, err
		}
	}
	if len(codings) == 0 { // a .gz file, served as it lies there
		in := newInflater(r)
		used = append(used, in)
		r = in.from
		if head, _ := in.from.Peek(3); bytes.Equal(head, []byte("\x1f\x8b\x08")) {
			var err error
			if r, err = in.unpack("gzip", limit); err != nil {
				return nil, err
			}
		}
	}
	body, err := readWhole(r, head, resp.ContentLength, more)
	if errors.Is(err, ErrTooLarge) {
		return nil, err
	}
	return body, err
}

// bodies are buffers for bodies of up to maxSmall bytes.
var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// chunks are pieces of maxSmall bytes for bodies that are larger: most of those turn
// out to be too large, and leave nothing to the garbage collector.
var chunks = sync.Pool{New: func() any { return new([maxSmall]byte) }}

// readWhole reads r to its end, into head if that are fewer than maxSmall bytes. The
// size is what is announced, -1 or less than the truth if it is not known.
func readWhole(r io.Reader, head *bytes.Buffer, size int64, more func(size int) error) (body []byte, err error) {
	if size > 0 {
		head.Grow(int(min(size, maxSmall)) + bytes.MinRead)
	}
	if _, err = head.ReadFrom(io.LimitReader(r, maxSmall)); err != nil || head.Len() < maxSmall {
		return head.Bytes(), err
	}
	var rest []*[maxSmall]byte
	defer func() {
		for _, c := range rest {
			chunks.Put(c)
		}
	}()
	total := head.Len()
	for err == nil {
		if err = more(total); err != nil {
			break
		}
		c := chunks.Get().(*[maxSmall]byte)
		rest = append(rest, c)
		for n := 0; n < maxSmall && err == nil; {
			var k int
			k, err = r.Read(c[n:])
			n, total = n+k, total+k
		}
	}
	if err == io.EOF {
		err = nil
	}
	if errors.Is(err, ErrTooLarge) {
		return nil, err
	}
	body = append(make([]byte, 0, total), head.Bytes()...)
	for _, c := range rest {
		body = append(body, c[:min(maxSmall, total-len(body))]...)
	}
	return body, err
}

// codingsOf lists the compressions of the body, in the order in which they were applied.
func codingsOf(h http.Header) (codings []string) {
	for _, line := range h.Values("Content-Encoding") {
		for _, c := range strings.Split(line, ",") {
			c = strings.ToLower(strings.TrimSpace(c))
			if c != "" && c != "identity" && c != "none" && c != "utf-8" {
				codings = append(codings, c)
			}
		}
	}
	return codings
}

// inflater unpacks one compression. It is kept for its memory.
type inflater struct {
	from *bufio.Reader
	gzip gzip.Reader
}

var inflaters = sync.Pool{New: func() any { return &inflater{from: bufio.NewReader(nil)} }}

// newInflater returns an inflater of r.
func newInflater(r io.Reader) *inflater {
	in := inflaters.Get().(*inflater)
	in.from.Reset(r)
	return in
}

// done gives the inflater back. What unpack returned is not to be used any more.
func (in *inflater) done() {
	in.from.Reset(nil)
	inflaters.Put(in)
}

// unpack returns what the inflater was made of once unpacked, up to limit bytes.
func (in *inflater) unpack(coding string, limit int64) (io.Reader, error) {
	switch coding {
	case "gzip", "x-gzip":
		if head, err := in.from.Peek(2); err != nil || !bytes.Equal(head, []byte("\x1f\x8b")) {
			return in.from, nil // labelled so, but not packed
		}
		if err := in.gzip.Reset(in.from); err != nil {
			return nil, fmt.Errorf("the server sent broken gzip: %w%s", err, askOwner)
		}
		return &limited{r: &in.gzip, left: limit, coding: "gzip"}, nil
	case "br":
		return &limited{r: brotli.NewReader(in.from), left: limit, coding: "brotli"}, nil
	}
	return nil, fmt.Errorf("the server packed the document as %q, which it was not asked to%s", cutRunes(coding, 40), askOwner)
}

// limited gives at most left bytes of r, and ErrTooLarge if there are more.
type limited struct {
	r      io.Reader
	left   int64
	coding string // for errors; "" if r is not unpacked here
}

func (l *limited) Read(p []byte) (int, error) {
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.r.Read(p)
	if int64(n) > l.left {
		return 0, ErrTooLarge
	}
	l.left -= int64(n)
	if err != nil && err != io.EOF && l.coding != "" && !errors.Is(err, ErrTooLarge) {
		err = fmt.Errorf("the server sent broken %s: %w%s", l.coding, err, askOwner)
	}
	return n, err
}

// size returns n bytes in words.
func size(n int64) string {
	switch {
	case n >= 10<<30:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 10<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 10<<10:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}
