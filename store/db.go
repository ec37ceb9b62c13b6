package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"storyfold/story"
)

// Opening fails with one of these.
var (
	// ErrNoStore reports that there is no store and none was asked for.
	ErrNoStore = errors.New("no store")

	// ErrLocked reports that another process has the store open.
	ErrLocked = errors.New("locked by another process")

	// ErrNewer reports a store that a newer version made.
	ErrNewer = errors.New("made by a newer version")

	// ErrForeign reports a file that is no store of ours.
	ErrForeign = errors.New("not a storyfold store")
)

// Reading and writing fail with one of these, or with what the disk said.
var (
	// ErrDamaged reports contents that cannot be what was written.
	ErrDamaged = errors.New("damaged")

	// ErrInvalid reports a commit that contradicts itself or what is stored.
	// Nothing of it is stored.
	ErrInvalid = errors.New("invalid commit")

	// ErrReadOnly reports a change to a store that was opened for reading.
	ErrReadOnly = errors.New("opened for reading only")
)

// The files of a store, in its directory.
const (
	fileName = "storyfold.db"
	tempName = "storyfold.db.new" // while the store is being made
	lockName = "storyfold.lock"
)

// Options say how a store is opened. The zero value opens one that is there, for writing.
type Options struct {
	Create   bool // make the store, and its directory, if there is none
	ReadOnly bool // several may read at once, while nobody writes

	// Timeout is how long to wait for another process to leave; 0: 1 s.
	Timeout time.Duration

	// NoSync leaves out every wait for the disk: a power cut may then destroy
	// the store. For tests only.
	NoSync bool

	// InitialMmap is the address space in bytes that is set aside for the file;
	// 0: 1 GiB. A reader delays the writer only when the file outgrows it.
	InitialMmap int

	// Canonical gives the form of an address under which ByLink finds its
	// article, "" for none; nil: the address itself.
	Canonical func(address string) string

	// Damaged is told of an article whose record is damaged, and what stands in for it; nil:
	// nobody is.
	Damaged func(instead *story.Article, damage error)

	// Listed tells whether a source still lists a key of a removed article,
	// where that is known in other ways than by Known: a file that is there but is
	// not read again. nil: of no key.
	Listed func(story.Key) bool

	// Now tells when a key was last asked for; nil: time.Now.
	Now func() time.Time
}

// withDefaults returns o with every zero field filled in.
func (o Options) withDefaults() Options {
	if o.Timeout <= 0 {
		o.Timeout = time.Second
	}
	if o.InitialMmap <= 0 {
		o.InitialMmap = 1 << 30
	}
	if o.Canonical == nil {
		o.Canonical = func(address string) string { return address }
	}
	if o.Listed == nil {
		o.Listed = func(story.Key) bool { return false }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// DB is an open store. Its methods may be called from several goroutines; those
// that change it run one after the other.
type DB struct {
	path string
	opts Options
	bolt *bolt.DB
	lock *lockFile
	uuid [16]byte // as UUID; never written after Open

	from uint32 // the version of the file before Open

	write sync.Mutex // held by whoever changes the store, and while Check checks its pages

	next       atomic.Uint64 // as NextSeq; read anew after a commit that failed
	generation atomic.Uint64 // as Generation
	headers    headers       // stories that Newest gave
	asked      askedKeys     // what Known was asked for and no commit has stored yet
	sweep      []byte        // where Expire goes on among the keys of removed articles; guarded by write
}

// Open opens the store in dir. The error is or wraps ErrNoStore, ErrLocked,
// ErrNewer, ErrForeign or ErrDamaged where one of them fits; a file that is
// there is never overwritten. A store of an earlier version is converted, and
// its file kept beside it (see Kept).
func Open(dir string, o Options) (*DB, error) {
	o = o.withDefaults()
	path := filepath.Join(dir, fileName)
	db, err := open(dir, path, o)
	if errors.Is(err, errOlder) {
		db, err = openOlder(dir, path, o)
	}
	switch {
	case errors.Is(err, ErrNoStore):
		return nil, fmt.Errorf("%w at %s", ErrNoStore, path)
	case err != nil:
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	return db, nil
}

// errOlder reports a file of an earlier version to one who may only read.
var errOlder = errors.New("of an earlier version")

// openOlder opens a file of an earlier version for reading: it is converted first.
func openOlder(dir, path string, o Options) (*DB, error) {
	writer := o
	writer.ReadOnly = false
	db, err := open(dir, path, writer)
	if err == nil {
		err = db.Close()
	}
	if err != nil {
		return nil, err
	}
	return open(dir, path, o)
}

func open(dir, path string, o Options) (_ *DB, err error) {
	if err := prepare(dir, path, o); err != nil {
		return nil, err
	}
	lock, err := acquire(filepath.Join(dir, lockName), o.ReadOnly, o.Timeout)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			lock.release()
		}
	}()
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if !o.Create || o.ReadOnly {
			return nil, ErrNoStore
		}
		if err := create(dir, o); err != nil {
			return nil, fmt.Errorf("create: %w", err)
		}
	}
	if !o.ReadOnly {
		_ = os.Remove(filepath.Join(dir, tempName)) // what a copy that was broken off left
	}
	from, err := inspect(path, o)
	if err != nil {
		return nil, err
	}
	if from < version {
		if o.ReadOnly {
			return nil, errOlder
		}
		if err := convert(dir, from, o); err != nil {
			return nil, fmt.Errorf("convert from format %d: %w", from, err)
		}
	}
	b, err := openBolt(path, o)
	if err != nil {
		return nil, err
	}
	db := &DB{path: path, opts: o, bolt: b, lock: lock, from: from}
	err = db.view(func(t tables) error {
		copy(db.uuid[:], t.meta.Get(keyUUID))
		return db.load(t)
	})
	if err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return db, nil
}

// prepare makes the directory, where that is wanted. It reports a missing store
// before a lock file is made, so that asking leaves no trace.
func prepare(dir, path string, o Options) error {
	if o.Create && !o.ReadOnly {
		return os.MkdirAll(dir, 0o700)
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return ErrNoStore
	}
	return nil
}

// openBolt opens a bbolt file. The list of free pages is kept in the file:
// without it, opening a damaged file walks all pages in a goroutine of bbolt's
// own, where a panic ends the process.
func openBolt(path string, o Options) (b *bolt.DB, err error) {
	var file *os.File
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			// bbolt's mapping stays and would keep the lock.
			_ = syscall.Flock(int(file.Fd()), syscall.LOCK_UN)
			_ = file.Close()
			b, err = nil, fmt.Errorf("%w: %v", ErrDamaged, r)
		}
	}()
	b, err = bolt.Open(path, 0o600, &bolt.Options{
		Timeout:         o.Timeout,
		ReadOnly:        o.ReadOnly,
		NoSync:          o.NoSync,
		FreelistType:    bolt.FreelistMapType,
		InitialMmapSize: o.InitialMmap,
		OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
			f, err := os.OpenFile(name, flag, mode)
			file = f
			return f, err
		},
	})
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, ErrLocked
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrVersionMismatch), errors.Is(err, bolterrors.ErrChecksum):
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return b, err
}

// load reads the numbers that the DB keeps in memory and a commit changes.
func (db *DB) load(t tables) error {
	db.next.Store(t.number(keyNext))
	db.generation.Store(max(t.number(keyGeneration), db.generation.Load()))
	return nil
}

// Close closes the store; the last commit is on disk already. Iterators that
// are still in use end with an error.
func (db *DB) Close() error {
	db.write.Lock()
	defer db.write.Unlock()
	err := db.bolt.Close()
	db.lock.release()
	if err != nil {
		return fmt.Errorf("close store %s: %w", db.path, err)
	}
	return nil
}

// Kept returns where the file is that Open converted from an earlier version; ""
// if there was no need.
func (db *DB) Kept() string {
	if db.from == version {
		return ""
	}
	return filepath.Join(filepath.Dir(db.path), keptName(db.from))
}

// Path returns where the store's file is.
func (db *DB) Path() string { return db.path }

// UUID returns the store's own random number, made with it and copied with it.
func (db *DB) UUID() [16]byte { return db.uuid }

// NextSeq returns the sequence number of the next new article, from 1.
func (db *DB) NextSeq() uint64 { return db.next.Load() }

// Generation changes with every change of a story, and never goes back.
func (db *DB) Generation() uint64 { return db.generation.Load() }

// Probe tells whether the store can commit: it writes what is there already.
func (db *DB) Probe() error {
	db.write.Lock()
	defer db.write.Unlock()
	err := db.update(func(t tables) error { return t.meta.Put(keyFormat, []byte(formatName)) })
	if err != nil {
		return fmt.Errorf("write to %s: %w", db.path, err)
	}
	return nil
}

// view runs fn in a read transaction. Pages that make bbolt or a decoder panic
// come back as ErrDamaged.
func (db *DB) view(fn func(t tables) error) (err error) {
	defer guard(&err)()
	return db.bolt.View(func(tx *bolt.Tx) error {
		t, err := openTables(tx)
		if err != nil {
			return err
		}
		return fn(t)
	})
}

// viewBucket is view for what is in one bucket, viewBuckets for what is in a few. Opening all
// of them would cost more than reading a record does.
func (db *DB) viewBucket(name string, fn func(b *bolt.Bucket) error) error {
	return db.viewBuckets(fn, name)
}

func (db *DB) viewBuckets(fn func(b *bolt.Bucket) error, names ...string) (err error) {
	defer guard(&err)()
	return db.bolt.View(func(tx *bolt.Tx) error {
		for _, name := range names {
			b := tx.Bucket([]byte(name))
			if b == nil {
				return missing(name)
			}
			if err := fn(b); err != nil {
				return err
			}
		}
		return nil
	})
}

// update runs fn in the one write transaction. The caller holds db.write. After
// an error the numbers in memory are read again: when the disk fails at the very
// end of a commit, it may be in force nevertheless.
func (db *DB) update(fn func(t tables) error) error {
	if db.opts.ReadOnly {
		return ErrReadOnly
	}
	err := db.tryUpdate(fn)
	if err != nil {
		db.generation.Add(1)
	}
	return errors.Join(err, db.view(db.load))
}

func (db *DB) tryUpdate(fn func(t tables) error) (err error) {
	defer guard(&err)()
	return db.bolt.Update(func(tx *bolt.Tx) error {
		t, err := openTables(tx)
		if err != nil {
			return err
		}
		return fn(t)
	})
}

// guard turns a panic, and a fault in the mapped file, into an error. It is
// called at the start of a function, and what it returns is deferred.
func guard(err *error) func() {
	before := debug.SetPanicOnFault(true)
	return func() {
		debug.SetPanicOnFault(before)
		if r := recover(); r != nil {
			*err = fmt.Errorf("%w: %v", ErrDamaged, r)
		}
	}
}
