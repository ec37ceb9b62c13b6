package store

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"storyfold/story"
)

// full returns a store with articles, of which many were removed, and its directory.
func full(t *testing.T) (*DB, string) {
	t.Helper()
	dir := t.TempDir()
	db := openStore(t, dir)
	c := single(1, 2000)
	for i := range c.Stories {
		c.Stories[i].Closed = i < 1900
	}
	commit(t, db, c)
	for {
		if ids, err := db.Expire(at(1 << 20)); err != nil {
			t.Fatal(err)
		} else if len(ids) == 0 {
			return db, dir
		}
	}
}

func TestBackup(t *testing.T) {
	db, _ := full(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "copy.db")
	promised := int64(0)
	write := func(w io.Writer) error {
		// A commit beside the copy is not in it, and does not wait for it.
		return db.Backup(io.MultiWriter(w, once(func() { commit(t, db, single(db.NextSeq(), db.NextSeq())) })),
			func(n int64) { promised = n })
	}
	size, err := WriteBackup(path, false, write)
	if err != nil || size != promised || size == 0 {
		t.Fatalf("WriteBackup = %d, %v, want %d bytes", size, err, promised)
	}
	if db.NextSeq() != 2002 {
		t.Errorf("NextSeq() = %d, want 2002", db.NextSeq())
	}
	if _, err := WriteBackup(path, false, write); !errors.Is(err, fs.ErrExist) {
		t.Errorf("WriteBackup over a file = %v, want ErrExist", err)
	}
	if err := os.Rename(path, filepath.Join(dir, fileName)); err != nil {
		t.Fatal(err)
	}
	restored := openStore(t, dir) // which also checks it at the end
	if stats := restored.Stats(); stats.Articles != 100 || restored.NextSeq() != 2001 || restored.UUID() != db.UUID() {
		t.Errorf("the copy has %+v, NextSeq() %d", stats, restored.NextSeq())
	}
}

// once is a writer that calls a function at the first write.
func once(fn func()) io.Writer { return &onceWriter{fn} }

type onceWriter struct{ fn func() }

func (o *onceWriter) Write(b []byte) (int, error) {
	if o.fn != nil {
		o.fn()
		o.fn = nil
	}
	return len(b), nil
}

// What is not whole, or no store, does not appear, and replaces nothing.
func TestBackupIsWholeOrNothing(t *testing.T) {
	db, _ := full(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "copy.db")
	if err := os.WriteFile(path, []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
	var whole bytes.Buffer
	if err := db.Backup(&whole, nil); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken off")
	for name, write := range map[string]func(io.Writer) error{
		"cut":     func(w io.Writer) error { _, err := w.Write(whole.Bytes()[:whole.Len()-5000]); return err },
		"no":      func(w io.Writer) error { _, err := w.Write([]byte("Dear diary,")); return err },
		"failing": func(w io.Writer) error { _, err := w.Write(whole.Bytes()); return errors.Join(err, broken) },
	} {
		if _, err := WriteBackup(path, true, write); err == nil {
			t.Errorf("WriteBackup of a %s copy succeeds", name)
		}
	}
	entries, err := os.ReadDir(dir)
	if b, errB := os.ReadFile(path); err != nil || errB != nil || string(b) != "before" || len(entries) != 1 {
		t.Errorf("%d files, the one that was there is %q", len(entries), b)
	}
	if _, err := WriteBackup(path, true, func(w io.Writer) error { _, err := w.Write(whole.Bytes()); return err }); err != nil {
		t.Errorf("WriteBackup over a file, as was said = %v", err)
	}
}

func TestCompact(t *testing.T) {
	db, dir := full(t)
	if _, _, err := Compact(dir, Options{Timeout: time.Millisecond}); !errors.Is(err, ErrLocked) {
		t.Errorf("Compact of an open store = %v, want ErrLocked", err)
	}
	commit(t, db, &story.Commit{Constraints: []story.Constraint{{Number: 7, A: "ridge\x00item-1999"}}})
	want, uuid := db.Stats(), db.UUID()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, tempName), []byte("broken off"), 0o600); err != nil {
		t.Fatal(err)
	}
	before, after, err := Compact(dir, Options{})
	if err != nil || after >= before/2 {
		t.Fatalf("Compact = %d, %d, %v, want much less", before, after, err)
	}
	db = openStore(t, dir)
	got := db.Stats()
	got.Bytes = want.Bytes
	if got != want || db.UUID() != uuid || db.NextSeq() != 2001 || db.NextConstraint() != 8 {
		t.Errorf("after Compact: %+v, NextSeq() %d, NextConstraint() %d, want %+v", got, db.NextSeq(), db.NextConstraint(), want)
	}
	commit(t, db, single(2001, 2010)) // it goes on
}

// Check looks at what is stored without keeping commits from being made.
func TestCheckLetsCommitsGoOn(t *testing.T) {
	db, _ := busy(t)
	defer db.Close()
	err := db.bolt.Update(func(tx *bolt.Tx) error { return tx.Bucket([]byte(bucketMember)).Put(number(99), []byte("s1")) })
	if err != nil {
		t.Fatal(err)
	}
	db.write.Lock() // as a commit does
	defer db.write.Unlock()
	if err := db.Check(); err == nil {
		t.Error("Check() = nil of a store with an entry too many")
	}
}

// TestBackupReplacesFilesOnly: a device, a pipe, a socket or a folder stays what it is, whatever is said.
func TestBackupReplacesFilesOnly(t *testing.T) {
	db := openStore(t, t.TempDir())
	dir := t.TempDir()
	pipe, folder := filepath.Join(dir, "pipe"), filepath.Join(dir, "folder")
	if err := errors.Join(syscall.Mkfifo(pipe, 0o600), os.Mkdir(folder, 0o700)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, folder} {
		before, err := os.Lstat(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, force := range []bool{false, true} {
			_, err := WriteBackup(path, force, func(w io.Writer) error { return db.Backup(w, nil) })
			after, statErr := os.Lstat(path)
			if err == nil || errors.Is(err, fs.ErrExist) || statErr != nil || after.Mode() != before.Mode() {
				t.Errorf("WriteBackup(%s, %v) = %v; it is %v now, was %v", filepath.Base(path), force, err, after, before)
			}
		}
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) != 2 {
		t.Errorf("something was left beside them: %v, %v", list, err)
	}
}
