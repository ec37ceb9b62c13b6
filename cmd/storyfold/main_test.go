package main

import (
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"storyfold": main})
}

var update = flag.Bool("update", false, "write what the scripts print into their golden parts")

// TestScripts types what a user types.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
		Setup: func(e *testscript.Env) error {
			wd, err := os.Getwd()
			if err != nil {
				return err
			}
			e.Setenv("SRC", wd)
			e.Setenv("NO_COLOR", "1")
			return nil
		},
	})
}

// exits runs a command that must exit with a code: "exits 2 storyfold foo".
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code command [args...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	switch {
	case err == nil && want == 0:
	case errors.As(err, &exit) && exit.ExitCode() == want:
	default:
		ts.Fatalf("%q: %v, want exit code %d", args[1:], err, want)
	}
}

// TestFullDisk: what cannot be written is an error, whoever prints it.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "config.toml"), []byte("data_dir = 'data'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a.txt"), []byte("The mill is open\n\nThe mill of Orrin opened on Monday.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	config := "--config=" + filepath.Join(dir, "config.toml")
	for _, line := range [][]string{
		{"ingest", filepath.Join(dir, "a.txt"), config}, {"stories", config}, {"verify", config}, {"correct", "list", config},
		{"check", config}, {"check", "--probe", config}, {"version"}, {"--help"}, {"completion", "zsh"},
		{"group", filepath.Join(dir, "a.txt")},
	} {
		var stderr strings.Builder
		if code := run(t.Context(), line, nil, failing{}, &stderr); code != exitFailed || !strings.Contains(stderr.String(), "no space") {
			t.Errorf("%q: code %d, %q; want %d and the error of the output", line, code, stderr.String(), exitFailed)
		}
	}
}

// failing is an output on a full disk.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, syscall.ENOSPC }
