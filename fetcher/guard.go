package fetcher

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"

	"code.dny.dev/ssrf"
)

// guardian knows the networks that are nobody's business from outside: loopback,
// private, link-local, shared, multicast, and the IPv6 forms of IPv4 addresses.
var guardian = ssrf.New(ssrf.WithAnyPort())

// refusePrivate refuses to connect to addresses of such networks. As a
// net.Dialer's Control it sees each address after the name was resolved, so that neither
// a redirect nor a name that changes its mind gets past it.
func refusePrivate(network, address string, c syscall.RawConn) error {
	if err := guardian.Safe(network, address, c); err != nil {
		host, _, _ := net.SplitHostPort(address)
		return &refusal{address: host, err: err}
	}
	return nil
}

// refuseLiteral is refusePrivate for a host that a proxy will resolve: only what
// the name itself shows can be refused.
func refuseLiteral(host string) error {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return &refusal{address: host, err: ssrf.ErrProhibitedIP}
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return nil
	}
	if err := guardian.SafeAddr(ip); err != nil {
		return &refusal{address: host, err: err}
	}
	return nil
}

// refusal is ErrRefused with the address that was refused.
type refusal struct {
	address string
	err     error
}

func (r *refusal) Error() string {
	return fmt.Sprintf("%s: the address leads into a private network (%s); set private = true at the source, "+
		"or allow_private_networks, if that is meant", ErrRefused, r.address)
}

func (r *refusal) Unwrap() []error { return []error{ErrRefused, r.err} }

// asRefusal returns the refusal in err, or nil.
func asRefusal(err error) error {
	var r *refusal
	if errors.As(err, &r) {
		return r
	}
	return nil
}
