package main

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"storyfold/cmd/internal/daemon"
)

func newRefreshCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "refresh [NAME...]",
		Short: "Check sources now, through the daemon",
		Long: `Check these sources now (without a name: all of them) through the running daemon,
wait until what they brought is committed, and print a table. What a server asked
for still holds: Retry-After, and the spacing of requests to one host.`,
		Example: `  storyfold refresh
  storyfold refresh "Example wire"`,
		ValidArgsFunction: a.completeSources,
		RunE: func(cmd *cobra.Command, names []string) error {
			c, err := a.loadConfig()
			if err != nil {
				return err
			}
			client := daemon.Dial(c.DataDir)
			if client == nil {
				return noDaemon(c)
			}
			bar := a.progressCount("checking")
			reports, err := client.Refresh(cmd.Context(), names, bar.count)
			bar.done()
			if len(reports) > 0 {
				err = errors.Join(err, printReports(a, reports))
			}
			return err
		},
	}
}

func printReports(a *app, reports []daemon.RefreshReport) error {
	t := grid{header: []string{"source", "state", "items", "new", "next check", "took", "problem"}, numbers: []int{2, 3, 5}, wide: 80}
	added, failed, partly := 0, 0, 0
	for _, r := range reports {
		state := "ok"
		switch {
		case r.Partly:
			state = "partly read"
			partly++
		case r.Error != "":
			state = "failed"
			failed++
		case r.NotModified:
			state = "not modified"
		}
		added += r.New
		t.add(printable(r.Source), state, r.State.Items, r.New, shortTime(r.State.Next), r.Took.Round(time.Millisecond),
			printable(cmp.Or(r.Error, r.State.Notice())))
	}
	if err := t.draw(a.stdout, widthOf(a.stdout)); err != nil {
		return err
	}
	also := ""
	if partly > 0 {
		also = fmt.Sprintf(", %d partly read", partly)
	}
	_, err := fmt.Fprintf(a.stdout, "%s checked, %d failed%s, %s\n",
		count(len(reports), "source", "sources"), failed, also, count(added, "new article", "new articles"))
	return err
}

func shortTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("2 Jan 15:04:05")
}

// cut shortens s to n characters.
func cut(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}
