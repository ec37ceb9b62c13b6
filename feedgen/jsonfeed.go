package feedgen

import (
	"bytes"
	"encoding/json"

	"github.com/gorilla/feeds"

	"storyfold/story"
)

// jsonFeed is the top of JSON Feed 1.1. Other than gorilla's it has items even
// where there are none.
type jsonFeed struct {
	Version     string     `json:"version"`
	Title       string     `json:"title"`
	HomePageURL string     `json:"home_page_url"`
	FeedURL     string     `json:"feed_url"`
	NextURL     string     `json:"next_url,omitempty"`
	Hubs        []jsonHub  `json:"hubs,omitempty"`
	Description string     `json:"description"`
	Language    string     `json:"language,omitempty"`
	Items       []jsonItem `json:"items"`
}

// jsonHub is where a reader may ask to be told of changes.
type jsonHub struct {
	Type string `json:"type"`
	URL  string `json:"url"`
}

// jsonItem is gorilla's item with a language, attachments whose size has the
// name that the standard gives it, and what storyfold knows beyond.
type jsonItem struct {
	*feeds.JSONItem
	Language    string           `json:"language,omitempty"`
	Attachments []jsonAttachment `json:"attachments,omitempty"`
	Storyfold   jsonExtension    `json:"_storyfold"`
}

type jsonAttachment struct {
	URL      string `json:"url"`
	MIMEType string `json:"mime_type"`
	Size     int64  `json:"size_in_bytes,omitempty"`
}

// jsonExtension tells machines what the entry is made of.
type jsonExtension struct {
	Story    story.ID     `json:"story,omitempty"`
	URL      string       `json:"url,omitempty"`
	Revision int          `json:"revision,omitempty"`
	Reports  int          `json:"reports,omitempty"`
	Count    int          `json:"article_count,omitempty"` // articles lists at most maxArticles of them
	Articles []apiArticle `json:"articles,omitempty"`

	// Of a digest: its day, and the stories that it tells of.
	Day     string      `json:"day,omitempty"`
	Stories []jsonStory `json:"stories,omitempty"`
}

// jsonStory is a story in a digest.
type jsonStory struct {
	Story    story.ID `json:"story"`
	URL      string   `json:"url"`
	Revision int      `json:"revision"`
	Reports  int      `json:"reports"`
}

// writeJSON writes d as JSON Feed 1.1.
func writeJSON(d *document) ([]byte, error) {
	feed := jsonFeed{
		Version: "https://jsonfeed.org/version/1.1", Title: d.title, HomePageURL: d.home, FeedURL: d.self,
		NextURL:     d.next,
		Description: d.subtitle, Language: d.lang, Items: []jsonItem{},
	}
	if d.hub != "" {
		feed.Hubs = []jsonHub{{"WebSub", d.hub}}
	}
	for i := range d.entries {
		feed.Items = append(feed.Items, newJSONItem(&d.entries[i]))
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	err := enc.Encode(feed)
	return b.Bytes(), err
}

func newJSONItem(e *entry) jsonItem {
	published, updated := e.published(), e.updated()
	item := jsonItem{
		JSONItem: &feeds.JSONItem{
			Id: e.id, Url: e.link, ExternalUrl: e.related, Title: e.title, ContentHTML: e.content, Summary: e.summary,
			Image: e.image, PublishedDate: &published, ModifiedDate: &updated, Tags: e.tags,
		},
		Language: e.lang, Storyfold: e.storyfold,
	}
	for _, name := range e.outlets {
		item.Authors = append(item.Authors, &feeds.JSONAuthor{Name: name})
	}
	for _, m := range e.media {
		item.Attachments = append(item.Attachments, jsonAttachment{m.url, m.kind, m.length})
	}
	return item
}
