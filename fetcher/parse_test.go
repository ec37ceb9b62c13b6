package fetcher

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"storyfold/story"
)

var update = flag.Bool("update", false, "write what was read into the .json files of testdata")

// golden is what a document of testdata is read as.
type golden struct {
	Format   string
	Title    string          `json:",omitempty"`
	Site     string          `json:",omitempty"`
	Warning  string          `json:",omitempty"`
	Error    string          `json:",omitempty"`
	Articles []story.Article `json:",omitempty"`
}

// TestDocuments reads every document of testdata and compares with the .want.json file beside
// it. A first line "Content-Type: …" in NAME.type is sent as the header.
func TestDocuments(t *testing.T) {
	files, err := filepath.Glob("testdata/*.feed")
	if err != nil || len(files) == 0 {
		t.Fatalf("no documents in testdata (%v)", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".feed"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			name := strings.TrimSuffix(file, ".feed")
			contentType, _ := os.ReadFile(name + ".type")
			src := story.Source{Name: "Test source", Category: "test"}
			doc, err := parseFeed(data, strings.TrimSpace(string(contentType)), "https://feeds.example.org/news/feed.xml", src)
			got := goldenOf(doc, err)
			if *update {
				out, err := json.MarshalIndent(got, "", "  ")
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(name+".json", append(out, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			wantData, err := os.ReadFile(name + ".json")
			if err != nil {
				t.Fatal(err)
			}
			var want golden
			if err := json.Unmarshal(wantData, &want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("parseFeed(%s) (-want +got):\n%s", file, diff)
			}
		})
	}
}

func goldenOf(doc *document, err error) golden {
	var g golden
	if err != nil {
		g.Error = err.Error()
	}
	if doc != nil {
		g.Format, g.Title, g.Site, g.Warning, g.Articles = doc.Format, doc.Title, doc.Site, doc.Warning, doc.Articles
	}
	return g
}
