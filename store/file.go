package store

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"
)

// version is the version of the format in doc.go that this code reads and writes, and
// owingVersion what a file says instead while it owes stories: a program that does not
// know of that must not open it.
const (
	version      = 2
	owingVersion = 3
)

// formatName marks a bbolt file as ours.
const formatName = "storyfold"

// create makes an empty store. It is written under another name and renamed
// when it is complete and on disk, so that an interruption leaves no half store.
// The caller holds the lock, so what is there under that name is a leftover.
func create(dir string, o Options) error {
	temp := filepath.Join(dir, tempName)
	if err := os.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	b, err := openBolt(temp, o)
	if err != nil {
		return err
	}
	if err := errors.Join(b.Update(initialise), b.Close()); err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	if err := os.Rename(temp, filepath.Join(dir, fileName)); err != nil {
		return err
	}
	if o.NoSync {
		return nil
	}
	return syncDir(dir)
}

// initialise writes the buckets and the meta keys of an empty store.
func initialise(tx *bolt.Tx) error {
	for _, name := range allNames {
		if _, err := tx.CreateBucket([]byte(name)); err != nil {
			return err
		}
	}
	var uuid [16]byte
	rand.Read(uuid[:])
	uuid[6] = uuid[6]&0x0f | 0x40 // RFC 9562: version 4, variant 10
	uuid[8] = uuid[8]&0x3f | 0x80
	meta := tx.Bucket([]byte(bucketMeta))
	return errors.Join(
		meta.Put(keyFormat, []byte(formatName)),
		meta.Put(keyVersion, binary.BigEndian.AppendUint32(nil, version)),
		meta.Put(keyUUID, uuid[:]),
		meta.Put(keyNext, number(1)),
		meta.Put(keyDecision, number(1)),
		meta.Put(keyAlias, number(1)),
		meta.Put(keyGeneration, number(1)),
	)
}

// syncDir makes a rename in dir last.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// inspect looks at the file at path without a way to change it, and refuses one
// that this code must not write to. It returns the file's version.
func inspect(path string, o Options) (uint32, error) {
	if err := inspectHeader(path); err != nil {
		return 0, err
	}
	o.ReadOnly = true
	b, err := openBolt(path, o)
	if err != nil {
		return 0, err
	}
	v, err := inspectVersion(b)
	return v, errors.Join(err, b.Close())
}

func inspectVersion(b *bolt.DB) (n uint32, err error) {
	defer guard(&err)()
	err = b.View(func(tx *bolt.Tx) error {
		meta := tx.Bucket([]byte(bucketMeta))
		if meta == nil || string(meta.Get(keyFormat)) != formatName {
			return ErrForeign
		}
		v := meta.Get(keyVersion)
		if len(v) != 4 || binary.BigEndian.Uint32(v) == 0 {
			return fmt.Errorf("%w: no version in bucket meta", ErrDamaged)
		}
		if n = binary.BigEndian.Uint32(v); n > owingVersion {
			return fmt.Errorf("%w: format %d, this one reads up to %d", ErrNewer, n, owingVersion)
		}
		n = min(n, version)
		names := allNames
		if n == 1 {
			names = bucketNames
		}
		for _, name := range names {
			if tx.Bucket([]byte(name)) == nil {
				return missing(name)
			}
		}
		return nil
	})
	return n, err
}

// The two meta pages at the start of a bbolt file, as far as they are needed
// here: a page header of 16 bytes, then these fields in the machine's byte order.
const (
	boltMagic     = 0xED0CDAED
	boltMetaStart = 16
	boltMetaSize  = 64
)

type boltMeta struct {
	magic    bool
	valid    bool   // the checksum is right
	pageSize uint32 // bytes
	pages    uint64 // in use, from the start of the file
	txid     uint64
}

// inspectHeader tells a bbolt file from a foreign one and finds one that is cut
// short: reading past the end of the file would be a fault in mapped memory.
func inspectHeader(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%w: not a regular file", ErrForeign)
	}
	first, err := readMeta(f, 0)
	if err != nil {
		return err
	}
	at := int64(os.Getpagesize())
	if first.valid {
		at = int64(first.pageSize)
	}
	second, err := readMeta(f, at)
	if err != nil {
		return err
	}
	last := first
	if !first.valid || second.valid && second.txid > first.txid {
		last = second
	}
	switch {
	case !first.magic && !second.magic && info.Size() > 0:
		return ErrForeign
	case !last.valid:
		return fmt.Errorf("%w: the file has no valid beginning", ErrDamaged)
	case last.pages > uint64(info.Size())/uint64(last.pageSize):
		return fmt.Errorf("%w: the file is cut short: %d bytes, of %d pages of %d bytes",
			ErrDamaged, info.Size(), last.pages, last.pageSize)
	}
	return nil
}

// readMeta reads the meta page that starts at the given byte. What is past the
// end of the file counts as zero.
func readMeta(f *os.File, at int64) (boltMeta, error) {
	var b [boltMetaSize]byte
	if _, err := f.ReadAt(b[:], at+boltMetaStart); err != nil && !errors.Is(err, io.EOF) {
		return boltMeta{}, err
	}
	sum := fnv.New64a()
	sum.Write(b[:56])
	e := binary.NativeEndian
	m := boltMeta{
		magic:    e.Uint32(b[0:]) == boltMagic,
		pageSize: e.Uint32(b[8:]),
		pages:    e.Uint64(b[40:]),
		txid:     e.Uint64(b[48:]),
	}
	m.valid = m.magic && e.Uint64(b[56:]) == sum.Sum64() && m.pageSize > 0
	return m, nil
}
