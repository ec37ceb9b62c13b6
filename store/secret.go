package store

import (
	"bytes"
	"crypto/rand"
	"fmt"
)

// keySecret is the key of bucket meta for what Secret returns.
var keySecret = []byte("secret")

// secretSize is how many bytes a secret has.
const secretSize = 32

// Secret returns 32 random bytes that nobody else knows, to sign with. They are
// made when they are first asked for, and copied with the store.
func (db *DB) Secret() ([]byte, error) {
	secret, err := db.readSecret()
	if err != nil || secret != nil {
		return secret, err
	}
	db.write.Lock()
	defer db.write.Unlock()
	made := make([]byte, secretSize)
	rand.Read(made) // never fails
	err = db.update(func(t tables) error {
		if t.meta.Get(keySecret) != nil { // somebody was quicker
			return nil
		}
		return t.meta.Put(keySecret, made)
	})
	if err != nil {
		return nil, fmt.Errorf("make the secret of %s: %w", db.path, err)
	}
	return db.readSecret()
}

// readSecret returns the stored secret, nil if there is none.
func (db *DB) readSecret() (secret []byte, err error) {
	err = db.view(func(t tables) error {
		secret = bytes.Clone(t.meta.Get(keySecret))
		if secret != nil && len(secret) != secretSize {
			return fmt.Errorf("%w: the secret in bucket meta has %d bytes, not %d", ErrDamaged, len(secret), secretSize)
		}
		return nil
	})
	return secret, err
}
