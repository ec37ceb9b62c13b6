package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"storyfold/cmd/internal/daemon"
	"storyfold/store"
)

// newCheckCommand returns the command that looks at the config.
func newCheckCommand(a *app) *cobra.Command {
	var probe, diff bool
	cmd := &cobra.Command{
		Use:                   "check [--probe] [--diff]",
		DisableFlagsInUseLine: true,
		Short:                 "Check the config, with line and column of each mistake",
		Long: `Read the config and say whether it is right. What is wrong is printed with line
and column, all of it at once; a key that is not known comes with the nearest one
that is.

With --probe every enabled source is read once, and a table tells what came back:
the kind of document, how many items it has, how new they are, how often it would
be asked, and what is wrong or worth knowing. Where the address is a web page, its
feed is looked for and named.
Nothing is stored, and no daemon is asked. Requests to one host are spaced by
host_delay. If a source gives nothing, the exit status is 1.

With --diff the open stories are grouped anew by the [group] of the config, and
what would merge, split or move is printed. Nothing is changed; a reload of the
daemon, or its next start, does what is printed.`,
		Example: `  storyfold check
  storyfold check --config /etc/storyfold/config.toml --probe`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.check(cmd.Context(), probe, diff) },
	}
	cmd.Flags().BoolVar(&probe, "probe", false, "read each source once and print a table")
	cmd.Flags().BoolVar(&diff, "diff", false, "print which open stories the [group] settings would merge or split")
	return cmd
}

// check checks the config and, with probe, its sources; with diff, what it makes of the stories.
func (a *app) check(ctx context.Context, probe, diff bool) error {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "%s OK: %s, %s\n", cfg.Path,
		count(len(cfg.Sources), "source", "sources"), count(len(cfg.Feeds), "feed", "feeds"))
	if err == nil && diff {
		err = a.diff(ctx, cfg)
	}
	if err != nil || !probe {
		return err
	}
	return a.probe(ctx, cfg)
}

// diff prints what the [group] of the config would make of the open stories.
func (a *app) diff(ctx context.Context, cfg *config) error {
	var out daemon.Regrouped
	c := a.daemonConfig(cfg)
	err := withStore(ctx, cfg, func(client *daemon.Client) (err error) {
		out, err = client.Diff(ctx, c.Group)
		return err
	}, func(db *store.DB) (err error) {
		out, err = daemon.Diff(db, c, a.log)
		return err
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(a.stdout, out.Text())
	return err
}
