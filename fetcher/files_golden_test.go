package fetcher

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"storyfold/story"
)

var update = flag.Bool("update", false, "write what was read into the golden files of testdata")

// fileGolden is what a file of testdata/files gives.
type fileGolden struct {
	Articles []story.Article
	Error    string `json:",omitempty"`
}

// TestFiles reads each file of testdata/files and compares with the .golden beside it.
func TestFiles(t *testing.T) {
	src := story.Source{Name: "Test source", Category: "test"}
	inputs, err := filepath.Glob("testdata/files/*")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, path := range inputs {
		if strings.HasSuffix(path, ".golden") {
			continue
		}
		n++
		t.Run(filepath.Base(path), func(t *testing.T) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var got fileGolden
			err = readFile(context.Background(), bytes.NewReader(data), int64(len(data)), io.Discard, path, "file:"+filepath.Base(path), src,
				func(a *story.Article) error { got.Articles = append(got.Articles, *a); return nil })
			if err != nil {
				got.Error = err.Error()
			}
			compareGolden(t, path+".golden", got)
		})
	}
	if n < 30 {
		t.Errorf("%d inputs in testdata/files, want at least 30", n)
	}
}

// compareGolden compares got with what the file at path says, or writes it there under -update.
func compareGolden[T any](t *testing.T, path string, got T) {
	t.Helper()
	if *update {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(got); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var want T
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", path, diff)
	}
}
