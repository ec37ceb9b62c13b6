package main

import "github.com/spf13/cobra"

// commands returns every command of storyfold, in the order of the help.
func commands(a *app) []*cobra.Command {
	return []*cobra.Command{
		newCheckCommand(a),
		newVersionCommand(a),
	}
}
