package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
)

func TestOpenWithoutAStore(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	_, err := Open(dir, Options{})
	want := "no store at " + filepath.Join(dir, fileName)
	if !errors.Is(err, ErrNoStore) || err.Error() != want {
		t.Errorf("Open = %v, want %q", err, want)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Errorf("Open without Create made %s", dir)
	}
	if db := openStore(t, dir); db.Path() != filepath.Join(dir, fileName) || db.NextSeq() != 1 {
		t.Errorf("Path() = %s, NextSeq() = %d", db.Path(), db.NextSeq())
	}
}

func TestSecondOpenerIsRefused(t *testing.T) {
	dir := t.TempDir()
	db := openStore(t, dir)
	for _, o := range []Options{{Timeout: time.Millisecond}, {Timeout: time.Millisecond, ReadOnly: true}} {
		_, err := Open(dir, o)
		if !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), fmt.Sprintf("(pid %d)", os.Getpid())) {
			t.Errorf("Open(%+v) beside another = %v, want ErrLocked with its pid", o, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	first := openWith(t, dir, Options{ReadOnly: true})
	second := openWith(t, dir, Options{ReadOnly: true})
	if _, err := Open(dir, Options{Timeout: time.Millisecond}); !errors.Is(err, ErrLocked) {
		t.Errorf("Open beside readers = %v, want ErrLocked", err)
	}
	for _, db := range []*DB{first, second} {
		if err := db.Commit(single(1, 1)); !errors.Is(err, ErrReadOnly) {
			t.Errorf("Commit by a reader = %v, want ErrReadOnly", err)
		}
	}
}

// What stands where a store should be is refused, and left byte by byte as it is.
func TestRefusedFilesStayAsTheyAre(t *testing.T) {
	boltFile := func(change func(tx *bolt.Tx) error) func(t *testing.T, path string) {
		return func(t *testing.T, path string) {
			b, err := bolt.Open(path, 0o600, nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(b.Update(change), b.Close()); err != nil {
				t.Fatal(err)
			}
		}
	}
	put := func(key, value []byte) func(t *testing.T, path string) {
		return boltFile(func(tx *bolt.Tx) error { return tx.Bucket([]byte(bucketMeta)).Put(key, value) })
	}
	cut := func(size int64) func(t *testing.T, path string) {
		return func(t *testing.T, path string) {
			if err := os.Truncate(path, size); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, test := range map[string]struct {
		change func(t *testing.T, path string)
		want   error
		text   string
	}{
		"newer version": {put(keyVersion, binary.BigEndian.AppendUint32(nil, 7)), ErrNewer, "format 7, this one reads up to 3"},
		"no version":    {put(keyVersion, nil), ErrDamaged, "no version"},
		"other bbolt file": {boltFile(func(tx *bolt.Tx) error {
			return tx.DeleteBucket([]byte(bucketMeta))
		}), ErrForeign, "not a storyfold store"},
		"missing bucket": {boltFile(func(tx *bolt.Tx) error {
			return tx.DeleteBucket([]byte(bucketUpdated))
		}), ErrDamaged, "bucket updated is missing"},
		"text file": {func(t *testing.T, path string) {
			if err := os.WriteFile(path, bytes.Repeat([]byte("Dear diary,\n"), 4000), 0o600); err != nil {
				t.Fatal(err)
			}
		}, ErrForeign, ""},
		"short text file": {func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, ErrForeign, ""},
		"empty file":        {cut(0), ErrDamaged, "no valid beginning"},
		"cut short":         {cut(3 * int64(os.Getpagesize())), ErrDamaged, "cut short"},
		"cut in the header": {cut(70), ErrDamaged, ""},
		"zeroed header": {func(t *testing.T, path string) {
			overwrite(t, path, 0, make([]byte, 2*os.Getpagesize()))
		}, ErrForeign, ""},
		"broken header": {func(t *testing.T, path string) {
			overwrite(t, path, 40, []byte("xxxx"))
			overwrite(t, path, int64(os.Getpagesize())+40, []byte("xxxx"))
		}, ErrDamaged, ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			db, err := Open(dir, Options{Create: true})
			if err != nil {
				t.Fatal(err)
			}
			commit(t, db, single(1, 30))
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, fileName)
			test.change(t, path)
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range []Options{{}, {Create: true}, {ReadOnly: true}} {
				if _, err := Open(dir, o); !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.text) {
					t.Errorf("Open(%+v) = %v, want %v: %s", o, err, test.want, test.text)
				}
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
				t.Errorf("the refused file was changed (%v)", err)
			}
		})
	}
}

// overwrite puts b at the given byte of a file.
func overwrite(t *testing.T, path string, at int64, b []byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt(b, at)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

// One torn header page is what a power cut may leave; bbolt has two.
func TestOneBrokenHeaderIsSurvived(t *testing.T) {
	dir := t.TempDir()
	db := openStore(t, dir)
	commit(t, db, single(1, 1))
	commit(t, db, single(2, 2))
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	last := int64(lastMeta(t, db.Path()).txid % 2)
	overwrite(t, db.Path(), last*int64(os.Getpagesize())+40, []byte("torn"))
	db = openStore(t, dir)
	if got := db.NextSeq(); got != 2 {
		t.Errorf("NextSeq() = %d, want 2: the state before the torn commit", got)
	}
}

// lastMeta reads the later one of a file's two meta pages.
func lastMeta(t *testing.T, path string) (last boltMeta) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for page := range int64(2) {
		m, err := readMeta(f, page*int64(os.Getpagesize()))
		if err != nil || !m.valid {
			t.Fatalf("readMeta(%d) = %+v, %v", page, m, err)
		}
		if m.txid >= last.txid {
			last = m
		}
	}
	return last
}

func TestInterruptedCreationIsForgotten(t *testing.T) {
	dir := t.TempDir()
	for _, content := range []string{"", "half a page", strings.Repeat("\x00", 9000)} {
		temp := filepath.Join(dir, tempName)
		if err := os.WriteFile(temp, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir, Options{}); !errors.Is(err, ErrNoStore) {
			t.Errorf("Open after an interrupted creation = %v, want ErrNoStore", err)
		}
		db := openStore(t, dir)
		commit(t, db, single(1, 1))
		if _, err := os.Stat(temp); err == nil {
			t.Errorf("%s is still there", temp)
		}
		if err := errors.Join(db.Close(), os.Remove(db.Path())); err != nil {
			t.Fatal(err)
		}
	}
	openStore(t, dir)
}

// Pages that were overwritten are reported by whatever reads them, never with a panic.
func TestDamagedPagesAreReported(t *testing.T) {
	dir := t.TempDir()
	db, err := Open(dir, Options{Create: true, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	commit(t, db, single(1, 100))
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(db.Path())
	if err != nil {
		t.Fatal(err)
	}
	size := os.Getpagesize()
	whole = whole[:lastMeta(t, db.Path()).pages*uint64(size)]
	found := 0
	for page := 2; page < len(whole)/size; page++ {
		broken := bytes.Clone(whole)
		for i := range 64 {
			broken[page*size+8+i*7] ^= 0x55
		}
		if err := os.WriteFile(db.Path(), broken, 0o600); err != nil {
			t.Fatal(err)
		}
		if damaged(t, dir, page) {
			found++
		}
		if after, err := os.ReadFile(db.Path()); err != nil || !bytes.Equal(broken, after) {
			t.Fatalf("page %d: the damaged file was changed (%v)", page, err)
		}
		writeDamaged(t, dir, page)
	}
	if found < 10 {
		t.Errorf("damage was found on %d pages only", found)
	}
	if err := os.WriteFile(db.Path(), whole, 0o600); err != nil {
		t.Fatal(err)
	}
	check(t, dir)
}

// damaged tells whether anything in the store reports damage. Everything else fails the test.
func damaged(t *testing.T, dir string, page int) bool {
	t.Helper()
	db, err := Open(dir, Options{ReadOnly: true})
	if err != nil {
		if !errors.Is(err, ErrDamaged) {
			t.Errorf("page %d: Open = %v, want ErrDamaged", page, err)
		}
		return true
	}
	defer db.Close()
	errs := []error{db.Check()}
	for _, err := range db.Newest() {
		errs = append(errs, err)
	}
	for _, err := range db.Decisions(0) {
		errs = append(errs, err)
	}
	for seq := uint64(1); seq <= 100; seq++ {
		_, err := db.Article(seq)
		errs = append(errs, err)
	}
	for _, err := range errs[1:] {
		if err != nil && errs[0] == nil {
			t.Errorf("page %d: Check finds nothing, but reading says %v", page, err)
		}
	}
	return errs[0] != nil
}

// writeDamaged fails the test if changes to a damaged store do anything but work
// or report damage.
func writeDamaged(t *testing.T, dir string, page int) {
	t.Helper()
	db, err := Open(dir, Options{NoSync: true})
	if errors.Is(err, ErrDamaged) {
		return
	} else if err != nil {
		t.Fatalf("page %d: Open = %v", page, err)
	}
	defer db.Close()
	for range 3 {
		if err := db.Commit(step(db.NextSeq())); err != nil && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrInvalid) {
			t.Errorf("page %d: Commit = %v", page, err)
		}
		if _, err := db.Expire(at(1 << 20)); err != nil && !errors.Is(err, ErrDamaged) {
			t.Errorf("page %d: Expire = %v", page, err)
		}
	}
}

// What the store keeps in memory is read by those who serve while commits go on:
// the race detector watches.
func TestNumbersAreReadDuringCommits(t *testing.T) {
	db := openStore(t, t.TempDir())
	commit(t, db, single(1, 3))
	uuid := db.UUID()
	done := make(chan error, 1)
	go func() {
		for range 20 {
			if err := db.Probe(); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for {
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			return
		default:
		}
		if db.UUID() != uuid || db.NextSeq() != 4 || db.NextConstraint() != 1 {
			t.Fatalf("UUID() = %x, NextSeq() = %d, NextConstraint() = %d, want %x, 4, 1",
				db.UUID(), db.NextSeq(), db.NextConstraint(), uuid)
		}
		_, _ = db.Generation(), db.Stats()
	}
}
