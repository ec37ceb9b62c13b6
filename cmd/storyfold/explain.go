package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newExplainCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "explain A B",
		Short: "Why two articles are, or are not, one story",
		Long: `Say in plain words why two articles are one story, or why not: the words that they
share and what these weigh, what each scores with the other's story and what it
would have needed, time, language, the reasons that were stored, corrections, and
which setting would change it. Articles are named by their address or by their id,
which "storyfold stories ID" shows.`,
		Example: `  storyfold explain https://harbour.example/a https://ledger.example/b`,
		Args:    someArgs(2, 2, twoArticles),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withDesk(cmd.Context(), func(d desk) error {
				text, err := d.Explain(cmd.Context(), args[0], args[1])
				if err != nil {
					return correctHint(fmt.Errorf("explain: %w", err))
				}
				_, err = fmt.Fprint(a.stdout, text)
				return err
			})
		},
	}
}
