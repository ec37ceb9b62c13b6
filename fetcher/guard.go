package fetcher

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"syscall"

	"code.dny.dev/ssrf"
	"golang.org/x/net/idna"
)

// guardian knows the networks that are nobody's business from outside: loopback,
// private, link-local, shared, multicast, and the IPv6 forms of IPv4 addresses.
var guardian = ssrf.New(ssrf.WithAnyPort())

// refusePrivate refuses to connect to addresses of such networks. As a
// net.Dialer's Control it sees each address after the name was resolved, so that neither
// a redirect nor a name that changes its mind gets past it, and of a name with a public and
// a private address only the public one is reached.
func refusePrivate(network, address string, _ syscall.RawConn) error {
	if network != "tcp4" && network != "tcp6" {
		return &refusal{address: network, err: ssrf.ErrProhibitedNetwork}
	}
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return &refusal{address: cutRunes(address, 100), err: err}
	}
	return refuseAddr(at.Addr())
}

func refuseAddr(ip netip.Addr) error {
	to := ip.WithZone("")
	if ssrf.IPv6NAT64Prefix.Contains(to) { // how a network without IPv4 reaches it: what counts is where it leads
		b := to.As16()
		to = netip.AddrFrom4([4]byte(b[12:]))
	}
	if err := guardian.SafeAddr(to); err != nil {
		return &refusal{address: ip.String(), err: err}
	}
	return nil
}

// refuseLiteral is refusePrivate for what the name of a host itself shows. It is all
// that can be said where a proxy resolves the name. Addresses are
// recognised in every spelling that some resolver takes: 2130706433, 0x7f.1, 0177.0.0.1.
func refuseLiteral(host string) error {
	if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		host = ascii
	}
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return &refusal{address: host, err: ssrf.ErrProhibitedIP}
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		return refuseAddr(ip)
	}
	if ip, ok := looseIPv4(host); ok {
		return refuseAddr(ip)
	}
	return nil
}

// looseIPv4 reads the old spellings of an IPv4 address: one to four numbers, each decimal,
// octal (with a 0) or hexadecimal (with 0x), the last of which fills what is left.
func looseIPv4(s string) (netip.Addr, bool) {
	parts := strings.Split(s, ".")
	if len(parts) > 4 {
		return netip.Addr{}, false
	}
	var ip uint64
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 0, 64)
		if err != nil && len(part) > 1 && part[0] == '0' {
			n, err = strconv.ParseUint(strings.TrimLeft(part, "0"), 10, 64) // "0198" is nothing, but decimal to some
		}
		bytes := 1
		if i == len(parts)-1 {
			bytes = 5 - len(parts)
		}
		if err != nil || strings.ContainsAny(part, "_boBO+-") || n >= 1<<(8*bytes) {
			return netip.Addr{}, false
		}
		ip = ip<<(8*bytes) | n
	}
	return netip.AddrFrom4([4]byte{byte(ip >> 24), byte(ip >> 16), byte(ip >> 8), byte(ip)}), true
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
