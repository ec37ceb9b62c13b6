package main

import "github.com/spf13/cobra"

// commands returns every command of storyfold.
func commands(a *app) []*cobra.Command {
	return []*cobra.Command{
		newServeCommand(a),
		newCheckCommand(a),
		newGroupCommand(a),
		newIngestCommand(a),
		newRefreshCommand(a),
		newStoriesCommand(a),
		newExplainCommand(a),
		newCorrectCommand(a),
		newVerifyCommand(a),
		newBackupCommand(a),
		newCompactCommand(a),
		newOPMLCommand(a),
		newVersionCommand(a),
	}
}
