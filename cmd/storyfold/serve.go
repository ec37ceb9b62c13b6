package main

import (
	"github.com/spf13/cobra"

	"storyfold/cmd/internal/daemon"
)

func newServeCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Run the daemon: read the sources, group, publish",
		Long: `Run the daemon: it polls the feeds and watches the files of the config, groups
their articles into stories, stores them in data_dir, and serves the stories as
feeds and pages on the address of listen.

SIGHUP reads the config again; a broken one is refused and the running one stays.
SIGTERM and Ctrl-C stop it cleanly. Under systemd it says when it is ready, feeds
the watchdog, and takes a passed socket with listen = "systemd".`,
		Example: `  storyfold serve --config config.example.toml
  kill -HUP $(pidof storyfold)      # after an edit of the config`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.loadConfig()
			if err != nil {
				return err
			}
			return storeHint(daemon.Run(cmd.Context(), daemon.Options{
				Config: a.daemonConfig(c),
				Load: func() (daemon.Config, error) {
					c, err := a.loadConfig()
					if err != nil {
						return daemon.Config{}, err
					}
					return a.daemonConfig(c), nil
				},
				Version: version(),
				Log:     a.log,
			}))
		},
	}
}
