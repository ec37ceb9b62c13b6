package fetcher

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"storyfold/story"
)

// golden is what a document of testdata/feeds is read as.
type golden struct {
	Format   string          `json:"format,omitempty"`
	Title    string          `json:"title,omitempty"`
	Site     string          `json:"site,omitempty"`
	ID       string          `json:"id,omitempty"` // atom:id of the feed
	Icon     string          `json:"icon,omitempty"`
	Warning  string          `json:"warning,omitempty"`
	Error    string          `json:"error,omitempty"`
	Articles []goldenArticle `json:"articles,omitempty"`
}

type goldenArticle struct {
	Identity   string            `json:"identity"`
	Outlet     string            `json:"outlet,omitempty"` // if it is not the source's name
	URL        string            `json:"url,omitempty"`
	Title      string            `json:"title"`
	Text       string            `json:"text,omitempty"`
	Lang       string            `json:"lang,omitempty"`
	Published  time.Time         `json:"published,omitzero"`
	Authors    []string          `json:"authors,omitempty"`
	Categories []string          `json:"categories,omitempty"`
	Image      string            `json:"image,omitempty"`
	Enclosures []story.Enclosure `json:"enclosures,omitempty"`
	Credits    []string          `json:"credits,omitempty"`
}

const testSource = "Test source"

// TestDocuments reads each NAME.xml and NAME.jsonfeed of testdata/feeds and
// compares with NAME.json. NAME.type, where there is one, holds the Content-Type
// that the server sent. A bug report is a new pair.
func TestDocuments(t *testing.T) {
	files, _ := filepath.Glob("testdata/feeds/*.xml")
	more, _ := filepath.Glob("testdata/feeds/*.jsonfeed")
	if files = append(files, more...); len(files) == 0 {
		t.Fatal("no documents in testdata/feeds")
	}
	for _, file := range files {
		name := strings.TrimSuffix(file, filepath.Ext(file))
		t.Run(filepath.Base(name), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			contentType, _ := os.ReadFile(name + ".type")
			doc, err := parseFeed(data, strings.TrimSpace(string(contentType)),
				"https://feeds.example.org/news/feed.xml", story.Source{Name: testSource})
			compareGolden(t, name+".json", goldenOf(doc, err))
		})
	}
}

// goldenLook is what one of several documents of a feed is read as.
type goldenLook struct {
	Identities []string `json:"identities"`
	NewGuids   bool     `json:"newGuids,omitempty"`
	NewNames   bool     `json:"newNames,omitempty"`
}

// TestLooks reads the documents 1.xml, 2.xml, … of each folder of testdata/looks, as one feed
// gives them in turn, and compares with looks.json.
func TestLooks(t *testing.T) {
	folders, _ := filepath.Glob("testdata/looks/*")
	if len(folders) == 0 {
		t.Fatal("no folders in testdata/looks")
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			var got []goldenLook
			var st story.SourceState
			for n := 1; ; n++ {
				data, err := os.ReadFile(fmt.Sprintf("%s/%d.xml", folder, n))
				if errors.Is(err, fs.ErrNotExist) {
					break
				}
				doc, err := parseNext(data, "", "https://weir.example.org/feed.xml", story.Source{Name: testSource}, &st, nil)
				if err != nil {
					t.Fatal(err)
				}
				st.Marks, st.Churn, st.Unnamed = doc.marks, doc.churn, doc.unnamed
				look := goldenLook{NewGuids: doc.churn, NewNames: doc.unnamed}
				for _, a := range doc.Articles {
					look.Identities = append(look.Identities, a.Identity)
				}
				got = append(got, look)
			}
			compareGolden(t, folder+"/looks.json", got)
		})
	}
}

func goldenOf(doc *document, err error) golden {
	var g golden
	if err != nil {
		g.Error = err.Error()
	}
	if doc == nil {
		return g
	}
	g.Format, g.Title, g.Site, g.Icon, g.ID, g.Warning = doc.Format, doc.Title, doc.Site, doc.Icon, doc.id, doc.Warning
	for _, a := range doc.Articles {
		ga := goldenArticle{Identity: a.Identity, URL: a.URL, Title: a.Title, Text: a.Text, Lang: a.Lang, Published: a.Published,
			Authors: a.Authors, Categories: a.Categories, Image: a.Image, Enclosures: a.Enclosures, Credits: a.Credits}
		if a.Outlet != testSource {
			ga.Outlet = a.Outlet
		}
		g.Articles = append(g.Articles, ga)
	}
	return g
}
