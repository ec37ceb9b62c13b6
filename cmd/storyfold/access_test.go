package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const publicHead = "listen = \"0.0.0.0:0\"\nbase_url = \"http://reader.example:8080\"\ndata_dir = \"data\"\n"

// as asks for path with a login and returns the status.
func (s *served) as(user, password, path string) int {
	s.t.Helper()
	req, err := http.NewRequest("GET", s.url+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if user != "" {
		req.SetBasicAuth(user, password)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	io.Copy(io.Discard, res.Body)
	res.Body.Close()
	return res.StatusCode
}

func TestPublicAddress(t *testing.T) {
	dir := t.TempDir()
	users := publicHead + "[access]\nusers = [\"" + annHash + "\"]\n"
	write(t, filepath.Join(dir, "config.toml"), users)
	s := serve(t, dir)
	if !strings.Contains(s.logged(), "passwords cross the network") {
		t.Error("the log does not warn of passwords without TLS")
	}
	for _, tt := range []struct {
		user, password, path string
		want                 int
	}{
		{"", "", "/", 401}, {"ann", "haven", "/", 401}, {"ann", "harbour", "/", 200}, {"ann", "harbour", "/metrics", 200},
		{"", "", "/metrics", 401}, {"", "", "/opml", 401}, {"", "", "/feed.atom", 200}, {"", "", "/healthz", 200},
	} {
		if got := s.as(tt.user, tt.password, tt.path); got != tt.want {
			t.Errorf("%s as %q with %q = %d, want %d", tt.path, tt.user, tt.password, got, tt.want)
		}
	}

	// The listener stays as it is over a reload; a config that would leave it
	// unguarded is refused, though it is right by itself.
	write(t, filepath.Join(dir, "config.toml"), head)
	s.cmd.Process.Signal(syscall.SIGHUP)
	s.waitLog("config was not reloaded")
	if !strings.Contains(s.logged(), "which other machines reach") || s.as("", "", "/") != 401 {
		t.Error("a reload took the guard away from a public listener")
	}
	write(t, filepath.Join(dir, "config.toml"), publicHead+"access.open = true\n")
	s.cmd.Process.Signal(syscall.SIGHUP)
	s.waitLog("config reloaded")
	if page, metrics := s.as("", "", "/"), s.as("", "", "/metrics"); page != 200 || metrics != 403 {
		t.Errorf("when open, a page = %d and /metrics = %d, want 200 and 403", page, metrics)
	}
}

// waitLog waits until the log holds text.
func (s *served) waitLog(text string) {
	s.t.Helper()
	for end := time.Now().Add(patience); !strings.Contains(s.logged(), text); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("the log does not say %q", text)
		}
	}
}

// A socket that systemd passes is judged by its own address.
func TestPassedSocket(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no sh to pass a socket by")
	}
	for _, tt := range []struct{ address, access, want string }{
		{"0.0.0.0:0", "", "which other machines reach: [access] of the config must have users, or open = true"},
		{"0.0.0.0:0", "access.open = true\n", "msg=ready"},
		{"127.0.0.1:0", "", "msg=ready"},
	} {
		t.Run(tt.address+" "+strings.TrimSpace(tt.access), func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "config.toml"), strings.Replace(head, "127.0.0.1:0", "systemd", 1)+tt.access)
			l, err := net.Listen("tcp", tt.address)
			if err != nil {
				t.Fatal(err)
			}
			file, err := l.(*net.TCPListener).File()
			if err != nil {
				t.Fatal(err)
			}
			l.Close()
			defer file.Close()
			if err := os.Symlink(os.Args[0], filepath.Join(dir, "storyfold")); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(sh, "-c", "LISTEN_FDS=1 LISTEN_PID=$$ exec ./storyfold serve --config config.toml")
			cmd.Dir, cmd.ExtraFiles = dir, []*os.File{file}
			if said := runUntil(t, cmd, tt.want); !strings.Contains(said, tt.want) {
				t.Errorf("want %q in\n%s", tt.want, said)
			}
		})
	}
}

// runUntil runs cmd until its stderr holds text or ends, and returns what it said.
func runUntil(t *testing.T, cmd *exec.Cmd, text string) string {
	t.Helper()
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer time.AfterFunc(patience, func() { cmd.Process.Kill() }).Stop()
	var said strings.Builder
	for lines := bufio.NewScanner(stderr); !strings.Contains(said.String(), text) && lines.Scan(); {
		fmt.Fprintln(&said, lines.Text())
	}
	cmd.Process.Kill()
	cmd.Wait()
	return said.String()
}

// What changes a feed is announced to the hub, soon, and nothing of a feed with a key.
func TestHubIsTold(t *testing.T) {
	told := make(chan string, 100)
	hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		told <- r.FormValue("hub.mode") + " " + r.FormValue("hub.url")
		w.WriteHeader(http.StatusAccepted)
	}))
	defer hub.Close()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "articles", "a.txt"), quarry[0])
	write(t, filepath.Join(dir, "config.toml"), head+"websub.hub = \""+hub.URL+"\"\nfetch.allow_private_networks = true\n"+
		"[[source]]\nname = \"files\"\nfiles = \"articles/*.txt\"\n[[feed]]\nname = \"mine\"\nkey = \"s3cret\"\n")
	s := serve(t, dir)
	s.eventually("the first article", func(e []entry) bool { return len(e) == 1 })
	write(t, filepath.Join(dir, "articles", "b.txt"), orchard)
	s.eventually("the second article", func(e []entry) bool { return len(e) == 2 })
	want := map[string]bool{}
	for _, ext := range []string{"atom", "json", "rss"} {
		want["publish http://127.0.0.1:8080/feed."+ext] = true
	}
	for end := time.After(patience); len(want) > 0; {
		select {
		case got := <-told:
			if strings.Contains(got, "mine") || strings.Contains(got, "s3cret") {
				t.Errorf("the hub was told %q", got)
			}
			delete(want, got)
		case <-end:
			t.Fatalf("the hub was not told %v", want)
		}
	}
}
