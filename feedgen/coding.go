package feedgen

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
)

// coding is a form that a body is sent in, by its name in Content-Encoding.
type coding string

const (
	identity  coding = ""
	gzipForm  coding = "gzip"
	brotForm  coding = "br"
	brotLevel        = 5 // more costs ten times the time for a tenth of the bytes
)

// minPacked is the least size in bytes that is worth compressing.
const minPacked = 512

// packs are the compressed forms of a body. Each is made when it is first asked for, and once.
type packs struct {
	gzip, brotli     sync.Once
	gzipped, brotled []byte
}

// form returns body, whose compressed forms are p, in the form c.
func (p *packs) form(c coding, body []byte) []byte {
	switch c {
	case gzipForm:
		p.gzip.Do(func() {
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			z.Write(body) // into memory: cannot fail
			z.Close()
			p.gzipped = b.Bytes()
		})
		return p.gzipped
	case brotForm:
		p.brotli.Do(func() {
			var b bytes.Buffer
			z := brotli.NewWriterLevel(&b, brotLevel)
			z.Write(body)
			z.Close()
			p.brotled = b.Bytes()
		})
		return p.brotled
	}
	return body
}

// negotiate returns the form that the client of h likes best, by RFC 9110
// §12.5.3. Of those that it likes alike it is the smallest.
func negotiate(h http.Header) coding {
	likes := map[string]float64{}
	for _, line := range h["Accept-Encoding"] {
		for item := range strings.SplitSeq(line, ",") {
			name, params, _ := strings.Cut(item, ";")
			switch name = strings.ToLower(strings.TrimSpace(name)); name {
			case "x-gzip":
				likes["gzip"] = weight(params)
			case "br", "gzip", "identity", "*":
				likes[name] = weight(params)
			}
		}
	}
	like := func(name string) float64 {
		if q, ok := likes[name]; ok {
			return q
		}
		return likes["*"]
	}
	best, most := identity, likes["identity"] // that goes without saying, but with the least weight
	for _, c := range []coding{gzipForm, brotForm} {
		if q := like(string(c)); q > 0 && q >= most {
			best, most = c, q
		}
	}
	return best
}

// weight returns the weight that the parameters of a coding give it, from 0 to 1.
func weight(params string) float64 {
	for param := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(param, "=")
		if !strings.EqualFold(strings.TrimSpace(name), "q") {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil || !(q >= 0) {
			return 0
		}
		return min(q, 1)
	}
	return 1
}
