package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // time zones, where the system has none

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// app is what the commands share: the global flags and the standard streams.
type app struct {
	configPath string // --config; "": look in the usual places
	logLevel   string // --log-level
	logFormat  string // --log-format

	stdin          io.Reader
	stdout, stderr io.Writer
	log            *slog.Logger

	started bool // the command line was understood and its command runs
}

// run runs the command line args and returns the code to exit with.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	out := &output{w: stdout}
	a := &app{stdin: stdin, stdout: out, stderr: stderr, log: slog.New(slog.DiscardHandler)}
	root := newRootCommand(a)
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if err != nil && !a.started {
		err = usageError(err)
	}
	if err == nil && out.err != nil {
		err = fmt.Errorf("write the result: %w", out.err)
	}
	return exitCode(stderr, usageHint(err, cmd))
}

// output is a stream that remembers its first error, for writers that do not tell theirs.
type output struct {
	w   io.Writer
	err error // nil: all that was given is written
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.w.Write(p)
	if err != nil && o.err == nil {
		o.err = err
	}
	return n, err
}

// newRootCommand returns the command storyfold with all its commands.
func newRootCommand(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:                   "storyfold",
		DisableFlagsInUseLine: true,
		Short:                 "One feed, one entry per story",
		Long: `storyfold reads many sources (RSS, Atom and JSON feeds, and files), folds the
articles that report the same event into one story, and publishes the stories
as a feed for the reader you already have.`,
		Example: `  storyfold serve --config config.example.toml   # then open http://127.0.0.1:8080
  storyfold check --probe                        # is the config right, do its sources answer?
  storyfold group articles/*.txt                 # try the grouping, without any config`,
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: func(*cobra.Command, []string) error { return a.start() },
	}
	a.needCommand(root)
	root.SetFlagErrorFunc(flagError)
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	flags := root.PersistentFlags()
	flags.StringVar(&a.configPath, "config", "",
		"config `FILE` (default: $STORYFOLD_CONFIG, ./config.toml, /etc/storyfold/config.toml)")
	flags.StringVar(&a.logLevel, "log-level", "info", "least `LEVEL` to log: debug, info, warn or error")
	flags.StringVar(&a.logFormat, "log-format", "auto", "`FORMAT` of the log: text, json, or auto")
	a.completeGlobals(root)
	root.AddCommand(commands(a)...)
	a.ownBuiltins(root)
	return root
}

// start prepares what every command needs, once its command line is understood.
func (a *app) start() error {
	log, err := newLogger(a.stderr, a.logLevel, a.logFormat)
	if err != nil {
		return err
	}
	a.log, a.started = log, true
	return nil
}
