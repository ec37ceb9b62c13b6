package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// patience is how long one page may take.
const patience = time.Minute

// widths are those of a phone and of a desk, in CSS pixels.
var widths = []int64{400, 1200}

// otherHost is what the browser knows this machine as, too: a name like that of
// another machine, for which browsers have stricter rules.
const otherHost = "news.example"

// axeSource returns the program of axe-core, or skips the test where it or the
// browser is missing.
func axeSource(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		t.Skip("skipped: chromium is missing (Debian's package chromium)")
	}
	path := os.Getenv("STORYFOLD_AXE")
	if path == "" {
		t.Skip("skipped: STORYFOLD_AXE does not name axe.min.js (npm install axe-core@4)")
	}
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("STORYFOLD_AXE: %v", err)
	}
	return string(source)
}

// startBrowser returns a context with a browser in it.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	dir, err := os.MkdirTemp("", "storyfold-browser")
	if err != nil {
		t.Fatal(err)
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath("chromium"), chromedp.UserDataDir(dir),
		chromedp.NoSandbox, // the pages are ours, and root has no other way
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("no-proxy-server", true),
		chromedp.Flag("host-resolver-rules", "MAP "+otherHost+" 127.0.0.1"))
	ctx, end := chromedp.NewExecAllocator(t.Context(), options...)
	ctx, endBrowser := chromedp.NewContext(ctx)
	t.Cleanup(func() {
		chromedp.Cancel(ctx)
		endBrowser()
		end()
		os.RemoveAll(dir)
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("chromium does not start: %v", err)
	}
	return ctx
}

// tab is a browser's tab, and what was written to its console.
type tab struct {
	context.Context
	t *testing.T

	mu       sync.Mutex // guards messages
	messages []string
}

// openTab opens a tab of the given width, in dark or light.
func openTab(t *testing.T, browser context.Context, width int64, scheme string) *tab {
	t.Helper()
	ctx, end := chromedp.NewContext(browser)
	t.Cleanup(end)
	b := &tab{Context: ctx, t: t}
	err := chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventConsoleAPICalled:
			b.note(fmt.Sprintf("console.%s: %s", e.Type, arguments(e.Args)))
		case *runtime.EventExceptionThrown:
			b.note("exception: " + e.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			b.note(fmt.Sprintf("%s: %s %s", e.Entry.Level, e.Entry.Text, e.Entry.URL))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: width, Height: 900, DeviceScaleFactor: 1, Mobile: width < 600,
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func arguments(args []*runtime.RemoteObject) string {
	var parts []string
	for _, a := range args {
		parts = append(parts, string(a.Value)+a.Description)
	}
	return strings.Join(parts, " ")
}

func (b *tab) note(message string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.messages = append(b.messages, message)
}

// do runs actions one after the other; one that fails ends the test.
func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	run(b, chromedp.Steps(actions...))
}

// run runs an action and returns what it found; an action that fails ends the test.
func run[T any](b *tab, action chromedp.Action[T]) T {
	b.t.Helper()
	ctx, end := context.WithTimeout(b.Context, patience)
	defer end()
	v, err := chromedp.Run(ctx, action)
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

// visit loads a page, which must answer with status.
func (b *tab) visit(address string, status int64) {
	b.t.Helper()
	if got := b.follow(chromedp.Navigate(address)); got != status {
		b.t.Fatalf("%s answers %d, want %d", address, got, status)
	}
}

// follow does what leads to another page, waits for it, and returns its status.
func (b *tab) follow(action chromedp.Action[chromedp.Void]) int64 {
	b.t.Helper()
	ctx, end := context.WithTimeout(b.Context, patience)
	defer end()
	res, err := chromedp.RunResponse(ctx, action)
	if err != nil {
		b.t.Fatal(err)
	}
	return res.Status
}

// ask evaluates an expression on the page.
func ask[T any](b *tab, expression string) T {
	b.t.Helper()
	return run(b, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// screenshot writes the whole page to the folder for screenshots, if there is one.
func (b *tab) screenshot(name string) {
	b.t.Helper()
	dir := os.Getenv("STORYFOLD_SCREENSHOTS")
	if dir == "" {
		return
	}
	png := run(b, chromedp.FullScreenshot(100))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// quiet fails for every message on the console.
func (b *tab) quiet(where string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range b.messages {
		b.t.Errorf("%s: %s", where, m)
	}
	b.messages = nil
}

// violation is a rule of axe-core that a page breaks.
type violation struct {
	ID    string `json:"id"`
	Help  string `json:"help"`
	Nodes []struct {
		HTML    string `json:"html"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

// violations returns the rules that the page breaks.
func (b *tab) violations(axe string) []violation {
	b.t.Helper()
	result := ask[string](b, axe+`; axe.run(document, {resultTypes: ["violations"]}).then(r => JSON.stringify(r.violations))`)
	var broken []violation
	if err := json.Unmarshal([]byte(result), &broken); err != nil {
		b.t.Fatalf("axe-core answers %q: %v", result, err)
	}
	return broken
}

// accessible fails for every rule of accessibility that the page breaks.
func (b *tab) accessible(where, axe string) {
	b.t.Helper()
	for _, v := range b.violations(axe) {
		b.t.Errorf("%s: %s: %s", where, v.ID, v.Help)
		for _, n := range v.Nodes[:min(3, len(v.Nodes))] {
			b.t.Errorf("    %s\n    %s", n.HTML, n.Summary)
		}
	}
}

// fits fails where the page is wider than the window, and names what sticks out.
func (b *tab) fits(where string, width int64) {
	b.t.Helper()
	type overflow struct {
		Width int64    `json:"width"`
		Out   []string `json:"out"`
	}
	wide := ask[overflow](b, `(() => {
		const root = document.documentElement;
		const clipped = e => { for (; e; e = e.parentElement) { const s = getComputedStyle(e); if (s.clipPath !== "none" || s.overflowX !== "visible") return true; } return false };
		const out = [...document.body.querySelectorAll("*")].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !clipped(e));
		return {width: root.scrollWidth, out: out.slice(0, 5).map(e => e.outerHTML.slice(0, 160))};
	})()`)
	if wide.Width > width || len(wide.Out) > 0 {
		b.t.Errorf("%s: %d pixels wide in a window of %d: %s", where, wide.Width, width, strings.Join(wide.Out, "\n    "))
	}
}

// stop is where the Tab key leads.
type stop struct {
	Name    string  `json:"name"`
	Outline float64 `json:"outline"` // pixels
	Shown   bool    `json:"shown"`   // in the window, and of some size
}

const focused = `(() => {
	const e = document.activeElement;
	if (!e || e === document.body) return {name: "", outline: 0, shown: false};
	const s = getComputedStyle(e), r = [...e.getClientRects()].reduce((a, b) => a.width * a.height > b.width * b.height ? a : b, {width: 0, height: 0});
	return {name: (e.textContent || e.id).trim().slice(0, 60) || e.tagName, outline: s.outlineStyle === "none" ? 0 : parseFloat(s.outlineWidth),
		shown: r.width > 4 && r.height > 4 && r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth};
})()`

// tabThrough presses Tab through the page and fails where nobody can see the focus.
func (b *tab) tabThrough(where string) []stop {
	b.t.Helper()
	var stops []stop
	for range 400 {
		b.do(chromedp.KeyEvent(kb.Tab))
		s := ask[stop](b, focused)
		if s.Name == "" {
			return stops
		}
		if s.Outline < 2 || !s.Shown {
			b.t.Errorf("%s: the focus cannot be seen on %q: outline %v px, shown %v", where, s.Name, s.Outline, s.Shown)
		}
		stops = append(stops, s)
	}
	return stops
}
