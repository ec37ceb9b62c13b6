package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"storyfold/cmd/internal/daemon"
	"storyfold/store"
)

func newVerifyCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "verify",
		Short: "Walk every invariant of the store",
		Long: `Walk every invariant of the store: that its pages are sound, that every article is
in exactly one story, that every index says what the records say, that aliases end
at a story, that revisions and counts add up. It changes nothing. Exit status 1 if
something is wrong, with a line for each finding.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.loadConfig()
			if err != nil {
				return err
			}
			var stats store.Stats
			err = withStore(cmd.Context(), c, func(client *daemon.Client) (err error) {
				stats, err = client.Verify(cmd.Context())
				return err
			}, func(db *store.DB) error {
				stats = db.Stats()
				return db.Check()
			})
			if err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "sound: %s in %s (%d open), %s\n", count(stats.Articles, "article", "articles"),
				count(stats.Stories, "story", "stories"), stats.OpenStories, count(stats.Aliases, "alias", "aliases"))
			return nil
		},
	}
}
