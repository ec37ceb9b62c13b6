package brief_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"storyfold/story"
	"storyfold/story/brief"
)

var update = flag.Bool("update", false, "rewrite testdata/*.brief")

// sample is a story of testdata: its articles, and which of them are one family.
type sample struct {
	names    []string // of the articles, in order
	articles map[uint64]*story.Article
	families []string // "a b": these are one, in order of the first
}

// readSample reads a story: a line "families: a b | c", then articles, each
// after a line "== name | outlet | language | title". "@copy a 1 3" stands for
// these paragraphs of article a, without numbers for all.
func readSample(t *testing.T, path string) *sample {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, _ := strings.Cut(string(data), "\n\n")
	s := &sample{articles: make(map[uint64]*story.Article)}
	for f := range strings.SplitSeq(strings.TrimPrefix(head, "families: "), "|") {
		s.families = append(s.families, strings.TrimSpace(f))
	}
	texts := make(map[string][]string)
	for i, block := range strings.Split(rest, "== ")[1:] {
		line, body, _ := strings.Cut(block, "\n")
		f := strings.SplitN(line, "|", 4)
		name, outlet := strings.TrimSpace(f[0]), strings.TrimSpace(f[1])
		var paragraphs []string
		for p := range strings.SplitSeq(strings.TrimSpace(body), "\n\n") {
			first, after, _ := strings.Cut(p, "\n")
			if strings.HasPrefix(first, "@copy ") {
				paragraphs = append(paragraphs, copied(texts, strings.Fields(first)[1:])...)
				p = after
			}
			if p != "" {
				paragraphs = append(paragraphs, p)
			}
		}
		texts[name] = paragraphs
		s.names = append(s.names, name)
		seq := uint64(i + 1)
		s.articles[seq] = &story.Article{
			Seq: seq, Source: outlet, Identity: name, Outlet: outlet, Lang: strings.TrimSpace(f[2]), Title: strings.TrimSpace(f[3]),
			Text:      strings.Join(paragraphs, "\n\n"),
			FirstSeen: time.Date(2026, 3, 4, 5, i, 0, 0, time.UTC),
		}
	}
	return s
}

func copied(texts map[string][]string, args []string) []string {
	from := texts[args[0]]
	if len(args) == 1 {
		return from
	}
	var out []string
	for _, a := range args[1:] {
		n := 0
		fmt.Sscan(a, &n)
		out = append(out, from[n-1])
	}
	return out
}

// story returns the story of the articles with these numbers, in this order.
func (s *sample) story(order ...int) *story.Story {
	st := &story.Story{ID: "sample"}
	for _, i := range order {
		st.Members = append(st.Members, story.MemberOf(s.articles[uint64(i+1)]))
	}
	return st
}

func (s *sample) all() []int {
	out := make([]int, len(s.names))
	for i := range out {
		out[i] = i
	}
	return out
}

func (s *sample) load(seq uint64) (*story.Article, error) {
	if a := s.articles[seq]; a != nil {
		return a, nil
	}
	return nil, story.ErrNotFound
}

func (s *sample) name(seq uint64) string { return s.names[seq-1] }

// grouped returns the families of st as sample.families has them.
func (s *sample) grouped(st *story.Story) []string {
	var out []string
	for _, m := range st.Members {
		if m.Family > len(out) {
			out = append(out, s.name(m.Seq))
		} else {
			out[m.Family-1] += " " + s.name(m.Seq)
		}
	}
	return out
}

// print returns the brief of st as a golden file has it.
func (s *sample) print(st *story.Story) string {
	var b strings.Builder
	fmt.Fprintf(&b, "families: %s\nreports: %d\nlang: %s\n", strings.Join(s.grouped(st), " | "), st.Reports, st.Lang)
	fmt.Fprintf(&b, "headline: %s [%s]\n", st.Brief.Headline, s.name(st.Brief.HeadlineOf))
	fmt.Fprintf(&b, "representative: %s\n", s.name(st.Brief.Representative))
	for _, part := range []struct {
		name      string
		sentences []story.Sentence
	}{{"summary", st.Brief.Summary}, {"only", st.Brief.Only}, {"new", st.Brief.New}} {
		fmt.Fprintf(&b, "\n%s:\n", part.name)
		for _, x := range part.sentences {
			fmt.Fprintf(&b, "- %s [%s]\n", x.Text, s.name(x.Article))
		}
	}
	return b.String()
}

func samples(t *testing.T) map[string]*sample {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no stories in testdata: %v", err)
	}
	out := make(map[string]*sample)
	for _, p := range paths {
		out[strings.TrimSuffix(filepath.Base(p), ".txt")] = readSample(t, p)
	}
	return out
}

func mustMake(t *testing.T, st *story.Story, s *sample, pref func(string) brief.Pref) {
	t.Helper()
	if err := brief.Make(st, s.load, pref); err != nil {
		t.Fatalf("Make: %v", err)
	}
}

func TestSamples(t *testing.T) {
	for name, s := range samples(t) {
		t.Run(name, func(t *testing.T) {
			st := s.story(s.all()...)
			mustMake(t, st, s, nil)
			want := slices.Clone(s.families)
			if got := sorted(s.grouped(st)); !slices.Equal(got, sorted(want)) {
				t.Errorf("families = %q, want %q", got, want)
			}
			golden := filepath.Join("testdata", name+".brief")
			got := s.print(st)
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			wantText, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(wantText), got); diff != "" {
				t.Errorf("Make differs from %s (-want +got; -update rewrites it):\n%s", golden, diff)
			}
		})
	}
}

// sorted returns families with their members and themselves in order.
func sorted(families []string) []string {
	out := make([]string, len(families))
	for i, f := range families {
		names := strings.Fields(f)
		slices.Sort(names)
		out[i] = strings.Join(names, " ")
	}
	slices.Sort(out)
	return out
}

var errDisk = errors.New("disk")

func TestMakeLoadError(t *testing.T) {
	s := samples(t)["ferry"]
	st := s.story(s.all()...)
	before := fmt.Sprint(*st)
	err := brief.Make(st, func(seq uint64) (*story.Article, error) {
		if seq == 3 {
			return nil, errDisk
		}
		return s.load(seq)
	}, nil)
	if !errors.Is(err, errDisk) {
		t.Fatalf("Make = %v, want %v", err, errDisk)
	}
	if after := fmt.Sprint(*st); after != before {
		t.Errorf("Make changed the story though it failed:\n%s\n%s", before, after)
	}
}
