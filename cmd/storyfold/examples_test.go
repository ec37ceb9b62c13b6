package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// exampleStories are the stories of examples/README.md with more than one
// article; the number after a name is the family.
var exampleStories = []string{
	"elbtal-anzeiger/altenrode-ruecktritt.txt 1, nordkap-rundschau/altenrode-winterstein.md 2",
	"elbtal-anzeiger/birkenfurt-ruecktritt.txt 1, nordkap-rundschau/birkenfurt-quandt.md 2",
	"elbtal-anzeiger/hochwasser-rueckkehr.txt 1, elbtal-anzeiger/hochwasser-wehrstadt.txt 2, nordkap-rundschau/wehrstadt-deichbruch.md 3",
	"harbour-post/ferry-aground.txt 1, harbour-post/ferry-inquiry.txt 2, northern-ledger/kestrel-grounding.md 3, valley-courier/kestrel-refloated.html 4",
	"harbour-post/quillan-bridge-nwp.txt 1, northern-ledger/quillan-bridge.md 2, valley-courier/quillan-bridge-nwp.html 1",
	"harbour-post/skarvik-ferry.txt 1, northern-ledger/solveig-pier.md 2, valley-courier/solveig-software.html 3",
	"mb-halden-orvane 1, valley-courier/halden-orvane.html 2",
	"ms-2026-1118-1 1, northern-ledger/tessaly-fossil.md 2",
}

func TestExamplesFoldIntoTheirStories(t *testing.T) {
	var out, problems bytes.Buffer
	dir := filepath.Join("..", "..", "examples")
	if code := run(context.Background(), []string{"group", dir}, strings.NewReader(""), &out, &problems); code != 0 {
		t.Fatalf("group: exit code %d\n%s", code, &problems)
	}
	stories, articles := map[string][]string{}, 0
	for line := range strings.Lines(out.String()) {
		var a struct {
			ID, Story string
			Family    int
		}
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatal(err)
		}
		articles++
		name := strings.TrimPrefix(filepath.ToSlash(a.ID), "../../examples/")
		stories[a.Story] = append(stories[a.Story], fmt.Sprintf("%s %d", name, a.Family))
	}
	var got []string
	for _, members := range stories {
		if len(members) > 1 {
			got = append(got, strings.Join(members, ", "))
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, exampleStories) {
		t.Errorf("stories:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(exampleStories, "\n"))
	}
	if articles != 28 || len(stories) != 15 {
		t.Errorf("%d articles in %d stories, want 28 in 15", articles, len(stories))
	}
}
