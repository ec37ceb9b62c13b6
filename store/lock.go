package store

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"syscall"
	"time"
)

// lockFile is the lock of a store's directory. It is taken before the store's
// file is looked at, so that two processes cannot both create one. The file
// stays when the lock is gone: removing it would let two hold it.
type lockFile struct {
	f *os.File // nil where a reader may not make the file: there is no writer then either
}

// lockRetry is how often a lock that is held is tried again.
const lockRetry = 20 * time.Millisecond

// acquire takes the lock at path, shared with other readers or alone. It waits at
// most timeout and then fails with ErrLocked, naming the process if it is known.
func acquire(path string, shared bool, timeout time.Duration) (*lockFile, error) {
	f, err := openLock(path, shared)
	if err != nil || f == nil {
		return &lockFile{}, err
	}
	how := syscall.LOCK_EX
	if shared {
		how = syscall.LOCK_SH
	}
	for until := time.Now().Add(timeout); ; time.Sleep(lockRetry) {
		err = syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
		if err == nil {
			break
		}
		busy := errors.Is(err, syscall.EWOULDBLOCK) || errors.Is(err, syscall.EINTR)
		if busy && time.Now().Before(until) {
			continue
		}
		if busy {
			err = heldBy(f)
		}
		return nil, errors.Join(err, f.Close())
	}
	if !shared {
		// For the message only: a lock without a number is as good.
		_ = f.Truncate(0)
		_, _ = f.WriteAt(fmt.Appendln(nil, os.Getpid()), 0)
	}
	return &lockFile{f}, nil
}

// openLock opens the lock file. For a reader on a file system that it cannot
// write to, where there is no such file, it returns nil.
func openLock(path string, shared bool) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err == nil || !shared {
		return f, err
	}
	f, err = os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return f, err
}

// heldBy returns ErrLocked with the number of the process that wrote f, if that one lives.
func heldBy(f *os.File) error {
	text, _ := io.ReadAll(io.NewSectionReader(f, 0, 32))
	pid, err := strconv.Atoi(string(bytes.TrimSpace(text)))
	if err != nil || pid <= 0 || errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return ErrLocked
	}
	return fmt.Errorf("%w (pid %d)", ErrLocked, pid)
}

// release gives the lock back.
func (l *lockFile) release() {
	if l.f != nil {
		_ = l.f.Close() // the kernel drops the lock with the descriptor
		l.f = nil
	}
}
