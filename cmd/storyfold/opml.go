package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"storyfold/fetcher"
)

func newOPMLCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "opml",
		Short: "Take sources over from a feed reader, or give them to one",
		Long: `Read or write lists of feeds in OPML, the format in which feed readers export and
import subscriptions.`,
	}
	cmd.AddCommand(newOPMLImportCommand(a), newOPMLExportCommand(a))
	a.needCommand(cmd)
	return cmd
}

func newOPMLImportCommand(a *app) *cobra.Command {
	var write bool
	cmd := &cobra.Command{
		Use:                   "import FILE [--write]",
		DisableFlagsInUseLine: true,
		Short:                 "Print the sources that an OPML file has and the config has not",
		Long: `Print a [[source]] for each feed of an OPML file that the config does not read yet;
"-" is the standard input. With --write they are added at the end of the config
file, which stays as it is otherwise; running it twice adds nothing.

The name is the feed's title, with a number behind it where that is taken, and the
category is the folder that the feed is in. Feeds are compared by address, without
what does not matter: http or https, "www.", a slash at the end. An address that a
config could not have is left out, and said so on stderr. Nothing is fetched; see
what the sources answer with "storyfold check --probe".`,
		Example: `  storyfold opml import subscriptions.opml
  storyfold opml import subscriptions.opml --write && systemctl reload storyfold`,
		Args: someArgs(1, 1, "FILE, an OPML file or - for the standard input"),
		RunE: func(_ *cobra.Command, args []string) error { return a.importOPML(args[0], write) },
	}
	cmd.Flags().BoolVar(&write, "write", false, "add them to the config file")
	return cmd
}

func newOPMLExportCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "export",
		Short: "Print the feeds of the config as OPML",
		Long: `Print the feeds of the config as OPML 2.0, each category as a folder. Sources that
are files are left out. Addresses are written as the config has them, with a
password if there is one.`,
		Example: `  storyfold opml export > subscriptions.opml`,
		Args:    noArgs,
		RunE:    func(*cobra.Command, []string) error { return a.exportOPML() },
	}
}

func (a *app) exportOPML() error {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	var feeds []fetcher.Subscription
	for _, s := range cfg.Sources {
		if s.Feed != "" {
			feeds = append(feeds, fetcher.Subscription{Name: s.Name, Feed: s.Feed, Category: s.Category})
		}
	}
	return fetcher.WriteOPML(a.stdout, "storyfold: sources", feeds)
}

// importOPML prints or writes the sources of an OPML file that the config does not have.
func (a *app) importOPML(file string, write bool) error {
	feeds, broken := a.readOPML(file)
	if broken != nil && len(feeds) == 0 {
		return broken
	}
	cfg, err := a.importInto(write)
	if err != nil {
		return err
	}
	plan := planImport(cfg, feeds)
	for _, s := range plan.skipped {
		fmt.Fprintf(a.stderr, "left out: %s\n", s)
	}
	if write {
		err = a.appendSources(cfg, plan)
	} else {
		_, err = io.WriteString(a.stdout, sourceTables(plan.sources))
	}
	if err == nil && broken != nil {
		err = withHint(broken, "what could be read was taken; mend the file and run the command again")
	}
	return err
}

// readOPML reads the feeds of a file; "-" is the standard input.
func (a *app) readOPML(file string) ([]fetcher.Subscription, error) {
	in, name := a.stdin, "the standard input"
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, withHint(fmt.Errorf("read OPML: %w", err), "export your subscriptions as OPML in your feed reader")
		}
		defer f.Close()
		in, name = f, file
	}
	feeds, err := fetcher.ReadOPML(in)
	if errors.Is(err, fetcher.ErrNotOPML) {
		err = withHint(fmt.Errorf("%s: %w", name, err), "export your subscriptions as OPML in your feed reader")
	} else if err != nil {
		err = fmt.Errorf("%s: %w", name, err)
	}
	return feeds, err
}

// importInto returns the config that sources are compared with. Where there is
// none, all of them are missing; only what is to be written needs a file.
func (a *app) importInto(write bool) (*config, error) {
	if _, err := findConfig(a.configPath); err != nil && !write {
		return &config{}, nil
	}
	return a.loadConfig()
}

// sourceTables writes the sources as a config has them, each with an empty line before it.
func sourceTables(sources []fetcher.Subscription) string {
	var b strings.Builder
	for _, s := range sources {
		fmt.Fprintf(&b, "\n[[source]]\nname = %s\nfeed = %s\n", tomlString(s.Name), tomlString(s.Feed))
		if s.Category != "" {
			fmt.Fprintf(&b, "category = %s\n", tomlString(s.Category))
		}
	}
	return b.String()
}

// tomlString returns s, which holds no control characters, as a TOML string.
func tomlString(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
