package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"storyfold/fetcher"
	"storyfold/story"
	"storyfold/story/brief"
)

// newGroupCommand returns the command that groups articles from files.
func newGroupCommand(a *app) *cobra.Command {
	window := durationFlag(defaultWindow)
	var options story.Options
	var explain bool
	cmd := &cobra.Command{
		Use:                   "group [--explain] FILE...",
		DisableFlagsInUseLine: true,
		Short:                 "Group articles from files, without store, daemon or config",
		Long: `Group the articles of files and print, after the last one, one JSON object for
every article, in the order in which they were read:

  {"id": …, "story": …, "title": …, "source": …, "family": …}

Articles with the same "story" report the same event; within a story, those with
the same "family" are copies or light rewrites of one report. With --explain each
object also has "why": the rule that placed the article, its score and threshold,
the terms that carried it, and a sentence.

A FILE is .jsonl (objects with id, source, url, title, text, lang, published;
text is plain or HTML and may be empty), a feed document, text, Markdown, HTML, or
a folder of these; - is JSON Lines on the standard input. The same input gives the
same output, whenever it runs.

The "id" of a line of .jsonl is its own. One that an earlier line of the file has
for another article would not tell the two apart: the later line is printed with
its url, without query parameters that track readers, or else with a hash.`,
		Example: `  storyfold group articles/*.txt
  storyfold group --explain stream.jsonl | jq .why.sentence
  zcat archive.jsonl.gz | storyfold group -`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("group needs files, folders, or - for the standard input")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, paths []string) error {
			options.Window = time.Duration(window)
			if options.Window < minWindow || options.Window > maxWindow {
				return usageError(fmt.Errorf("--window must be from %s to %s", formatDuration(minWindow), formatDuration(maxWindow)))
			}
			if !(options.Strictness >= -1 && options.Strictness <= 1) {
				return usageError(errors.New("--strictness must be from -1 to 1"))
			}
			return a.group(cmd.Context(), paths, options, explain)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&explain, "explain", false, "say why each article is in its story")
	flags.Var(&window, "window", "how far apart in time an article and a story may be, at most")
	flags.Float64Var(&options.Strictness, "strictness", 0, "how alike reports must be, from -1 (looser) to 1 (stricter)")
	return cmd
}

// durationFlag is a flag that is written as in the config: "4d".
type durationFlag time.Duration

// Set reads the flag.
func (d *durationFlag) Set(text string) error {
	v, err := parseDuration(text)
	*d = durationFlag(v)
	return err
}

// String writes the flag as Set reads it.
func (d *durationFlag) String() string { return formatDuration(time.Duration(*d)) }

// Type names the kind of value in the help.
func (d *durationFlag) Type() string { return "DURATION" }

// group reads the articles of paths, groups them and prints where each went.
// What could be read is printed even if something could not.
func (a *app) group(ctx context.Context, paths []string, options story.Options, explain bool) error {
	g := newBatch(options, paths)
	g.explain = explain
	bar := a.progressBytes("reading")
	err := fetcher.ReadPaths(ctx, paths, a.stdin, "", g.add, bar.set)
	bar.done()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := g.finish(); err != nil {
		return err
	}
	if err := g.print(a.stdout); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	if err != nil {
		return withHint(err, "what could be read is grouped; mend these files and run the command again")
	}
	return nil
}

// batch groups a stream of articles that is read once. It keeps the texts of
// articles whose story may still change, and one line for each of the others.
type batch struct {
	grouper *story.Grouper
	where   *placement
	reader  brief.Reader
	lines   []groupLine // line i is the article with Seq i+1
	texts   map[uint64]*story.Article

	explain  bool     // name the terms of reasons by words of the texts
	paths    []string // that the articles are read from, as written
	absolute []string // the same, once asked for

	undated []*story.Article // read before the first date was; not yet grouped
	seen    time.Time        // latest date so far: when an article of the stream was seen
}

// groupLine is what is printed of an article.
type groupLine struct {
	ID     string   `json:"id"`
	Story  story.ID `json:"story"`
	Title  string   `json:"title"`
	Source string   `json:"source"`
	Family int      `json:"family"`
	Why    *why     `json:"why,omitempty"`
}

// newBatch returns a batch of articles that are read from paths.
func newBatch(options story.Options, paths []string) *batch {
	return &batch{
		grouper: story.NewGrouper(options), where: newPlacement(), texts: map[uint64]*story.Article{},
		paths: paths, absolute: make([]string, len(paths)),
	}
}

// name returns the id of an article in the output. A file goes by its path as
// the user wrote it, so that the output does not depend on where things are.
func (b *batch) name(identity string) string {
	path, ok := strings.CutPrefix(identity, fetcher.FileIdentity)
	if !ok {
		return identity
	}
	for i, given := range b.paths {
		if b.absolute[i] == "" {
			abs, err := filepath.Abs(given)
			if err != nil {
				continue
			}
			b.absolute[i] = filepath.ToSlash(abs)
		}
		if path == b.absolute[i] {
			return given
		}
		if rest, ok := strings.CutPrefix(path, strings.TrimSuffix(b.absolute[i], "/")+"/"); ok {
			return filepath.Join(given, rest)
		}
	}
	return path
}

// noDate stands for the date of a stream in which no article has one.
var noDate = time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)

// add takes the next article of the stream. An article was seen when the
// latest date so far says; those before the first date, at that date.
func (b *batch) add(a *story.Article) error {
	if b.seen.IsZero() && a.Published.IsZero() {
		b.undated = append(b.undated, a)
		return nil
	}
	if a.Published.After(b.seen) {
		b.seen = a.Published
	}
	if err := b.release(); err != nil {
		return err
	}
	return b.place(a)
}

// release groups the articles that waited for a date.
func (b *batch) release() error {
	waiting := b.undated
	b.undated = nil
	for _, a := range waiting {
		if err := b.place(a); err != nil {
			return err
		}
	}
	return nil
}

// place gives an article to the Grouper.
func (b *batch) place(a *story.Article) error {
	a.Seq, a.FirstSeen = uint64(len(b.lines)+1), b.seen
	a.Identity = b.name(a.Identity)
	line := groupLine{ID: a.Identity, Title: a.Title, Source: a.Outlet, Family: 1}
	if line.Source == "" {
		line.Source = a.Source
	}
	b.lines = append(b.lines, line)
	b.texts[a.Seq] = a
	return b.follow(b.grouper.Add(a))
}

// follow applies decisions. A story that closes is final: its families are
// told apart and its texts are let go.
func (b *batch) follow(decisions []story.Decision) error {
	for i := range decisions {
		if a := b.texts[decisions[i].Article]; a != nil && b.explain && decisions[i].Kind == story.Move {
			decisions[i].Reason.Words(a)
		}
		b.where.apply(&decisions[i])
		if decisions[i].Kind == story.Close {
			if err := b.settle(decisions[i].Story); err != nil {
				return err
			}
		}
	}
	return nil
}

// settle tells the families of a story apart and forgets its texts.
func (b *batch) settle(id story.ID) error {
	s := story.Story{ID: id}
	for _, seq := range b.where.members[id] {
		if a := b.texts[seq]; a != nil {
			s.Members = append(s.Members, story.MemberOf(a))
		}
	}
	if len(s.Members) > 1 {
		if err := b.reader.Make(&s, b.text, nil); err != nil {
			return fmt.Errorf("story %s: %w", id, err)
		}
	}
	for _, m := range s.Members {
		b.lines[m.Seq-1].Family = max(m.Family, 1)
		delete(b.texts, m.Seq)
	}
	return nil
}

// text returns an article of an open story.
func (b *batch) text(seq uint64) (*story.Article, error) {
	if a, ok := b.texts[seq]; ok {
		return a, nil
	}
	return nil, story.ErrNotFound
}

// finish groups what waits and settles the stories that are still open.
func (b *batch) finish() error {
	if len(b.undated) > 0 {
		b.seen = noDate
	}
	if err := b.release(); err != nil {
		return err
	}
	if err := b.follow(b.grouper.Pass()); err != nil {
		return err
	}
	for seq := uint64(1); seq <= uint64(len(b.lines)); seq++ {
		if _, open := b.texts[seq]; !open {
			continue
		}
		if err := b.settle(b.where.placed[seq]); err != nil {
			return err
		}
	}
	return nil
}

// print writes one line of JSON for every article.
func (b *batch) print(w io.Writer) error {
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for i := range b.lines {
		seq := uint64(i + 1)
		b.lines[i].Story = b.where.placed[seq]
		if b.explain {
			b.lines[i].Why = b.where.explain(seq)
		}
		if err := enc.Encode(&b.lines[i]); err != nil {
			return err
		}
	}
	return out.Flush()
}
