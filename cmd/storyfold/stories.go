package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"storyfold/cmd/internal/daemon"
	"storyfold/store"
	"storyfold/story"
)

func newStoriesCommand(a *app) *cobra.Command {
	var n int
	cmd := &cobra.Command{
		Use:   "stories [-n N] [ID]",
		Short: "List current stories, or show one",
		Long: `List the current stories, the one with the latest revision first. With an ID, show
that story: its articles by family, its revisions, and why each article is in it.
An ID that became another story's alias shows that story.`,
		Example: `  storyfold stories -n 5
  storyfold stories k3mq7d2xv5ht4bna`,
		Args: someArgs(0, 1, "one ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.loadConfig()
			if err != nil {
				return err
			}
			if n < 0 {
				return usageError(fmt.Errorf("-n %d: a number of stories, 0 for all", n))
			}
			if len(args) == 1 {
				return a.showStory(cmd, c, story.ID(args[0]))
			}
			return a.listStories(cmd, c, n)
		},
	}
	cmd.Flags().IntVarP(&n, "number", "n", 20, "how many stories; 0: all")
	return cmd
}

func (a *app) listStories(cmd *cobra.Command, c *config, n int) error {
	var stories []story.Story
	err := withStore(cmd.Context(), c, func(client *daemon.Client) (err error) {
		stories, err = client.Stories(cmd.Context(), n)
		return err
	}, func(db *store.DB) (err error) {
		stories, err = daemon.NewestStories(db, n)
		return err
	})
	if err != nil {
		return err
	}
	t := grid{header: []string{"story", "updated", "reports", "articles", "headline"}, numbers: []int{2, 3}}
	for _, s := range stories {
		t.add(s.ID, shortTime(s.Updated()), s.Reports, len(s.Members), cut(s.Brief.Headline, 90))
	}
	return t.draw(a.stdout, widthOf(a.stdout))
}

func (a *app) showStory(cmd *cobra.Command, c *config, id story.ID) error {
	var s story.Story
	err := withStore(cmd.Context(), c, func(client *daemon.Client) (err error) {
		s, err = client.Story(cmd.Context(), id)
		return err
	}, func(db *store.DB) (err error) {
		s, err = db.Story(id)
		return err
	})
	for _, missing := range []error{story.ErrNotFound, story.ErrRemoved} {
		if errors.Is(err, missing) {
			return withHint(fmt.Errorf("story %s: %w", id, missing), "`storyfold stories -n 0` lists all of them")
		}
	}
	if err != nil {
		return err
	}
	printStory(a.stdout, &s, id)
	return nil
}

func printStory(w io.Writer, s *story.Story, asked story.ID) {
	fmt.Fprintf(w, "%s\n", s.Brief.Headline)
	if asked != s.ID {
		fmt.Fprintf(w, "%s is now %s\n", asked, s.ID)
	}
	fmt.Fprintf(w, "%s · %s of %s · %s · updated %s\n", s.ID, count(s.Reports, "independent report", "independent reports"),
		count(len(s.Members), "article", "articles"), openOrClosed(s), s.Updated().Local().Format(time.DateTime))
	sentences(w, "Summary", s, s.Brief.Summary)
	fmt.Fprintln(w, "\nArticles")
	for family := 1; family <= len(s.Members); family++ {
		for _, m := range s.Members {
			if m.Family == family {
				printMember(w, &m)
			}
		}
	}
	sentences(w, "New in later articles", s, s.Brief.New)
	sentences(w, "Only in one report", s, s.Brief.Only)
	fmt.Fprintln(w, "\nRevisions")
	for _, r := range s.Revisions {
		fmt.Fprintf(w, "  %d  %s  %s (%s)\n", r.Number, r.Time.Local().Format(time.DateTime), r.Reason, count(r.Reports, "report", "reports"))
	}
	if len(s.History) > 0 {
		fmt.Fprintln(w, "\nHistory")
		for _, e := range s.History {
			fmt.Fprintf(w, "  %s  %s\n", e.Time.Local().Format(time.DateTime), e.Text)
		}
	}
}

func openOrClosed(s *story.Story) string {
	if s.Closed {
		return "closed"
	}
	return "open"
}

func printMember(w io.Writer, m *story.Member) {
	fmt.Fprintf(w, "  family %d  %s: %s\n", m.Family, m.Outlet, m.Title)
	fmt.Fprintf(w, "            %s  %s", m.Time.Local().Format(time.DateTime), m.ID)
	if m.URL != "" {
		fmt.Fprintf(w, "  %s", m.URL)
	}
	fmt.Fprintf(w, "\n            %s\n", reasonLine(m.Why))
}

// reasonLine says why an article is where it is.
func reasonLine(r story.Reason) string {
	var b strings.Builder
	b.WriteString(r.Rule)
	if r.Score != 0 || r.Threshold != 0 {
		fmt.Fprintf(&b, ": score %.2f, threshold %.2f", r.Score, r.Threshold)
	}
	if len(r.Terms) > 0 {
		b.WriteString("; shared:")
		for _, t := range r.Terms {
			fmt.Fprintf(&b, " %s %.0f%%", t.Text, 100*t.Weight)
		}
	}
	return b.String()
}

func sentences(w io.Writer, title string, s *story.Story, list []story.Sentence) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\n", title)
	for _, line := range list {
		outlet := ""
		if m := s.Member(line.Article); m != nil {
			outlet = " [" + m.Outlet + "]"
		}
		fmt.Fprintf(w, "  %s%s\n", line.Text, outlet)
	}
}
