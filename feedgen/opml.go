package feedgen

import (
	"encoding/xml"
	"net/http"
	"strconv"
	"time"
)

const opmlType = "text/x-opml; charset=utf-8"

type opmlDocument struct {
	XMLName  xml.Name      `xml:"opml"`
	Version  string        `xml:"version,attr"`
	Title    string        `xml:"head>title"`
	Outlines []opmlOutline `xml:"body>outline"`
}

type opmlOutline struct {
	Text        string        `xml:"text,attr"`
	Title       string        `xml:"title,attr,omitempty"`
	Type        string        `xml:"type,attr,omitempty"`
	XMLURL      string        `xml:"xmlUrl,attr,omitempty"`
	HTMLURL     string        `xml:"htmlUrl,attr,omitempty"`
	Description string        `xml:"description,attr,omitempty"`
	Outlines    []opmlOutline `xml:"outline"`
}

// render writes the document; it says only what its fields say.
func (d *opmlDocument) render() ([]byte, error) {
	d.Version = "2.0"
	body, err := xml.MarshalIndent(d, "", "  ")
	return append([]byte(xml.Header), append(body, '\n')...), err
}

// serveFeedsOPML answers with the output feeds, for readers to import. Feeds
// with a key are among them for those who may see everything.
func (h *Handler) serveFeedsOPML(w http.ResponseWriter, r *http.Request) {
	trusted := h.trusted(r)
	w.Header().Set("Cache-Control", "public, max-age=60")
	if trusted {
		w.Header().Set("Cache-Control", "private, no-cache")
	}
	h.reply(w, r, opmlType, "feeds.opml/"+strconv.FormatBool(trusted), func() ([]byte, time.Time, error) {
		v := h.view()
		doc := opmlDocument{Title: "storyfold: feeds of stories"}
		for i := range v.settings.Feeds {
			f := &v.settings.Feeds[i]
			if f.Key != "" && !trusted {
				continue
			}
			title := cleanLine(f.Title, maxTitle)
			doc.Outlines = append(doc.Outlines, opmlOutline{
				Text: title, Title: title, Type: "rss", XMLURL: v.feedURL(f, "atom"), HTMLURL: v.config.BaseURL + "/",
			})
		}
		body, err := doc.render()
		return body, time.Time{}, err
	})
}

// serveOPML answers with the sources that are feeds, by category, with their
// addresses as configured: for those who may see everything.
func (h *Handler) serveOPML(w http.ResponseWriter, r *http.Request) {
	if !h.needTrust(w, r) {
		return
	}
	v := h.viewOf(r)
	h.reply(w, r, opmlType, "", func() ([]byte, time.Time, error) {
		doc := opmlDocument{Title: "storyfold: sources"}
		folder := map[string]int{}
		for i := range v.config.Sources {
			src := &v.config.Sources[i]
			if src.Feed == "" {
				continue // files have no address that a reader could subscribe to
			}
			name := cleanLine(src.Name, maxTitle)
			line := opmlOutline{Text: name, Title: name, Type: "rss", XMLURL: cleanText(src.Feed)}
			if src.Category == "" {
				doc.Outlines = append(doc.Outlines, line)
				continue
			}
			at, ok := folder[src.Category]
			if !ok {
				at = len(doc.Outlines)
				folder[src.Category] = at
				doc.Outlines = append(doc.Outlines, opmlOutline{Text: cleanLine(src.Category, maxTitle)})
			}
			doc.Outlines[at].Outlines = append(doc.Outlines[at].Outlines, line)
		}
		body, err := doc.render()
		return body, time.Time{}, err
	})
}
