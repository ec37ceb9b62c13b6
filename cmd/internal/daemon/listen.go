package daemon

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"github.com/coreos/go-systemd/v22/activation"
)

// Systemd is the listen address that stands for the socket systemd passes.
const Systemd = "systemd"

// listen opens the public listener.
func listen(address string) (net.Listener, error) {
	if address != Systemd {
		l, err := net.Listen("tcp", address)
		if op, ok := errors.AsType[*net.OpError](err); ok { // its own words name the address again
			err = op.Err
		}
		if err != nil {
			return nil, fmt.Errorf("listen on %s: %w", address, err)
		}
		return l, nil
	}
	passed, err := activation.Listeners()
	if err != nil {
		return nil, fmt.Errorf("take over the socket from systemd: %w", err)
	}
	if len(passed) != 1 || passed[0] == nil {
		return nil, fmt.Errorf(`listen = "systemd", but systemd passed %d sockets, not one: is storyfold.socket enabled and started?`, len(passed))
	}
	return passed[0], nil
}

// guarded returns an error if other machines reach the daemon, and c says
// neither who may log in nor that it is open. The listener may be an older
// config's, or systemd's.
func (d *daemon) guarded(c Config) error {
	if c.Open || !reachable(d.public) {
		return nil
	}
	return fmt.Errorf("listening on %s, which other machines reach: [access] of the config must have users, or open = true", d.public)
}

// reachable reports whether other machines reach a listener at addr.
func reachable(addr net.Addr) bool {
	tcp, ok := addr.(*net.TCPAddr)
	return ok && !tcp.IP.IsLoopback()
}

// listenAdmin opens the Unix socket for the commands of the same user. The store
// is locked, so that a socket file that is there already is a left-over.
func listenAdmin(dataDir string) (net.Listener, error) {
	path := socketPath(dataDir)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("admin socket: %w", err)
	}
	short, done, err := shortPath(path)
	if err != nil {
		return nil, fmt.Errorf("admin socket: %w", err)
	}
	defer done()
	l, err := net.Listen("unix", short)
	if err != nil {
		return nil, fmt.Errorf("admin socket: %w", err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("admin socket: %w", err), l.Close())
	}
	return unlinkingListener{l, path}, nil
}

// unlinkingListener removes its socket file when it closes.
type unlinkingListener struct {
	net.Listener
	path string
}

func (l unlinkingListener) Close() error {
	err := l.Listener.Close()
	if rm := os.Remove(l.path); rm != nil && !errors.Is(rm, os.ErrNotExist) {
		err = errors.Join(err, rm)
	}
	return err
}

// maxSocketPath is how long the path of a Unix socket may be on Linux.
const maxSocketPath = 107

// shortPath returns a name for path that fits into a socket address: a long one
// goes by way of its open directory. done must be called after use.
func shortPath(path string) (short string, done func(), err error) {
	if len(path) <= maxSocketPath {
		return path, func() {}, nil
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("/proc/self/fd/%d/%s", dir.Fd(), filepath.Base(path)), func() { dir.Close() }, nil
}
