package fetcher

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"storyfold/story"
)

// insideSpellings are addresses of the machine itself and of its networks.
var insideSpellings = []string{
	"http://127.0.0.1/", "http://127.1/", "http://0177.0.0.1/", "http://0x7f.0.0.1/", "http://0x7f000001/", "http://2130706433/",
	"http://017700000001/", "http://localhost/", "http://LOCALHOST./", "http://a.localhost/", "http://0/", "http://0.0.0.0/",
	"http://[::1]/", "http://[::]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[64:ff9b::7f00:1]/",
	"http://[2002:7f00:1::]/", "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/", "http://[fe80::1%25eth0]/", "http://[fd12::1]/",
	"http://169.254.169.254/latest/meta-data/", "http://10.0.0.1:8080/", "http://3232235777/", "http://１２７.０.０.１/", "http://127。0。0。1/",
}

func TestGuard(t *testing.T) {
	for _, c := range []struct {
		ip      string
		refused bool
	}{
		{"127.0.0.1", true}, {"127.9.9.9", true}, {"10.1.2.3", true}, {"172.16.0.1", true}, {"172.31.255.255", true}, {"192.168.1.1", true},
		{"169.254.169.254", true}, {"100.64.0.1", true}, {"100.127.255.255", true}, {"0.0.0.0", true}, {"0.1.2.3", true}, {"192.0.0.8", true},
		{"198.18.0.1", true}, {"224.0.0.1", true}, {"239.255.255.250", true}, {"240.0.0.1", true}, {"255.255.255.255", true},
		{"::1", true}, {"::", true}, {"::ffff:10.0.0.1", true}, {"::127.0.0.1", true}, {"fc00::1", true}, {"fd00::1", true}, {"fe80::1", true},
		{"fec0::1", true}, {"ff02::1", true}, {"100::1", true},
		{"64:ff9b::7f00:1", true}, {"64:ff9b::a00:1", true}, {"64:ff9b::a9fe:a9fe", true}, {"64:ff9b:1::808:808", true}, // NAT64
		{"2002:7f00:1::", true}, {"2002:c0a8:101::1", true}, {"2002:808:808::1", true}, // 6to4
		{"2001:0:4136:e378:8000:63bf:3fff:fdd2", true}, // Teredo
		{"2001:db8::1", true},
		{"8.8.8.8", false}, {"172.32.0.1", false}, {"100.128.0.1", false}, {"2606:4700::1111", false}, {"64:ff9b::808:808", false},
	} {
		ip := netip.MustParseAddr(c.ip)
		network := map[bool]string{true: "tcp4", false: "tcp6"}[ip.Is4()]
		err := refusePrivate(network, netip.AddrPortFrom(ip, 8080).String(), nil)
		if errors.Is(err, ErrRefused) != c.refused {
			t.Errorf("refusePrivate(%s) = %v, want refused: %v", c.ip, err, c.refused)
		}
		if err != nil && !strings.Contains(err.Error(), "private = true") {
			t.Errorf("refusePrivate(%s) = %v, which does not say what to do", c.ip, err)
		}
	}
	for _, c := range [][2]string{{"unix", "/run/docker.sock"}, {"udp4", "8.8.8.8:53"}, {"tcp4", "8.8.8.8"}} {
		if err := refusePrivate(c[0], c[1], nil); !errors.Is(err, ErrRefused) {
			t.Errorf("refusePrivate(%s, %s) = %v, want it refused", c[0], c[1], err)
		}
	}
}

func TestRefuseLiteral(t *testing.T) {
	for _, host := range []string{"example.org", "8.8.8.8", "134744072", "0x08080808", "2606:4700::1111", "1.2.3.4.5", "256.1", "127.org", "a.127", "0b1", "1_2", "4294967296"} {
		if err := refuseLiteral(host); err != nil {
			t.Errorf("refuseLiteral(%s) = %v, want it to pass", host, err)
		}
	}
}

// TestInside configures addresses of the machine's own networks, and redirects to them.
func TestInside(t *testing.T) {
	f := newFetcher(t, func(o *Options) { o.AllowPrivateNetworks = false })
	var target string
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, target, http.StatusFound) })
	for _, target = range insideSpellings {
		if r := fetch(t, f, target, story.SourceState{}); !errors.Is(r.Err, ErrRefused) {
			t.Errorf("%s: %v, want it refused", target, r.Err)
		}
		src := story.Source{Name: "s", Feed: s.URL, Private: true} // its own host, and nothing beyond
		if r := f.Fetch(t.Context(), src, story.SourceState{}); !errors.Is(r.Err, ErrRefused) {
			t.Errorf("redirect to %s: %v, want it refused", target, r.Err)
		}
	}
	for _, target = range []string{"file:///etc/passwd", "gopher://8.8.8.8/_x", "ftp://8.8.8.8/", "unix:/run/docker.sock", "javascript:alert(1)", "data:text/xml,<rss/>"} {
		if r := fetch(t, newFetcher(t), s.URL, story.SourceState{}); !errors.Is(r.Err, ErrRefused) {
			t.Errorf("redirect to %s: %v, want it refused", target, r.Err)
		}
		if r := fetch(t, newFetcher(t), target, story.SourceState{}); r.Err == nil || !strings.Contains(r.Err.Error(), "http or https") {
			t.Errorf("%s: %v, want it refused", target, r.Err)
		}
	}
}

// TestRebinding asks a name server that gives each answer of a list in turn.
func TestRebinding(t *testing.T) {
	listener := serve(t, func(w http.ResponseWriter, r *http.Request) { t.Error("a private address was reached") })
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(listener.URL, "http://"))
	resolver := nameServer(t, [][4]byte{{8, 8, 8, 8}}, [][4]byte{{127, 0, 0, 1}}, [][4]byte{{8, 8, 4, 4}, {127, 0, 0, 1}, {10, 0, 0, 1}})
	var mu sync.Mutex
	var passed []string
	dialer := &net.Dialer{Resolver: resolver, Control: func(network, address string, c syscall.RawConn) error {
		if err := refusePrivate(network, address, c); err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		passed = append(passed, address)
		return errors.New("nothing is sent in a test")
	}}
	f := newFetcher(t, func(o *Options) { o.AllowPrivateNetworks = false })
	f.client.guarded = newTransport(f.options(), dialer, nil)
	for n, want := range []string{"8.8.8.8:" + port, "", "8.8.4.4:" + port} {
		passed = nil
		r := fetch(t, f, "http://rebind.example:"+port+"/", story.SourceState{})
		if r.Err == nil || want == "" && !errors.Is(r.Err, ErrRefused) {
			t.Errorf("look %d: %v", n+1, r.Err)
		}
		mu.Lock()
		if got := strings.Join(slices.Compact(passed), " "); got != want {
			t.Errorf("look %d: connected to %q, want %q", n+1, got, want)
		}
		mu.Unlock()
	}
}

// nameServer returns a resolver whose nth question for an address (the last of
// them from then on) has the nth list as its answer.
func nameServer(t *testing.T, answers ...[][4]byte) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		buf := make([]byte, 1500)
		for asked := 0; ; {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			m.Response, m.Additionals = true, nil
			if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
				for _, a := range answers[min(asked, len(answers)-1)] {
					m.Answers = append(m.Answers, dnsmessage.Resource{
						Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, Type: q.Type},
						Body:   &dnsmessage.AResource{A: a},
					})
				}
				asked++
			}
			if out, err := m.Pack(); err == nil {
				conn.WriteTo(out, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp4", conn.LocalAddr().String())
	}}
}
