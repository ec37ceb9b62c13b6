package daemon

import (
	"context"
	"fmt"
	"strings"
	"time"

	sd "github.com/coreos/go-systemd/v22/daemon"
)

// notify tells systemd when the daemon is ready and when it stops, and feeds the
// watchdog while the pipeline moves. Without systemd it only waits.
func (d *daemon) notify(ctx context.Context, restored <-chan struct{}) error {
	select {
	case <-restored:
		notifyReady(d.status())
	case <-ctx.Done():
	}
	interval, err := sd.SdWatchdogEnabled(false)
	if err != nil || interval <= 0 {
		<-ctx.Done()
		sd.SdNotify(false, sd.SdNotifyStopping)
		return nil
	}
	tick := time.NewTicker(interval / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			sd.SdNotify(false, sd.SdNotifyStopping)
			return nil
		case <-tick.C:
			if age := d.pipeline.Age(); age < interval/2+beatEvery {
				sd.SdNotify(false, sd.SdNotifyWatchdog+"\nSTATUS="+d.status())
			} else {
				d.Log.Error("the pipeline does not move: the watchdog is not fed", "since", age.Round(time.Second))
			}
		}
	}
}

// Age returns how long ago the pipeline gave a sign of life.
func (p *Pipeline) Age() time.Duration { return time.Since(time.Unix(0, p.beat.Load())) }

// status says in a line what `systemctl status` shows.
func (d *daemon) status() string {
	if err := d.pipeline.Ready(); err != nil {
		return oneLine(err.Error())
	}
	s := d.db.Stats()
	return fmt.Sprintf("%d stories of %d articles, %d open", s.Stories, s.Articles, s.OpenStories)
}

func notifyReady(status string) {
	state := sd.SdNotifyReady
	if status != "" {
		state += "\nSTATUS=" + status
	}
	sd.SdNotify(false, state)
}

// notifyReloading says in one message that a reload began, and when: systemd
// wants both together.
func notifyReloading() {
	sd.SdNotify(false, sd.SdNotifyReloading+"\n"+sd.SdNotifyMonotonicUsec())
}

func oneLine(s string) string { return strings.ReplaceAll(s, "\n", "; ") }
