package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/lmittmann/tint"
	"golang.org/x/term"
)

// newLogger returns the program's log: coloured on a terminal; under systemd
// with the journal's priorities and without the time, which the journal has
// itself; plain lines with a time elsewhere. An unknown level or format is a
// usage error.
func newLogger(w io.Writer, level, format string) (*slog.Logger, error) {
	var least slog.Level
	if err := least.UnmarshalText([]byte(level)); err != nil {
		return nil, usageError(fmt.Errorf("log level %q is none of debug, info, warn, error", level))
	}
	options := &slog.HandlerOptions{Level: least}
	switch format {
	case "auto":
		if isTerminal(w) {
			return slog.New(tint.NewTextHandler(w, &tint.Options{
				Level: least, TimeFormat: time.TimeOnly, NoColor: os.Getenv("NO_COLOR") != "",
			})), nil
		}
	case "text", "json":
	default:
		return nil, usageError(fmt.Errorf("log format %q is none of auto, text, json", format))
	}
	if isJournal(w, os.Getenv("JOURNAL_STREAM")) {
		return slog.New(newJournalHandler(w, options, format == "json")), nil
	}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, options)), nil
	}
	return slog.New(slog.NewTextHandler(w, options)), nil
}

// isTerminal reports whether w is a terminal.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// isJournal reports whether w leads to the journal: systemd names the device
// and inode of that stream, so that a redirected one is not mistaken for it.
func isJournal(w io.Writer, stream string) bool {
	f, ok := w.(*os.File)
	if !ok || stream == "" {
		return false
	}
	var s syscall.Stat_t
	if err := syscall.Fstat(int(f.Fd()), &s); err != nil {
		return false
	}
	return stream == fmt.Sprintf("%d:%d", s.Dev, s.Ino)
}

// journalHandler writes lines that begin with "<N>", the syslog priority that
// the journal files them under.
type journalHandler struct {
	slog.Handler
	line *journalLine
}

// journalLine is what a journalHandler and its children write one line with.
type journalLine struct {
	mu  sync.Mutex
	buf bytes.Buffer
	w   io.Writer
}

func newJournalHandler(w io.Writer, o *slog.HandlerOptions, json bool) *journalHandler {
	line := &journalLine{w: w}
	inner := &slog.HandlerOptions{Level: o.Level, ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey) {
			return slog.Attr{} // the journal has both itself
		}
		return a
	}}
	if json {
		return &journalHandler{slog.NewJSONHandler(&line.buf, inner), line}
	}
	return &journalHandler{slog.NewTextHandler(&line.buf, inner), line}
}

// Handle writes r as one line.
func (h *journalHandler) Handle(ctx context.Context, r slog.Record) error {
	h.line.mu.Lock()
	defer h.line.mu.Unlock()
	h.line.buf.Reset()
	fmt.Fprintf(&h.line.buf, "<%d>", priority(r.Level))
	if err := h.Handler.Handle(ctx, r); err != nil {
		return err
	}
	_, err := h.line.w.Write(h.line.buf.Bytes())
	return err
}

// WithAttrs returns a handler that adds attrs to each line.
func (h *journalHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &journalHandler{h.Handler.WithAttrs(attrs), h.line}
}

// WithGroup returns a handler that puts what follows into a group.
func (h *journalHandler) WithGroup(name string) slog.Handler {
	return &journalHandler{h.Handler.WithGroup(name), h.line}
}

// priority returns the syslog priority of a level.
func priority(l slog.Level) int {
	switch {
	case l >= slog.LevelError:
		return 3
	case l >= slog.LevelWarn:
		return 4
	case l >= slog.LevelInfo:
		return 6
	}
	return 7
}
