// Command storyfold reads many sources, folds the articles that report one
// event into one story, and publishes the stories as a feed.
//
// Each command has a file of its own; commands.go lists them. What they share:
//
//	main       the root command, the global flags, and what a run needs
//	errors     two lines for an error, what failed and what to do; exit codes
//	config     where the config is found, and what it says once checked
//	  document   the keys as they are written, and their defaults
//	  positions  where each key stands; unknown keys and wrong types
//	  schema     which keys there are, and which was meant
//	  check, sources, feeds  the values
//	log        for a terminal, for the journal, for a file
//	progress   bars on a terminal
//
// A config is read in three steps. scan walks the TOML tree and compares every
// key with the Go types of document, so that all mistakes are found at once,
// each at its place. The TOML decoder, which is strict, too, fills a document. A
// checker then turns the document into a config, and notes what is wrong with a value
// at the place that scan noted. A mistake in one step does not hide those of
// another, but where the document could not be decoded.
package main
