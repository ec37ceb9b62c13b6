package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"storyfold/cmd/internal/daemon"
	"storyfold/store"
	"storyfold/story"
)

// desk is where corrections are made and explained: the daemon's, or the file's.
type desk interface {
	Correct(ctx context.Context, kind story.ConstraintKind, a, b string) (daemon.Correction, error)
	Undo(ctx context.Context, number uint64) (daemon.Correction, error)
	Corrections(ctx context.Context) ([]daemon.Correction, error)
	Explain(ctx context.Context, a, b string) (string, error)
}

// withDesk calls use with the daemon's desk if one is running, else with the store's.
func (a *app) withDesk(ctx context.Context, use func(desk) error) error {
	c, err := a.loadConfig()
	if err != nil {
		return err
	}
	return withStore(ctx, c, func(client *daemon.Client) error { return use(client) }, func(db *store.DB) error {
		d, err := daemon.OpenDesk(db, a.daemonConfig(c), a.log)
		if err != nil {
			return err
		}
		return use(d)
	})
}

func newCorrectCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "correct",
		Short: "Say which articles are one story, and which are not",
		Long: `Correct the grouping. A correction wins over it at once, and for every article
that arrives later, until it is undone. Articles are named by their address or by
their id, which "storyfold stories ID" shows. Articles of a closed story cannot be
corrected: nothing joins or leaves it any more.

A correction that earlier ones exclude is refused, with those that do.`,
		Example: `  storyfold correct same https://harbour.example/a https://ledger.example/b
  storyfold correct out k3mq7d2xv5ht4bna
  storyfold correct undo 1`,
	}
	two := someArgs(2, 2, twoArticles)
	cmd.AddCommand(
		a.correctKind(story.Same, "same A B", "These two articles are one story", two),
		a.correctKind(story.Apart, "apart A B", "These two articles are not one story", two),
		a.correctKind(story.Out, "out A", "This article stays alone", someArgs(1, 1, "one article, by its address or id")),
		&cobra.Command{
			Use: "list", Short: "List the corrections in force", Args: noArgs,
			RunE: func(cmd *cobra.Command, _ []string) error { return a.listCorrections(cmd.Context()) },
		},
		&cobra.Command{
			Use: "undo N", Short: "Lift a correction; its articles are judged again", Args: someArgs(1, 1, "the number of one correction"),
			RunE: func(cmd *cobra.Command, args []string) error { return a.undoCorrection(cmd.Context(), args[0]) },
		},
	)
	a.needCommand(cmd)
	return cmd
}

// twoArticles is what commands need that compare articles.
const twoArticles = "two articles, by their addresses or ids"

func (a *app) correctKind(kind story.ConstraintKind, use, short string, args cobra.PositionalArgs) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: args,
		RunE: func(cmd *cobra.Command, args []string) error {
			args = append(args, "")
			return a.withDesk(cmd.Context(), func(d desk) error {
				c, err := d.Correct(cmd.Context(), kind, args[0], args[1])
				if err != nil {
					return correctHint(fmt.Errorf("correct %s: %w", kind, err))
				}
				a.printCorrection(c)
				return nil
			})
		},
	}
}

func (a *app) listCorrections(ctx context.Context) error {
	return a.withDesk(ctx, func(d desk) error {
		list, err := d.Corrections(ctx)
		if err != nil {
			return err
		}
		for _, c := range list {
			a.printCorrection(c)
		}
		if len(list) == 0 {
			fmt.Fprintln(a.stdout, "no corrections")
		}
		return nil
	})
}

func (a *app) undoCorrection(ctx context.Context, number string) error {
	n, err := strconv.ParseUint(number, 10, 64)
	if err != nil {
		return usageError(fmt.Errorf("undo %s: the number of a correction", number))
	}
	return a.withDesk(ctx, func(d desk) error {
		c, err := d.Undo(ctx, n)
		if err != nil {
			return correctHint(fmt.Errorf("correct undo: %w", err))
		}
		fmt.Fprintf(a.stdout, "no longer holds: %s\n", c)
		return nil
	})
}

// printCorrection prints a correction, and where its articles are now.
func (a *app) printCorrection(c daemon.Correction) {
	fmt.Fprintf(a.stdout, "%d  %s  %s\n", c.Number, c.Made.Local().Format(time.DateTime), c)
	for i, n := range c.Of {
		if n.Story != "" && (i == 0 || n.Story != c.Of[0].Story) {
			fmt.Fprintf(a.stdout, "   in story %s: %s\n", n.Story, n)
		}
	}
}

// correctHint says what to do about a correction that was refused.
func correctHint(err error) error {
	if _, ok := errors.AsType[*daemon.RefusedError](err); ok {
		return withHint(err, "`storyfold correct list` shows the corrections in force, `storyfold stories ID` the articles of a story")
	}
	return err
}
