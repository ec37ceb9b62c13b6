package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"storyfold/feedgen"
	"storyfold/story"
)

// config is what one config file says, checked and with its defaults filled in.
type config struct {
	Path string // of the file, as it was named

	Listen   string // "127.0.0.1:8080", or "systemd": the socket that systemd passes
	BaseURL  string // what readers see in links; without a slash at the end
	DataDir  string // absolute
	Timezone *time.Location

	Group     groupConfig
	Fetch     fetchConfig
	Retention retentionConfig
	Access    accessConfig
	Hub       string // WebSub hub that open feeds are announced to; "": none

	Sources []story.Source // in the order of the file; Files is absolute
	Feeds   []feedgen.Feed // "stories" is the first
	Mutes   []feedgen.Mute
}

type groupConfig struct {
	Window     time.Duration
	Strictness float64 // from -1, looser, to 1, stricter
}

type fetchConfig struct {
	Interval    time.Duration // first guess; a feed then adapts between Min and Max
	MinInterval time.Duration
	MaxInterval time.Duration

	Concurrency int           // requests at a time
	PerHost     int           // connections to one host at a time
	HostDelay   time.Duration // between request starts to one host; -1: none
	Timeout     time.Duration // of one request
	MaxBody     int64         // bytes, after decompression

	AllowPrivateNetworks bool
	Proxy                string // address of a proxy, or ""
	UserAgent            string // what storyfold calls itself; never ""
}

type accessConfig struct {
	Users []feedgen.User
	Open  bool // strangers may reach the daemon, though there are no users
}

type retentionConfig struct {
	Articles time.Duration // counted from first seen
}

// feedgenConfig returns what the pages and feeds need of c.
func (c *config) feedgenConfig() feedgen.Config {
	return feedgen.Config{BaseURL: c.BaseURL, Timezone: c.Timezone, Sources: c.Sources, Feeds: c.Feeds, Mutes: c.Mutes, Hub: c.Hub, Users: c.Access.Users}
}

// maxConfig is how many bytes of a config file are read: room for 100,000 sources.
const maxConfig = 32 << 20

// loadConfig reads and checks the config file at path. What is wrong inside the
// file is a *configError, which names every place.
func loadConfig(path string) (*config, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, withHint(fmt.Errorf("read config: %w", err), unreadableHint(err))
	}
	if !info.Mode().IsRegular() {
		return nil, withHint(fmt.Errorf("read config: %s is not a file", path), "name the TOML file itself with --config")
	}
	if info.Size() > maxConfig {
		return nil, withHint(fmt.Errorf("read config: %s has %d bytes, more than the %s that a config may have",
			path, info.Size(), formatSize(maxConfig)), "is this the right file?")
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, withHint(fmt.Errorf("read config: %w", err), unreadableHint(err))
	}
	return parseConfig(path, data)
}

// unreadableHint says what to do about a file that cannot be read.
func unreadableHint(err error) string {
	if errors.Is(err, fs.ErrPermission) {
		return "let the user that runs storyfold read it"
	}
	return "config.example.toml is a start; name your config with --config or $STORYFOLD_CONFIG"
}

// parseConfig checks data, the content of the config file at path.
func parseConfig(path string, data []byte) (*config, error) {
	doc, places := decodeDocument(data)
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("read config: %w", err)
	}
	c := &checker{places: places, dir: dir, problems: places.problems}
	cfg := &config{Path: path}
	if !places.incomplete {
		c.top(cfg, &doc)
		c.group(&cfg.Group, &doc)
		c.fetch(cfg, &doc)
		c.retention(cfg, &doc)
		c.access(cfg, &doc)
		cfg.Hub = c.hub(doc.WebSub.Hub)
		c.sources(cfg, &doc)
		c.feeds(cfg, &doc)
		c.mutes(cfg, &doc)
	}
	if len(c.problems) > 0 {
		return nil, withHint(&configError{path: path, problems: sorted(c.problems)},
			"correct the file and look again with: storyfold check --config "+path)
	}
	return cfg, nil
}

// configError is a config file with something wrong inside.
type configError struct {
	path     string
	problems []problem // at least one, by place
}

// maxProblems is how many problems a configError spells out.
const maxProblems = 25

// Error returns one line for every problem: "config.toml:12:3: unknown key …".
func (e *configError) Error() string {
	var b strings.Builder
	for i, p := range e.problems {
		if i == maxProblems {
			fmt.Fprintf(&b, "\n%s: and %d more", e.path, len(e.problems)-i)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s:%d:%d: %s", e.path, p.at.line, p.at.column, p.text)
	}
	return b.String()
}

// configPlaces are looked at, in this order, where no file is named.
var configPlaces = []string{"config.toml", "/etc/storyfold/config.toml"}

// findConfig returns the path of the config file to read: named, else what
// $STORYFOLD_CONFIG says, else the first of configPlaces that exists.
func findConfig(named string) (string, error) {
	if named != "" {
		return named, nil
	}
	if named = os.Getenv("STORYFOLD_CONFIG"); named != "" {
		return named, nil
	}
	for _, place := range configPlaces {
		if _, err := os.Stat(place); !errors.Is(err, fs.ErrNotExist) {
			return place, nil // one that cannot be read says so when it is
		}
	}
	return "", withHint(
		fmt.Errorf("no config file: --config and $STORYFOLD_CONFIG name none, and there is no ./%s", strings.Join(configPlaces, " and no ")),
		"copy config.example.toml to config.toml and edit it, or name your config with --config FILE")
}

// loadConfig reads and checks the config that the command line, the
// environment or the usual places name.
func (a *app) loadConfig() (*config, error) {
	path, err := findConfig(a.configPath)
	if err != nil {
		return nil, err
	}
	return loadConfig(path)
}
