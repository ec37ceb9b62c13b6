package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// needCommand has cmd, which does nothing itself, refuse a line without one of its
// commands: with its help if there is no word, else with the nearest one.
func (a *app) needCommand(cmd *cobra.Command) {
	cmd.Args = func(_ *cobra.Command, args []string) error { return unknownCommand(cmd, args) }
	cmd.RunE = func(*cobra.Command, []string) error {
		cmd.SetOut(a.stderr)
		_ = cmd.Help()
		return usageError(errSilent)
	}
}

// ownBuiltins makes the commands that cobra adds, help and completion, refuse what they do not know, as
// all others do. PowerShell is left out: there is no storyfold for Windows.
func (a *app) ownBuiltins(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		switch c.Name() {
		case "help":
			c.Args = func(_ *cobra.Command, args []string) error {
				at, rest, err := root.Find(args)
				if err == nil && len(rest) > 0 {
					err = unknownCommand(at, rest)
				}
				return err
			}
		case "completion":
			for _, shell := range c.Commands() {
				if shell.Name() == "powershell" {
					c.RemoveCommand(shell)
				}
			}
			a.needCommand(c)
		}
	}
}

// pathOf returns the words that lead to cmd, without the program's name: "correct same".
func pathOf(cmd *cobra.Command) string {
	return strings.TrimSpace(strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()))
}

// unknownCommand is the error for words that name no command of cmd; nil if there are none.
func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range cmd.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	word := strings.TrimSpace(pathOf(cmd) + " " + args[0])
	if near := nearest(args[0], names); near != "" {
		return fmt.Errorf("unknown command %q; did you mean %q?", word, near)
	}
	return fmt.Errorf("unknown command %q", word)
}

// noArgs refuses arguments to a command that takes none.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%s takes no arguments, but got %q", pathOf(cmd), args[0])
	}
	return nil
}

// someArgs refuses less than least and more than most arguments, which are said to be needed as what.
func someArgs(least, most int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return fmt.Errorf("%s needs %s", pathOf(cmd), what)
		case len(args) > most:
			return fmt.Errorf("%s takes %s, and no more than that, but got %q", pathOf(cmd), what, args[most])
		}
		return nil
	}
}

// flagError leaves out of err which function could not read the value of a flag.
func flagError(_ *cobra.Command, err error) error {
	if text, _, found := strings.Cut(err.Error(), ": strconv."); found {
		return errors.New(text)
	}
	return err
}

// usageHint gives err, if the line for cmd was wrong, the hint to look at the command's help, unless it has a better one.
func usageHint(err error, cmd *cobra.Command) error {
	var usage *errUsage
	var hint *hintError
	if !errors.As(err, &usage) || errors.As(err, &hint) {
		return err
	}
	return withHint(err, "see "+cmd.CommandPath()+" --help")
}
