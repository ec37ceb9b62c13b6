package feedgen

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// pageFaults walks a page and names what is wrong with it.
func pageFaults(body string) []string {
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return []string{err.Error()}
	}
	w := &pageWalk{ids: map[string]bool{}, labels: map[string]bool{}, seen: map[string]int{}}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			w.element(n)
		}
	}
	for _, name := range []string{"title", "main", "h1", "header", "footer"} {
		if w.seen[name] == 0 || name != "header" && w.seen[name] > 1+w.svgTitles*btoi(name == "title") {
			w.fault("%d <%s> elements", w.seen[name], name)
		}
	}
	for _, id := range w.refs {
		if !w.ids[id] {
			w.fault("#%s leads nowhere", id)
		}
	}
	for _, id := range w.inputs {
		if !w.labels[id] {
			w.fault("input %q has no label", id)
		}
	}
	return w.faults
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// pageWalk is what pageFaults notes on its way.
type pageWalk struct {
	ids, labels  map[string]bool
	refs, inputs []string
	seen         map[string]int
	svgTitles    int
	heading      int
	faults       []string
}

func (w *pageWalk) fault(format string, args ...any) {
	w.faults = append(w.faults, fmt.Sprintf(format, args...))
}

// element looks at one element.
func (w *pageWalk) element(n *html.Node) {
	attrs := map[string]string{}
	for _, a := range n.Attr {
		attrs[a.Key] = a.Val
		if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
			w.fault("<%s> has the attribute %s", n.Data, a.Key)
		}
		w.address(n, a)
	}
	w.seen[n.Data]++
	if id, ok := attrs["id"]; ok {
		if w.ids[id] || id == "" {
			w.fault("id %q is not unique", id)
		}
		w.ids[id] = true
	}
	w.refs = append(w.refs, strings.Fields(attrs["aria-labelledby"])...)
	switch n.Data {
	case "script", "style", "iframe", "object", "embed", "base":
		w.fault("<%s> on the page", n.Data)
	case "html":
		if attrs["lang"] == "" {
			w.fault("<html> without lang")
		}
	case "title":
		if n.Parent.Data != "head" {
			w.svgTitles++
		} else if n.FirstChild == nil {
			w.fault("empty <title>")
		}
	case "img":
		if alt, ok := attrs["alt"]; !ok || alt != "" || attrs["width"] == "" || attrs["height"] == "" {
			w.fault("<img> without an empty alt, or without a size")
		}
	case "svg":
		if attrs["aria-hidden"] != "true" && attrs["role"] != "img" {
			w.fault("<svg> is neither hidden nor an image")
		}
	case "label":
		w.labels[attrs["for"]] = true
	case "input":
		if attrs["type"] != "hidden" {
			w.inputs = append(w.inputs, attrs["id"])
		}
	case "nav", "table":
		if attrs["aria-label"] == "" && n.Data == "nav" {
			w.fault("<nav> without a name")
		}
	case "time":
		if _, err := time.Parse(time.RFC3339, attrs["datetime"]); err != nil {
			w.fault("<time datetime=%q>", attrs["datetime"])
		}
	case "h1", "h2", "h3", "h4":
		level := int(n.Data[1] - '0')
		if level > w.heading+1 {
			w.fault("<%s> follows a heading of level %d", n.Data, w.heading)
		}
		w.heading = level
	}
}

// iconAddress is the address of an icon, all that a page may load beside its style sheet.
var iconAddress = regexp.MustCompile(`^/icons/[a-z2-7]{16}$`)

// address looks at an attribute that may hold an address.
func (w *pageWalk) address(n *html.Node, a html.Attribute) {
	switch a.Key {
	case "src", "srcset", "poster", "data", "background", "xlink:href":
		if own := iconAddress.MatchString(a.Val); own && n.Data == "img" && a.Key == "src" {
			return
		}
		w.fault("<%s %s=%q> loads something", n.Data, a.Key, a.Val)
	case "href", "action":
	default:
		return
	}
	u, err := url.Parse(a.Val)
	switch {
	case err != nil:
		w.fault("address %q: %v", a.Val, err)
	case n.Data == "link" && (u.IsAbs() || u.Host != ""):
		w.fault("<link href=%q> leads to another host", a.Val)
	case u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "feed":
		w.fault("<%s %s=%q>", n.Data, a.Key, a.Val)
	case strings.HasPrefix(a.Val, "#"):
		w.refs = append(w.refs, u.Fragment)
	}
}
