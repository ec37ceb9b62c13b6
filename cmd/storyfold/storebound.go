package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"storyfold/cmd/internal/daemon"
	"storyfold/store"
)

// withStore calls asked if a daemon runs on the config's data_dir, and opened
// with the store's file otherwise.
func withStore(ctx context.Context, c *config, asked func(*daemon.Client) error, opened func(*store.DB) error) error {
	if client := daemon.Dial(c.DataDir); client != nil {
		return asked(client)
	}
	db, err := store.Open(c.DataDir, store.Options{Canonical: daemon.IdentifyingLink})
	if err != nil {
		return storeHint(err)
	}
	err = opened(db)
	return errors.Join(err, db.Close())
}

// storeHint says what to do about a store that does not open, or a daemon that does not start.
func storeHint(err error) error {
	switch {
	case errors.Is(err, store.ErrNoStore):
		return withHint(err, "start the daemon once with `storyfold serve`, or add files with `storyfold ingest`")
	case errors.Is(err, store.ErrLocked):
		return withHint(err, "another storyfold uses this data_dir; stop it, or give this one a data_dir of its own")
	case errors.Is(err, store.ErrNewer):
		return withHint(err, "run the version of storyfold that wrote it, or a newer one")
	case errors.Is(err, store.ErrDamaged):
		return withHint(err, "keep the file, put a backup in its place, and start again")
	case errors.Is(err, store.ErrForeign):
		return withHint(err, "it is left as it is; move it away, or choose another data_dir")
	case errors.Is(err, syscall.EADDRINUSE):
		return withHint(err, "another program listens there, maybe another storyfold; stop it, or change listen")
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return withHint(err, "this machine has no such address; change listen")
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return withHint(err, "the disk is full: make room, or choose another data_dir")
	case errors.Is(err, syscall.EROFS):
		return withHint(err, "the disk can only be read; choose another data_dir")
	case errors.Is(err, fs.ErrPermission):
		return withHint(err, "run storyfold as the user who owns it, or choose another one in the config")
	}
	return err
}

// count returns n with its noun, "1 story", "2 stories".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
