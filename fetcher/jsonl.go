package fetcher

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"storyfold/story"
)

// maxJSONLine is the longest line of a jsonl file, in bytes; a longer one is an error and skipped.
const maxJSONLine = 16 << 20

var (
	errLineTooLong = fmt.Errorf("the line is longer than %d MiB", maxJSONLine>>20)
	errNoContent   = errors.New("neither title nor text")
)

// record is one line of a jsonl file. Other keys are ignored.
type record struct {
	ID        jsonValue `json:"id"`
	Source    jsonValue `json:"source"`
	URL       jsonValue `json:"url"`
	Title     jsonValue `json:"title"`
	Text      jsonValue `json:"text"`
	Lang      jsonValue `json:"lang"`
	Published jsonValue `json:"published"`
}

// jsonValue is a string or number as text; anything else is "".
type jsonValue string

// UnmarshalJSON never fails: a value of another type is as good as none.
func (v *jsonValue) UnmarshalJSON(data []byte) error {
	var s string
	switch {
	case len(data) > 0 && data[0] == '"':
		if err := json.Unmarshal(data, &s); err != nil {
			return err
		}
	case len(data) > 0 && (data[0] == '-' || data[0] >= '0' && data[0] <= '9'):
		s = string(data)
	}
	*v = jsonValue(s)
	return nil
}

// lineReader reads the articles of a jsonl file, line by line.
type lineReader struct {
	r    *bufio.Reader
	src  story.Source
	seen map[[12]byte]bool // hashes of identities that were given, and of what stands under them
	line int
}

func newLineReader(r io.Reader, src story.Source) *lineReader {
	return &lineReader{r: bufio.NewReaderSize(r, 64<<10), src: src, seen: map[[12]byte]bool{}}
}

// each gives every article to yield and every bad line to problem, with the
// line's number. An error of yield, of ctx or of reading ends it.
func (l *lineReader) each(ctx context.Context, yield func(*story.Article) error, problem func(line int, err error)) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		data, err := l.next()
		if err == errLineTooLong {
			problem(l.line, err)
			continue
		}
		if err != nil && err != io.EOF {
			return err
		}
		if data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))); len(data) > 0 {
			a, bad := l.article(data)
			if bad != nil {
				problem(l.line, bad)
			} else if yieldErr := yield(a); yieldErr != nil {
				return yieldErr
			}
		}
		if err == io.EOF {
			return nil
		}
	}
}

// next returns the next line. Of one that is too long nothing is kept.
func (l *lineReader) next() ([]byte, error) {
	l.line++
	var whole []byte
	tooLong := false
	for {
		part, err := l.r.ReadSlice('\n')
		if len(whole)+len(part) > maxJSONLine {
			tooLong, whole = true, nil
		}
		if !tooLong {
			whole = append(whole, part...)
		}
		if err == bufio.ErrBufferFull {
			continue
		}
		if tooLong && (err == nil || err == io.EOF) {
			return nil, errLineTooLong // at the end of the file the next call says so
		}
		return whole, err
	}
}

func (l *lineReader) article(data []byte) (*story.Article, error) {
	if !utf8.Valid(data) {
		data, _ = toUTF8(data, "")
	}
	var r record
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, jsonProblem(err)
	}
	p := &piece{
		Outlet:    string(r.Source),
		URL:       string(r.URL),
		Title:     string(r.Title),
		Lang:      string(r.Lang),
		Published: documentTime(string(r.Published)),
	}
	p.finish(recordParagraphs(string(r.Text)))
	if p.Text == "" && strings.TrimSpace(p.Title) == "" {
		return nil, errNoContent
	}
	a := p.article(l.src, "")
	a.Identity = l.identity(strings.TrimSpace(string(r.ID)), &a)
	return &a, nil
}

// recordParagraphs returns the paragraphs of text, plain or HTML.
func recordParagraphs(text string) []string {
	if hasMarkup(text) || strings.Contains(text, "&") {
		return splitParagraphs(htmlText(text))
	}
	lines := textLines(text)
	return measure(lines).paragraphs(lines)
}

// identity returns the first of id, canonical link and hash of title and text that is
// not blank and was not used for something else in this file.
func (l *lineReader) identity(id string, a *story.Article) string {
	content := contentHash(a)
	for _, name := range []string{strings.ReplaceAll(id, "\x00", ""), CanonicalLink(a.URL)} {
		if name == "" {
			continue
		}
		if len(name) > maxIdentity {
			name = fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(name)))
		}
		used, same := hash12(name), hash12(name+"\x00"+content)
		if l.seen[used] && !l.seen[same] {
			continue
		}
		l.seen[used], l.seen[same] = true, true
		return name
	}
	return content
}

func hash12(s string) (h [12]byte) {
	sum := sha256.Sum256([]byte(s))
	return [12]byte(sum[:12])
}

// jsonProblem says what is wrong with a line, and where in it.
func jsonProblem(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("not JSON, at byte %d: %w", syntax.Offset, err)
	case errors.As(err, &kind):
		return fmt.Errorf("not a JSON object, but a JSON %s", kind.Value)
	}
	return fmt.Errorf("not JSON: %w", err)
}
