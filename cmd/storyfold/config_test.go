package main

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"storyfold/feedgen"
	"storyfold/story"
)

const examplePath = "../../config.example.toml"

// The example is the documentation of the keys: it must stay true.
func TestExampleHoldsTheDefaults(t *testing.T) {
	data, err := os.ReadFile(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := loadConfig(examplePath); err != nil {
		t.Fatalf("loadConfig(%s): %v", examplePath, err)
	}
	doc, places := decodeDocument(data)
	if len(places.problems) > 0 {
		t.Fatalf("decodeDocument: %v", places.problems)
	}
	for _, table := range []string{"", "group", "fetch", "retention"} {
		for _, key := range schemaKeys(table) {
			path := join(table, key)
			if ty, _ := schemaType(path); ty.Kind() == reflect.Struct || isTables(ty) {
				continue
			}
			if _, ok := places.at[path]; !ok {
				t.Errorf("%s is not set in the example", path)
			}
		}
	}
	doc.Source, doc.Feed = nil, nil
	if diff := cmp.Diff(defaults(), doc); diff != "" {
		t.Errorf("the example differs from the defaults (-default +example):\n%s", diff)
	}
}

func TestExampleNamesEveryKey(t *testing.T) {
	data, err := os.ReadFile(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{"source": "[[source]]", "feed": "[[feed]]", "mute": "# [[mute]]"}
	for table, header := range parts {
		_, text, _ := strings.Cut("\n"+string(data), "\n"+header)
		if table == "source" {
			text, _, _ = strings.Cut(text, "\n[[feed]]")
		}
		for _, key := range schemaKeys(table) {
			if !regexp.MustCompile(`(?m)^(# )?` + key + ` *=`).MatchString(text) {
				t.Errorf("the example does not show %s of %s", key, header)
			}
		}
	}
}

// With the # taken off, what the example shows as comments must be right, too.
func TestExampleCommentsWork(t *testing.T) {
	data, err := os.ReadFile(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	_, examples, _ := strings.Cut(string(data), "# Sources:")
	live := regexp.MustCompile(`(?m)^# (\[\[(?:source|mute)\]\]|[a-z_]+ *= )`).ReplaceAllString(examples, "$1")
	if live == examples {
		t.Fatal("no commented key found in the example")
	}
	dir := t.TempDir()
	if _, err := parseConfig(filepath.Join(dir, "config.toml"), []byte("#"+live)); err != nil {
		t.Errorf("the example with its comments in force: %v", err)
	}
}

func TestEmptyConfig(t *testing.T) {
	dir := t.TempDir()
	c, err := parseConfig(filepath.Join(dir, "config.toml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := &config{
		Path: filepath.Join(dir, "config.toml"), Listen: "127.0.0.1:8080", BaseURL: "http://127.0.0.1:8080",
		DataDir: filepath.Join(dir, "data"), Timezone: time.Local,
		Group: groupConfig{Window: 4 * day},
		Fetch: fetchConfig{
			Interval: 30 * time.Minute, MinInterval: 5 * time.Minute, MaxInterval: day, Concurrency: 32, PerHost: 2,
			HostDelay: time.Second, Timeout: 30 * time.Second, MaxBody: 15 << 20, UserAgent: "storyfold/" + version(),
		},
		Retention: retentionConfig{Articles: 90 * day},
		Feeds: []feedgen.Feed{{
			Name: "stories", Title: "Stories", MinReports: 1, Items: 50, Updates: feedgen.Bump, Link: feedgen.LinkAuto,
		}},
	}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("parseConfig(empty) = %+v, want %+v", c, want)
	}
}

func TestFullConfig(t *testing.T) {
	c, err := parseConfig("/srv/news [a]/config.toml", []byte("\ufeff"+fullConfig))
	if err != nil {
		t.Fatal(err)
	}
	if c.BaseURL != "https://news.example.org/folded" || c.DataDir != "/var/lib/storyfold" || c.Timezone.String() != "Europe/Rome" {
		t.Errorf("top = %q, %q, %v", c.BaseURL, c.DataDir, c.Timezone)
	}
	if c.Group != (groupConfig{36 * time.Hour, 1}) || c.Retention.Articles != 2*day || c.Fetch.Interval != 10*time.Minute {
		t.Errorf("group = %v, retention = %v, interval = %v", c.Group, c.Retention, c.Fetch.Interval)
	}
	if want := "storyfold/" + version() + " (+https://news.example.org/folded)"; c.Fetch.UserAgent != want {
		t.Errorf("user agent = %q, want %q", c.Fetch.UserAgent, want)
	}
	if users := c.feedgenConfig().Users; !c.Access.Open || len(users) != 1 || users[0].Name+":"+users[0].Hash != annHash {
		t.Errorf("access = %+v, users of the pages = %v", c.Access, users)
	}
	sources := []story.Source{{
		Name: "Wire", Feed: "https://user:secret@wire.example/feed.xml?x=1", Category: "world", Interval: 15 * time.Minute,
		Lang: "en", Rank: -3, FullText: true, Paywall: true, Private: true, Headers: map[string]string{"X-Key": "abc"}, Enabled: true,
	}, {
		Name: "Files", Files: `/srv/news \[a\]/in/**/*.{txt,md}`,
	}}
	if diff := cmp.Diff(sources, c.Sources); diff != "" {
		t.Errorf("sources (-want +got):\n%s", diff)
	}
	if len(c.Feeds) != 2 || c.Feeds[0].Name != "stories" || c.Feeds[0].Title != "All of it" || c.Feeds[0].Items != 50 {
		t.Fatalf("feeds = %+v, want stories first", c.Feeds)
	}
	f := c.Feeds[1]
	if len(f.Include) != 2 || !f.Include[0].MatchString("In New York today") || !f.Include[1].MatchString("FLOODS") {
		t.Errorf("include = %v does not match as it should", f.Include)
	}
	f.Include = nil
	want := feedgen.Feed{
		Name: "world", Categories: []string{"world"}, Sources: []string{"Files", "ingest"}, Languages: []string{"de"},
		MinReports: 2, Items: 500, Updates: feedgen.Silent, Link: feedgen.LinkStory, Key: "s3cret",
	}
	if diff := cmp.Diff(want, f, cmpopts.IgnoreUnexported(feedgen.Feed{})); diff != "" {
		t.Errorf("feed (-want +got):\n%s", diff)
	}
}

func TestMutes(t *testing.T) {
	c, err := parseConfig("config.toml", []byte("timezone = 'Europe/Rome'\n[[mute]]\nstory = 'k3mq7d2xv5ht4bna'\nuntil = '2026-03-28'\n[[mute]]\nwords = ['Transfer window', '/cups?/']\n"+
		"[[feed]]\nname = 'days'\nupdates = 'digest@07:30'\n[[feed]]\nname = 'each'\nupdates = 'reissue'\nlink = 'story'\n"))
	if err != nil {
		t.Fatal(err)
	}
	one, words := c.Mutes[0], c.Mutes[1]
	if want := time.Date(2026, 3, 28, 23, 0, 0, 0, time.UTC); one.Story != "k3mq7d2xv5ht4bna" || !one.Until.Equal(want) {
		t.Errorf("mute of one story = %+v, want until %v", one, want)
	}
	if len(words.Words) != 2 || !words.Words[0].MatchString("the transfer window shuts") || !words.Until.IsZero() {
		t.Errorf("mute of words = %+v", words)
	}
	if c.Feeds[1].Updates != feedgen.Digest(7, 30) || c.Feeds[2].Updates != feedgen.Reissue {
		t.Errorf("feeds = %+v", c.Feeds)
	}
}

// Everything wrong with a file is said at once, in the order of the file.
func TestConfigErrors(t *testing.T) {
	tests := []struct {
		name, toml string
		want       []string // "line:column: beginning of the text"
	}{
		{"syntax", "listen = yes", []string{`1:10: unexpected character`}},
		{"unfinished string", "[group]\nwindow = \"4d", []string{`2:`}},
		{"same key twice", "listen = \"127.0.0.1:1\"\n  listen = \"127.0.0.1:2\"", []string{`2:3: key listen is already defined`}},
		{"same table twice", "[group]\n[fetch]\n[group]\n", []string{`3:2: `}},
		{"types", "listen = 3\n[fetch]\n concurrency = '4'\nper_host = 1.5\nallow_private_networks = 1\n", []string{
			`1:10: listen takes a string in "quotes", not a whole number`,
			`3:16: concurrency takes a whole number, not a string`,
			`4:12: per_host takes a whole number, not a number with a fraction`,
			`5:26: allow_private_networks takes true or false, not a whole number`,
		}},
		{"types in lists", "[[feed]]\nname='x'\ninclude = ['a', 3]\nsources = 'x'", []string{
			`3:17: include takes a string in "quotes", not a whole number`,
			`4:11: sources takes a list of strings, ["…", "…"], not a string`,
		}},
		{"too large a number", "[fetch]\nper_host = 99999999999999999999", []string{`2:12: `}},
		{"table for a list", "[source]\nname = 'x'", []string{`1:2: source is a list of tables: write [[source]]`}},
		{"dotted key for a list", "source.name = 'x'", []string{`1:1: source is a list of tables: write [[source]]`}},
		{"list for a table", "[[fetch]]\ninterval = '1m'", []string{`1:3: fetch is one table: write [fetch]`}},
		{"table for a value", "[listen]\nx = 1", []string{`1:2: listen takes a string in "quotes", not a table`}},
		{"value for a table", "fetch = 3", []string{`1:9: fetch takes a table, not a whole number`}},
		{"key of a value", "listen.port = 3", []string{`1:8: unknown key "port" in [listen]`}},
		{"unknown keys", "lissten = 1\n[fetch]\n  intervall = '1m'\n[[source]]\nname='x'\nfiles='x'\nUrl='y'\nfull-text = true\n[nothing]\na=1\n", []string{
			`1:1: unknown key "lissten"; did you mean "listen"?`,
			`3:3: unknown key "intervall" in [fetch]; did you mean "interval"?`,
			`7:1: unknown key "Url" in [[source]]`,
			`8:1: unknown key "full-text" in [[source]]; did you mean "full_text"?`,
			`9:2: unknown key "nothing"`,
		}},
		{"keys of another table", "window = '4d'\n[fetch]\ndata_dir = 'x'\n[group]\nmin_intervall = '3m'", []string{
			`1:1: unknown key "window"; it belongs under [group]`,
			`3:1: unknown key "data_dir" in [fetch]; it belongs above the first [table]`,
			`5:1: unknown key "min_intervall" in [group]; did you mean "min_interval", under [fetch]?`,
		}},
		{"unknown key in an inline table", "source = [ { name = 'x', file = 'y' } ]", []string{
			`1:12: the source "x" has neither`,
			`1:26: unknown key "file" in [[source]]; did you mean "files"?`,
		}},
		{"odd keys", "\"a.b[0]\" = 1\n'' = 2\n", []string{`1:1: unknown key`, `2:1: unknown key`}},
		{"updates", "[[feed]]\nname='x'\nupdates='reissues'\n[[feed]]\nname='y'\nupdates = 'digest@7:00'\n[[feed]]\nname='z'\nupdates = 'digest@07:00'\nlink='article'", []string{
			`3:1: updates must be "silent", "bump", "reissue" or "digest@07:00", not "reissues"`,
			`6:1: "7:00" is no time of day; write "digest@07:00"`,
			`10:1: link = "article" does not go with updates = "digest@07:00"`,
		}},
		{"mutes", "[[mute]]\nstory='abc'\n[[mute]]\nuntil='2026-13-01'\n[[mute]]\nwords=['x', '/(/']\nstory='k3mq7d2xv5ht4bna'\nuntil='soon'\n", []string{
			`2:1: "abc" is not the id of a story`,
			`3:3: a mute needs story, the id of one, or words`,
			`4:1: until "2026-13-01" is not a day; write "2026-12-31"`,
			`6:1: a mute has either story or words`,
			`6:13: words: "/(/" is not a regexp`,
			`8:1: until "soon" is not a day`,
		}},
		{"keys of a mute", "[[mute]]\nstory='k3mq7d2xv5ht4bna'\nuntil=2026-12-31\nword=''\n", []string{
			`3:7: until takes a string in "quotes", not a date or time`,
			`4:1: unknown key "word" in [[mute]]; did you mean "words"?`,
		}},
		{"top", "listen = '127.0.0.1'\nbase_url = '/x'\ndata_dir = ''\ntimezone = 'Mars/Olympus'", []string{
			`1:1: listen "127.0.0.1" is not an address`,
			`2:1: base_url "/x" is not an absolute address`,
			`3:1: data_dir must not be empty`,
			`4:1: timezone "Mars/Olympus" is unknown`,
		}},
		{"public address", "listen = ':80'\nbase_url='http://x.example/?a'", []string{
			`1:1: listen ":80" lets other machines in: name who may log in with users in [access], or say open = true there`,
			`2:1: base_url "http://x.example/?a" must be scheme, host and path alone`,
		}},
		{"public address, v6", "listen = '[::]:80'", []string{`1:1: listen "[::]:80" lets other machines in`}},
		{"public address, no base_url", "listen = ':80'\naccess.open = true", []string{`1:1: listen ":80" is every address of this machine: say in base_url which one readers use, such as "http://192.168.1.20:80"`}},
		{"public address, no base_url, v6", "listen = '[::]:80'\naccess.open = true", []string{`1:1: listen "[::]:80" is every address`}},
		{"users, their hashes", "[access]\nusers = ['ann', ':x',\n 'ann:secret', 'ann:$2b$10$short', 'ann:$2b$31$" + hashTail + "',\n'" + strings.Repeat("n", 201) + ":x', '" + annHash + "',\n'" + annHash + "', 'bob:$2b$10$" + strings.Repeat("!", 53) + "']", []string{
			`2:10: a user is "name:bcrypt hash"; make one with: htpasswd`,
			`2:17: a user is "name:bcrypt hash"`,
			`3:2: what stands after "ann": is no bcrypt hash; make one`,
			`3:16: what stands after "ann": is no bcrypt hash`,
			`3:36: the hash of "ann" has the cost 31; it must be from 4 to 15`,
			`4:1: the name of a user has at most 200 bytes`,
			`5:1: the user "ann" is there already, in line 4`,
			`5:69: what stands after "bob": is no bcrypt hash`,
		}},
		{"hub", "websub.hub = 'hub.example'", []string{`1:8: hub is not an http or https address`}},
		{"hub with a password", "websub.hub = 'https://joe:pass@hub.example/'", []string{`1:8: hub must have no user`}},
		{"port", "listen = '127.0.0.1:99999'", []string{`1:1: listen "127.0.0.1:99999": the port`}},
		{"durations and sizes", "[fetch]\ninterval='30'\nmin_interval='1h30'\ntimeout='-3s'\nhost_delay='2h'\nmax_body='-1MiB'\n[group]\nwindow='99999999999d'", []string{
			`2:1: interval: "30" is not a duration`,
			`3:1: min_interval: "1h30" is not a duration`,
			`4:1: timeout: "-3s" is not a duration`,
			`5:1: host_delay must be from 0s to 1h, not 2h`,
			`6:1: max_body: "-1MiB" is not a size`,
			`8:1: window: "99999999999d" is too long a duration`,
		}},
		{"strictness", "[group]\nstrictness = 1.1", []string{`2:1: strictness must be from -1`}},
		{"strictness, not a number", "[group]\nstrictness = nan", []string{`2:1: strictness must be from -1`}},
		{"intervals", "[fetch]\nmin_interval='2d'", []string{`2:1: min_interval 2d is longer than max_interval 1d`}},
		{"first interval", "[fetch]\ninterval='1m'", []string{`2:1: interval 1m is not between min_interval 5m and max_interval 1d`}},
		{"counts", "[fetch]\nconcurrency=0\nper_host=-1", []string{`2:1: concurrency must be from 1`, `3:1: per_host must be from 1`}},
		{"retention", "[group]\nwindow='10d'\n[retention]\narticles='5d'", []string{`4:1: articles would be removed after 5d`}},
		{"proxy", "[fetch]\nproxy='ftp://x'\nuser_agent=\"a\\nb\"", []string{
			`2:1: proxy has the scheme "ftp"`, `3:1: user_agent holds a control character`,
		}},
		{"sources", "[[source]]\n[[source]]\nname=' x'\nfeed='ftp://x/'\n[[source]]\nname='ingest'\nfiles='[a'\n[[source]]\nname='a'\nfeed='http://x/'\nfiles='y'\n" +
			"[[source]]\nname='a'\nfeed='http://x/'\ninterval='0s'\nlang='klingonish'\n[[source]]\nname='b'\nfiles='http://x/'\n[[source]]\nname='c'\nfiles='~/news/*.txt'", []string{
			`1:3: a source needs a name`,
			`1:3: the source "" has neither feed`,
			`3:1: name " x" begins or ends with a space`,
			`4:1: feed "ftp://x/" is not an http or https address`,
			`6:1: name "ingest" is reserved`,
			`7:1: files "[a" is not a pattern`,
			`11:1: a source has either feed or files`,
			`13:1: a source named "a" is there already, in line 9`,
			`14:1: the source "a" reads the same address already`,
			`15:1: interval must be from 1s`,
			`16:1: "klingonish" is not a language`,
			`19:1: files "http://x/" is an address; write feed`,
			`22:1: files "~/news/*.txt" begins with the home folder as shells have it; write the whole path`,
		}},
		{"keys of feeds", "[[source]]\nname='a'\nfiles='x'\nprivate=true\nfull_text=true\nheaders={}", []string{
			`4:1: private is for a source with a feed; this one reads files`,
			`5:1: full_text is for a source with a feed`,
			`6:1: headers is for a source with a feed`,
		}},
		{"headers", "[[source]]\nname='a'\nfeed='http://x/'\nheaders = { 'a b' = '', Host = 'x', X = \"a\\nb\" }", []string{
			`4:13: "a b" is not the name of a header`,
			`4:25: the header Host is set by storyfold itself`,
			`4:37: the value of the header X holds a control character`,
		}},
		{"feeds", "[[source]]\nname='Harbour Post'\nfiles='x'\n[[feed]]\nname='World!'\nmin_reports=0\nitems=501\nupdates='never'\nlink=''\n[[feed]]\nname='x'\nsources=['Harbor Post',\n 'Nobody']\nlanguages=['']\n[[feed]]\nname='x'\n", []string{
			`5:1: a feed needs a name of lower-case letters`,
			`6:1: min_reports must be from 1`,
			`7:1: items must be from 1 to 500, not 501`,
			`8:1: updates must be "silent", "bump", "reissue" or "digest@07:00", not "never"`,
			`9:1: link must be "story", "article" or "auto", not ""`,
			`12:10: there is no source named "Harbor Post"; did you mean "Harbour Post"?`,
			`13:2: there is no source named "Nobody"`,
			`14:12: "" is not a language`,
			`16:1: a feed named "x" is there already, in line 11`,
		}},
		{"matches", "[[feed]]\nname='x'\ninclude=['ok', '/(/', '/open']\nexclude=['  ']", []string{
			`3:16: include: "/(/" is not a regexp: missing closing )`,
			`3:23: include: "/open" is not a regexp between two slashes`,
			`4:10: exclude: an entry without a word`,
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := parseConfig("c.toml", []byte(test.toml))
			if err == nil {
				t.Fatalf("parseConfig(%q) = nil error, want %q", test.toml, test.want)
			}
			got := strings.Split(err.Error(), "\n")
			if len(got) != len(test.want) {
				t.Fatalf("parseConfig(%q) =\n%s\nwant %d problems: %q", test.toml, err, len(test.want), test.want)
			}
			for i, want := range test.want {
				if !strings.HasPrefix(got[i], "c.toml:"+want) {
					t.Errorf("problem %d = %q, want %q", i, got[i], want)
				}
			}
			var hint *hintError
			if !errors.As(err, &hint) {
				t.Error("the error has no hint")
			}
		})
	}
}

func TestManyProblemsAreCut(t *testing.T) {
	_, err := parseConfig("c.toml", []byte(strings.Repeat("[[source]]\n", 100)))
	if n := strings.Count(err.Error(), "\n") + 1; n != maxProblems+1 || !strings.HasSuffix(err.Error(), "c.toml: and 175 more") {
		t.Errorf("%d lines, want %d and the count of the others:\n%v", n, maxProblems+1, err)
	}
}

func TestLoadConfigUnreadable(t *testing.T) {
	dir := t.TempDir()
	big := filepath.Join(dir, "big.toml")
	if err := os.Truncate(mustCreate(t, big), maxConfig+1); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		filepath.Join(dir, "none.toml"): "no such file",
		dir:                             "is not a file",
		big:                             "more than the 32MiB",
	} {
		if _, err := loadConfig(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("loadConfig(%s) = %v, want an error with %q", path, err, want)
		}
	}
}

func mustCreate(t *testing.T, path string) string {
	t.Helper()
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A config that can be anything never does harm, and every problem has a place inside it.
func FuzzConfig(f *testing.F) {
	if data, err := os.ReadFile(examplePath); err == nil {
		f.Add(string(data))
	}
	f.Add(fullConfig)
	for _, s := range []string{"a.b.c=1", "[[a.b]]", "[source.headers]\nx='y'", "source=[{}]", "''=''", "[[source]]\nheaders.a.b=''", "feed=[[]]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data string) {
		_, err := parseConfig("/c.toml", []byte(data))
		var broken *configError
		if !errors.As(err, &broken) {
			return
		}
		lines := strings.Count(data, "\n") + 1
		for _, p := range broken.problems {
			if p.at.line < 1 || p.at.line > lines || p.at.column < 1 || p.text == "" {
				t.Errorf("parseConfig(%q): problem %+v is at no place of %d lines", data, p, lines)
			}
		}
	})
}

// annHash is ann's user entry; her password is "harbour".
const (
	hashTail = "38oQCXaZzH6Iz22KR8RT1.nEDvBRtB0siQZT.kFVjza2PBxKGpOs2"
	annHash  = "ann:$2a$04$" + hashTail
)

const fullConfig = `
listen = "localhost:0"
base_url = "https://news.example.org/folded/"
data_dir = "/var/lib/storyfold/"
timezone = "Europe/Rome"
group.window = "1d12h"
group.strictness = 1
retention = { articles = "2d" }
access = { open = true, users = ["` + annHash + `"] }

[fetch]
interval = "10m"
max_body = "1GiB"
[[source]]
name = "Wire"
feed = "https://user:secret@wire.example/feed.xml?x=1"
category = "world"
interval = "15m"
lang = "EN-gb"
rank = -3
full_text = true
paywall = true
private = true
[source.headers]
"X-Key" = "abc"
[[source]]
name = "Files"
files = "in/**/*.{txt,md}"
enabled = false
[[feed]]
name = "world"
categories = ["world"]
sources = ["Files", "ingest"]
languages = ["de-CH"]
min_reports = 2
include = ["new york", "/(?i)flood/"]
items = 500
updates = "silent"
link = "story"
key = "s3cret"
[[feed]]
name = "stories"
title = "All of it"
`
