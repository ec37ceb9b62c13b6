package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/spf13/cobra"

	"storyfold/cmd/internal/daemon"
	"storyfold/fetcher"
	"storyfold/story"
)

func newIngestCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "ingest PATH...",
		Short: "Add the articles of files once",
		Long: `Add the articles of files and folders to the store, then exit. Running it twice
changes nothing: a file that is known is an edit of its article.

It takes text, Markdown with front matter, HTML, JSON Lines and feed documents; a
folder is walked. A file that a [[source]] of the config covers belongs to that
source; all others belong to the source "ingest". With the daemon running, the
articles go through it; otherwise the store is opened, and made if there is none.`,
		Example: `  storyfold ingest article.txt
  storyfold ingest ~/archive --config config.toml`,
		Args: someArgs(1, math.MaxInt, "files or folders"),
		RunE: func(cmd *cobra.Command, paths []string) error {
			c, err := a.loadConfig()
			if err != nil {
				return err
			}
			return a.ingest(cmd.Context(), c, paths)
		},
	}
}

func (a *app) ingest(ctx context.Context, c *config, paths []string) error {
	bar := a.progressBytes("reading")
	var problems error
	articles := func(yield func(*story.Article) error) error {
		var stop error
		problems = fetcher.ReadPaths(ctx, paths, a.stdin, daemon.IngestSource, func(art *story.Article) error {
			assign(c.Sources, art)
			stop = yield(art)
			return stop
		}, bar.set)
		return stop
	}
	var n daemon.Counts
	var err error
	if client := daemon.Dial(c.DataDir); client != nil {
		n, err = client.Ingest(ctx, articles)
	} else {
		n, err = daemon.IngestOnce(ctx, a.daemonConfig(c), a.log, articles)
	}
	bar.done()
	if err != nil {
		return storeHint(err)
	}
	fmt.Fprintf(a.stdout, "%s: %d new, %d edited, %d unchanged\n",
		count(n.New+n.Edited+n.Unchanged, "article", "articles"), n.New, n.Edited, n.Unchanged)
	switch {
	case errors.Is(problems, context.Canceled):
		return withHint(problems, "what was read until then was taken; run the command again for the rest")
	case problems != nil:
		return withHint(problems, "what could be read was taken; mend these files and run the command again")
	}
	return nil
}

// assign gives an article of a file to the source whose files cover it.
func assign(sources []story.Source, a *story.Article) {
	path, ok := strings.CutPrefix(a.Identity, fetcher.FileIdentity)
	if !ok {
		return
	}
	for _, s := range sources {
		if s.Files == "" {
			continue
		}
		if ok, err := doublestar.PathMatch(s.Files, path); err != nil || !ok {
			continue
		}
		base, _ := doublestar.SplitPattern(filepath.ToSlash(s.Files))
		rel, err := filepath.Rel(base, path)
		if err != nil {
			continue
		}
		if a.Outlet == a.Source {
			a.Outlet = s.Name
		}
		a.Source, a.Identity = s.Name, fetcher.FileIdentity+filepath.ToSlash(rel)
		if a.Lang == "" {
			a.Lang = s.Lang
		}
		if s.Category != "" {
			a.Categories = append([]string{s.Category}, a.Categories...)
		}
		return
	}
}

var errNothingRunning = errors.New("no daemon is running on this data_dir")

// noDaemon is the error of a command that needs the daemon.
func noDaemon(c *config) error {
	return withHint(fmt.Errorf("%w: %s", errNothingRunning, c.DataDir), "start it with `storyfold serve`")
}
