package main

import (
	"cmp"
	"strings"

	"github.com/spf13/cobra"
)

// completeGlobals adds completion for the values of the global flags.
func (a *app) completeGlobals(root *cobra.Command) {
	fixed := func(values ...cobra.Completion) cobra.CompletionFunc {
		return cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)
	}
	for flag, complete := range map[string]cobra.CompletionFunc{
		"config":     cobra.FixedCompletions([]cobra.Completion{"toml"}, cobra.ShellCompDirectiveFilterFileExt),
		"log-level":  fixed("debug", "info", "warn", "error"),
		"log-format": fixed("auto", "text", "json"),
	} {
		if err := root.RegisterFlagCompletionFunc(flag, complete); err != nil {
			panic("storyfold: " + err.Error()) // the flag does not exist: our own mistake
		}
	}
}

// completeSources completes the names of the sources of the config that are
// not yet among args; nothing where the config cannot be read.
func (a *app) completeSources(_ *cobra.Command, args []string, prefix string) ([]cobra.Completion, cobra.ShellCompDirective) {
	cfg, err := a.loadConfig()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	taken := map[string]bool{}
	for _, name := range args {
		taken[name] = true
	}
	var names []cobra.Completion
	for _, s := range cfg.Sources {
		if !taken[s.Name] && strings.HasPrefix(s.Name, prefix) {
			names = append(names, cobra.CompletionWithDesc(s.Name, cmp.Or(probeHost(&s), s.Files)))
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
