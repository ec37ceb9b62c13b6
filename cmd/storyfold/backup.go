package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"storyfold/cmd/internal/daemon"
	"storyfold/store"
)

func newBackupCommand(a *app) *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:   "backup [--force] FILE",
		Short: "Write a consistent copy of the store",
		Long: `Write a consistent copy of the store to FILE, also while the daemon runs and commits.
FILE appears when the copy is complete and on disk. It is itself a store: to go back
to it, stop the daemon and put it in the place of storyfold.db in data_dir.`,
		Example: `  storyfold backup /var/backups/storyfold-$(date +%F).db`,
		Args:    someArgs(1, 1, "FILE, where the copy goes"),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.loadConfig()
			if err != nil {
				return err
			}
			return a.backup(cmd, c, args[0], force)
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "replace FILE if it is there")
	return cmd
}

func (a *app) backup(cmd *cobra.Command, c *config, path string, force bool) error {
	if isStore(path, c.DataDir) {
		return withHint(fmt.Errorf("%s is the store itself", path), "name another file")
	}
	bar := a.progressBytes("copying")
	var size int64
	write := func(from func(io.Writer) error) (err error) {
		size, err = store.WriteBackup(path, force, from)
		return err
	}
	err := withStore(cmd.Context(), c, func(client *daemon.Client) error {
		return write(func(w io.Writer) error { return client.Backup(cmd.Context(), w, bar.set) })
	}, func(db *store.DB) error {
		return write(func(w io.Writer) error { return db.Backup(w, nil) })
	})
	bar.done()
	if errors.Is(err, fs.ErrExist) {
		return withHint(err, "name another file, or replace it with --force")
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "%s: %s\n", path, megabytes(size))
	return nil
}

// megabytes writes a size for people.
func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

// isStore reports whether path is the file of the store in dir, by any name.
func isStore(path, dir string) bool {
	name := store.Path(dir)
	if abs, err := filepath.Abs(path); err == nil && abs == name {
		return true
	}
	a, errA := os.Stat(path)
	b, errB := os.Stat(name)
	return errA == nil && errB == nil && os.SameFile(a, b)
}

func newCompactCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "compact",
		Short: "Make the store's file smaller, while the daemon is stopped",
		Long: `Write the store's file anew without the room that removed stories left in it. The
new file takes the place of the old one when it is complete and on disk; until then
there must be room for both. The daemon must be stopped.`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			c, err := a.loadConfig()
			if err != nil {
				return err
			}
			const stop = "stop the daemon, run this again, and start it"
			if daemon.Dial(c.DataDir) != nil {
				return withHint(fmt.Errorf("the daemon is running on %s", c.DataDir), stop)
			}
			before, after, err := store.Compact(c.DataDir, store.Options{Canonical: daemon.IdentifyingLink})
			if errors.Is(err, store.ErrLocked) {
				return withHint(err, stop)
			}
			if err != nil {
				return storeHint(err)
			}
			fmt.Fprintf(a.stdout, "%s before, %s now\n", megabytes(before), megabytes(after))
			return nil
		},
	}
}
