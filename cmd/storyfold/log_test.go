package main

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestJournalLines(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(newJournalHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}, false))
	log.Debug("looked", "time", "kept")
	log.With("source", "Harbour Post").WithGroup("fetch").Warn("slow\nanswer", "level", 3)
	log.Error("failed")
	log.Info("ready")
	want := `<7>msg=looked
<4>msg="slow\nanswer" source="Harbour Post" fetch.level=3
<3>msg=failed
<6>msg=ready
`
	if got := strings.Replace(out.String(), ` time=kept`, "", 1); got != want {
		t.Errorf("journal lines =\n%swant\n%s", got, want)
	}
	out.Reset()
	slog.New(newJournalHandler(&out, &slog.HandlerOptions{}, true)).Info("ready", "sources", 3)
	if want := `<6>{"msg":"ready","sources":3}` + "\n"; out.String() != want {
		t.Errorf("journal line = %q, want %q", out.String(), want)
	}
}

func TestLogger(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var s syscall.Stat_t
	if err := syscall.Fstat(int(file.Fd()), &s); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		stream, format, want string
	}{
		{fmt.Sprintf("%d:%d", s.Dev, s.Ino), "auto", "<6>msg=hello"},
		{fmt.Sprintf("%d:%d", s.Dev, s.Ino), "json", `<6>{"msg":"hello"`},
		{"8:1", "auto", "level=INFO msg=hello"}, // stderr was redirected away from the journal
		{"", "text", "level=INFO msg=hello"},
		{"", "json", `"level":"INFO","msg":"hello"`},
	}
	for _, test := range tests {
		t.Setenv("JOURNAL_STREAM", test.stream)
		if err := file.Truncate(0); err != nil {
			t.Fatal(err)
		}
		if _, err := file.Seek(0, 0); err != nil {
			t.Fatal(err)
		}
		log, err := newLogger(file, "info", test.format)
		if err != nil {
			t.Fatal(err)
		}
		log.Debug("not this")
		log.Info("hello")
		got, err := os.ReadFile(file.Name())
		if err != nil || !strings.Contains(string(got), test.want) || strings.Contains(string(got), "not this") {
			t.Errorf("JOURNAL_STREAM=%s, format %s: log = %q, %v, want %q in it", test.stream, test.format, got, err, test.want)
		}
	}
}

func TestAttributesOfTheCallerKeepTheirTime(t *testing.T) {
	var out bytes.Buffer
	slog.New(newJournalHandler(&out, &slog.HandlerOptions{}, false)).Info("stored", slog.Group("commit", "time", "12:00"))
	if want := "<6>msg=stored commit.time=12:00\n"; out.String() != want {
		t.Errorf("journal line = %q, want %q", out.String(), want)
	}
}
