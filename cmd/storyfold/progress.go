package main

import (
	"time"

	"github.com/schollz/progressbar/v3"
)

// progress is a bar on a terminal for work that takes a while; elsewhere it is
// silent. Its methods may be called from several goroutines.
type progress struct {
	bar *progressbar.ProgressBar // nil: silent
}

// progressBytes starts a bar on stderr for what, which counts bytes; end it with done.
func (a *app) progressBytes(what string) *progress {
	return a.newProgress(what, progressbar.OptionShowBytes(true))
}

// progressCount starts a bar on stderr for what, which counts things; end it with done.
func (a *app) progressCount(what string) *progress {
	return a.newProgress(what, progressbar.OptionShowCount())
}

func (a *app) newProgress(what string, option progressbar.Option) *progress {
	if !isTerminal(a.stderr) {
		return &progress{}
	}
	return &progress{progressbar.NewOptions64(-1, option,
		progressbar.OptionSetWriter(a.stderr), progressbar.OptionSetDescription(what), progressbar.OptionSetWidth(24),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())}
}

// set shows that done of total are done; total is -1 while it is unknown.
func (p *progress) set(done, total int64) {
	if p.bar == nil {
		return
	}
	if total > 0 {
		if total != p.bar.GetMax64() {
			p.bar.ChangeMax64(total)
		}
		done = min(done, total-1) // the last step is for the method done: total may still grow
	}
	_ = p.bar.Set64(done) // a bar that cannot be drawn is no error
}

// count is set for things that are counted in an int.
func (p *progress) count(done, total int) { p.set(int64(done), int64(total)) }

// done takes the bar off the terminal.
func (p *progress) done() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
