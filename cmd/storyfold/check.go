package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
)

// newCheckCommand returns the command that looks at the config.
func newCheckCommand(a *app) *cobra.Command {
	var probe bool
	cmd := &cobra.Command{
		Use:                   "check [--probe]",
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
host_delay. If a source fails, the exit status is 1.`,
		Example: `  storyfold check
  storyfold check --config /etc/storyfold/config.toml --probe`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.check(cmd.Context(), probe) },
	}
	cmd.Flags().BoolVar(&probe, "probe", false, "read each source once and print a table")
	return cmd
}

// check checks the config and, with probe, its sources.
func (a *app) check(ctx context.Context, probe bool) error {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "%s OK: %s, %s\n", cfg.Path,
		count(len(cfg.Sources), "source", "sources"), count(len(cfg.Feeds), "feed", "feeds"))
	if err != nil || !probe {
		return err
	}
	return a.probe(ctx, cfg)
}
