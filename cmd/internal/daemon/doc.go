// Package daemon joins the rooms: what the fetcher brings is grouped by the
// story package, committed to the store and served by feedgen.
//
// # Goroutines
//
// Run starts them all, on one screen, and returns when the last has ended:
//
//	fetcher   polls feeds and watches files; each result waits in Pipeline.Sink until it is committed
//	pipeline  groups and commits; the only writer of the store, the only user of the Grouper
//	public    the HTTP server of feeds and pages; reads the store in short transactions
//	admin     the HTTP server on the Unix socket in data_dir; commands of the same user
//	notify    tells systemd READY, RELOADING, STOPPING and, while the pipeline moves, WATCHDOG
//
// # Guarantees
//
// A result is committed whole or not at all, with its source's state. A crash
// loses at most what was not committed; its validators were not stored, so it is
// fetched again. At start the Grouper is restored from the store and no stored
// decision is taken again. A commit that fails drops its batch; fetching pauses,
// the Grouper is restored, serving goes on and Ready says why, until the store
// commits again.
//
// Stories are told (brief, revisions, aliases) in the commit of the batch that changed
// them. In a burst, when batch follows batch, each commits what was fetched and decided, and
// owes the stories; they are told, each once and all in one commit, when nothing more
// comes, when they are many, or after a minute. Until then readers see every story as
// it was, and none of those that opened. What is owed is a matter of the store: after a
// crash, or a batch that failed, Restore tells it from the stored decisions, as the process
// that took them would have, and then restores the Grouper. A refresh, an ingest,
// corrections and explanations, a backup, retention, another [group], and the end of the
// daemon begin by telling.
//
// On SIGTERM fetching ends first, what was fetched is committed, the servers
// drain for at most five seconds, and the store closes last. On SIGHUP the config
// is read again; a broken one is refused and the running one stays. Where [group]
// changed, the open stories are regrouped once, in one commit; so they are at a
// start with another [group] than the stored stories follow.
//
// A Desk takes the reader's corrections and explains the grouping. It works
// between two batches of the pipeline, or on a store that no daemon has open.
package daemon
