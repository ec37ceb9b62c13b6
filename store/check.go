package store

import (
	"errors"
	"fmt"
	"runtime/debug"

	bolt "go.etcd.io/bbolt"
)

// maxProblems is how many problems Check tells.
const maxProblems = 50

// Check walks the whole file: bbolt's own check of its pages, then every
// invariant of doc.go. It returns nil if all hold, else the first problems, at
// most 50, each in words. Nothing is stored meanwhile.
func (db *DB) Check() error {
	db.write.Lock()
	defer db.write.Unlock()
	if err := db.checkPages(); err != nil {
		return fmt.Errorf("check %s: %w", db.path, err)
	}
	return nil
}

// checkPages reads every key and value, and then has bbolt look at its pages.
// The order matters: bbolt checks in a goroutine of its own, where a fault in
// mapped memory could not be caught; reading all of it here comes upon it first.
func (db *DB) checkPages() (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	return db.view(func(t tables) error {
		var errs []error
		for err := range t.tx.Check() {
			if len(errs) < maxProblems {
				errs = append(errs, err)
			}
		}
		return errors.Join(errs...)
	})
}

var _ bolt.Tx
