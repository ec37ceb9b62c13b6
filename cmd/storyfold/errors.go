package main

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Exit codes of the program.
const (
	exitFailed = 1 // what was asked for failed
	exitUsage  = 2 // what was asked for could not be understood
)

// hintError is an error that knows what to do about it.
type hintError struct {
	err  error
	hint string
}

func (e *hintError) Error() string { return e.err.Error() }
func (e *hintError) Unwrap() error { return e.err }

// withHint returns err with one line on what to do about it, which is printed
// below it. It returns nil if err is nil.
func withHint(err error, hint string) error {
	if err == nil {
		return nil
	}
	return &hintError{err, hint}
}

// errUsage marks errors of the command line itself.
type errUsage struct{ err error }

func (e *errUsage) Error() string { return e.err.Error() }
func (e *errUsage) Unwrap() error { return e.err }

// usageError marks err as a wrong command line: the program exits with 2. It
// returns nil if err is nil.
func usageError(err error) error {
	if err == nil {
		return nil
	}
	return &errUsage{err}
}

// errSilent ends a command that has said itself what failed.
var errSilent = errors.New("failed")

// exitCode prints err as a line that says what failed and one that says what
// to do, if that is known, and returns the code to exit with.
func exitCode(stderr io.Writer, err error) int {
	if err == nil {
		return 0
	}
	code := exitFailed
	var usage *errUsage
	if errors.As(err, &usage) {
		code = exitUsage
	}
	if errors.Is(err, errSilent) {
		return code
	}
	var broken *configError
	switch {
	case errors.As(err, &broken):
		fmt.Fprintln(stderr, broken.Error()) // its lines begin with the place, as a compiler's do
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "storyfold: interrupted")
	default:
		fmt.Fprintf(stderr, "storyfold: %v\n", err)
	}
	var hint *hintError
	if errors.As(err, &hint) {
		fmt.Fprintf(stderr, "hint: %s\n", hint.hint)
	}
	return code
}
