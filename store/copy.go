package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"
)

// compactAtOnce is about how many bytes one transaction of Compact takes.
const compactAtOnce = 64 << 20

// Path returns where the file of the store in dir is.
func Path(dir string) string { return filepath.Join(dir, fileName) }

// Backup writes the store as it is now to w, as a file that Open takes. Commits
// go on meanwhile. size, if it is not nil, hears beforehand how many bytes come.
func (db *DB) Backup(w io.Writer, size func(int64)) error {
	var failed error
	err := db.view(func(t tables) error {
		if size != nil {
			size(t.tx.Size())
		}
		_, failed = t.tx.WriteTo(w)
		return nil
	})
	if err = errors.Join(err, failed); err != nil {
		return fmt.Errorf("copy %s: %w", db.path, err)
	}
	return nil
}

// WriteBackup makes the file at path of what write writes, a store's backup: under
// another name, which becomes path when all of it is on disk and is a store that
// this version reads. A file that is there is replaced only if that is said; else
// the error is fs.ErrExist. Folders and devices are never replaced. It returns how
// many bytes the file has.
func WriteBackup(path string, replace bool, write func(io.Writer) error) (int64, error) {
	if info, err := os.Lstat(path); err == nil {
		switch kind := info.Mode().Type(); {
		case kind.IsDir():
			return 0, fmt.Errorf("write %s: it is a folder; name a file in it", path)
		case !kind.IsRegular() && kind != fs.ModeSymlink:
			return 0, fmt.Errorf("write %s: it is no regular file; name another one", path)
		case !replace:
			return 0, fmt.Errorf("write %s: %w", path, fs.ErrExist)
		}
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return 0, err
	}
	defer os.Remove(f.Name())
	err = write(f)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return 0, err
	}
	if _, err := inspect(f.Name(), Options{}.withDefaults()); err != nil {
		return 0, fmt.Errorf("the copy for %s is no whole store: %w", path, err)
	}
	if err := publish(f.Name(), path, replace); err != nil {
		return 0, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return info.Size(), syncDir(filepath.Dir(path))
}

// publish gives a file its name. Without replace, a file that has come there
// meanwhile stays.
func publish(temp, path string, replace bool) error {
	if replace {
		return os.Rename(temp, path)
	}
	err := os.Link(temp, path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if _, err := os.Lstat(path); err == nil { // a file system without links
		return fmt.Errorf("write %s: %w", path, fs.ErrExist)
	}
	return os.Rename(temp, path)
}

// Compact writes the file of the store in dir anew, without room that is not
// used, and returns its size before and after. The new file takes the place of
// the old one when it is complete and on disk. Nobody may have the store open:
// the error is ErrLocked then.
func Compact(dir string, o Options) (before, after int64, err error) {
	o.Create, o.ReadOnly = false, false
	db, err := Open(dir, o)
	if err != nil {
		return 0, 0, err
	}
	before, after, err = db.compact(filepath.Join(dir, tempName))
	if err = errors.Join(err, db.Close()); err != nil {
		return 0, 0, fmt.Errorf("compact: %w", err)
	}
	return before, after, nil
}

// compact puts a copy of the open store that was written to temp in its place.
func (db *DB) compact(temp string) (before, after int64, err error) {
	if err := os.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, 0, err
	}
	defer os.Remove(temp)
	if err := db.compactTo(temp); err != nil {
		return 0, 0, err
	}
	if _, err := inspect(temp, db.opts); err != nil {
		return 0, 0, err
	}
	for path, size := range map[string]*int64{db.path: &before, temp: &after} {
		info, err := os.Stat(path)
		if err != nil {
			return 0, 0, err
		}
		*size = info.Size()
	}
	if err := os.Rename(temp, db.path); err != nil {
		return 0, 0, err
	}
	return before, after, syncDir(filepath.Dir(db.path))
}

func (db *DB) compactTo(temp string) (err error) {
	defer guard(&err)()
	o := db.opts
	o.NoSync = true // until all of it is there
	b, err := openBolt(temp, o)
	if err != nil {
		return err
	}
	err = bolt.Compact(b, db.bolt, compactAtOnce)
	size := int64(0)
	err = errors.Join(err, b.View(func(tx *bolt.Tx) error { size = tx.Size(); return nil }), b.Close())
	if err != nil {
		return err
	}
	return cut(temp, size)
}

// cut takes away what a file has after so many bytes, where bbolt set room aside,
// and waits until it is on disk.
func cut(path string, size int64) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Truncate(size), f.Sync(), f.Close())
}
