package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// newCheckCommand returns the command that looks at the config.
func newCheckCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "Check the config, with line and column of each mistake",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			cfg, err := a.loadConfig()
			if err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "%s OK: %s, %s\n", cfg.Path, count(len(cfg.Sources), "source", "sources"), count(len(cfg.Feeds), "feed", "feeds"))
			return nil
		},
	}
}
