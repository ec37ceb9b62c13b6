package daemon

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// backupStall is how long the reader of a backup may take none of it. A reader that
// stands still would keep the store from using room that became free.
const backupStall = time.Minute

// adminBackup sends a copy of the store's file, in which no story is owed, if commits
// go through.
func (d *daemon) adminBackup(w http.ResponseWriter, r *http.Request) {
	if d.pipeline.Ready() == nil {
		if err := d.pipeline.Settle(r.Context()); err != nil {
			answer(w, nil, err)
			return
		}
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	out := &deadlined{w: w, control: http.NewResponseController(w)}
	err := d.db.Backup(out, func(n int64) { w.Header().Set("Content-Length", strconv.FormatInt(n, 10)) })
	if err != nil && out.sent {
		d.Log.Error("the backup was not sent", "error", err)
		panic(http.ErrAbortHandler) // so that the other side knows
	}
	if err != nil {
		w.Header().Del("Content-Length")
		answer(w, nil, err)
	}
}

// deadlined is a response of which each part must be taken in time.
type deadlined struct {
	w       http.ResponseWriter
	control *http.ResponseController
	sent    bool
}

func (d *deadlined) Write(b []byte) (int, error) {
	if err := d.control.SetWriteDeadline(time.Now().Add(backupStall)); err != nil {
		return 0, err
	}
	d.sent = true
	return d.w.Write(b)
}

// Backup writes a copy of the daemon's store to w. progress hears how many bytes are
// there, of how many.
func (c *Client) Backup(ctx context.Context, w io.Writer, progress func(done, total int64)) error {
	res, err := c.send(ctx, "GET", "/backup", nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	done := int64(0)
	count := writer(func(b []byte) (int, error) {
		n, err := w.Write(b)
		done += int64(n)
		progress(done, res.ContentLength)
		return n, err
	})
	if _, err := io.Copy(count, res.Body); err != nil {
		return fmt.Errorf("copy from the daemon: %w", err)
	}
	return nil
}

// writer is a function as an io.Writer.
type writer func([]byte) (int, error)

// Write calls the function.
func (w writer) Write(b []byte) (int, error) { return w(b) }
