package store

import (
	"bytes"
	"errors"
	"sync"
	"testing"
)

func TestSecret(t *testing.T) {
	dir := t.TempDir()
	db, err := Open(dir, Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	before := db.Generation()
	var wait sync.WaitGroup
	secrets := make([][]byte, 8)
	for i := range secrets {
		wait.Go(func() {
			var err error
			if secrets[i], err = db.Secret(); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	for _, s := range secrets {
		if len(s) != secretSize || !bytes.Equal(s, secrets[0]) || bytes.Equal(s, make([]byte, secretSize)) {
			t.Fatalf("secrets %x and %x", s, secrets[0])
		}
	}
	if db.Generation() != before {
		t.Error("making a secret changed the generation")
	}
	if err := errors.Join(db.Check(), db.Close()); err != nil {
		t.Fatal(err)
	}
	db, err = Open(dir, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if again, err := db.Secret(); err != nil || !bytes.Equal(again, secrets[0]) {
		t.Errorf("reopened: %x, %v; want %x", again, err, secrets[0])
	}

	other := t.TempDir()
	if db, err = Open(other, Options{Create: true}); err != nil {
		t.Fatal(err)
	}
	db.Close()
	if db, err = Open(other, Options{ReadOnly: true}); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if s, err := db.Secret(); !errors.Is(err, ErrReadOnly) || s != nil {
		t.Errorf("a new secret of a store that is only read: %x, %v", s, err)
	}
}
