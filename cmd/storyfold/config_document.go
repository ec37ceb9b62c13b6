package main

import (
	"bytes"
	"errors"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// document is a config as it is written. Durations and sizes are strings here;
// loadConfig reads them, so that an error can name the place.
type document struct {
	Listen   string `toml:"listen"`
	BaseURL  string `toml:"base_url"`
	DataDir  string `toml:"data_dir"`
	Timezone string `toml:"timezone"`

	Group     groupTable     `toml:"group"`
	Fetch     fetchTable     `toml:"fetch"`
	Retention retentionTable `toml:"retention"`
	Access    accessTable    `toml:"access"`
	WebSub    webSubTable    `toml:"websub"`
	Source    []sourceTable  `toml:"source"`
	Feed      []feedTable    `toml:"feed"`
	Mute      []muteTable    `toml:"mute"`
}

type groupTable struct {
	Window     string  `toml:"window"`
	Strictness float64 `toml:"strictness"`
}

type fetchTable struct {
	Interval             string `toml:"interval"`
	MinInterval          string `toml:"min_interval"`
	MaxInterval          string `toml:"max_interval"`
	Concurrency          int    `toml:"concurrency"`
	PerHost              int    `toml:"per_host"`
	HostDelay            string `toml:"host_delay"`
	Timeout              string `toml:"timeout"`
	MaxBody              string `toml:"max_body"`
	AllowPrivateNetworks bool   `toml:"allow_private_networks"`
	Proxy                string `toml:"proxy"`
	UserAgent            string `toml:"user_agent"`
}

type retentionTable struct {
	Articles string `toml:"articles"`
}

type accessTable struct {
	Users []string `toml:"users"`
	Open  bool     `toml:"open"`
}

type webSubTable struct {
	Hub string `toml:"hub"`
}

type sourceTable struct {
	Name     string            `toml:"name"`
	Feed     string            `toml:"feed"`
	Files    string            `toml:"files"`
	Category string            `toml:"category"`
	Interval string            `toml:"interval"`
	Lang     string            `toml:"lang"`
	Rank     int               `toml:"rank"`
	FullText bool              `toml:"full_text"`
	Paywall  bool              `toml:"paywall"`
	Private  bool              `toml:"private"`
	Headers  map[string]string `toml:"headers"`
	Enabled  *bool             `toml:"enabled"`
}

type feedTable struct {
	Name       string   `toml:"name"`
	Title      string   `toml:"title"`
	Categories []string `toml:"categories"`
	Sources    []string `toml:"sources"`
	Languages  []string `toml:"languages"`
	MinReports int      `toml:"min_reports"`
	Include    []string `toml:"include"`
	Exclude    []string `toml:"exclude"`
	Items      int      `toml:"items"`
	Updates    string   `toml:"updates"`
	Link       string   `toml:"link"`
	Key        string   `toml:"key"`
}

type muteTable struct {
	Story string   `toml:"story"`
	Words []string `toml:"words"`
	Until string   `toml:"until"`
}

// defaults returns the document that an empty config stands for.
func defaults() document {
	return document{
		Listen:   "127.0.0.1:8080",
		BaseURL:  "http://127.0.0.1:8080",
		DataDir:  "data",
		Timezone: "Local",
		Group:    groupTable{Window: formatDuration(defaultWindow)},
		Fetch: fetchTable{
			Interval: "30m", MinInterval: "5m", MaxInterval: "1d",
			Concurrency: 32, PerHost: 2, HostDelay: "1s", Timeout: "30s", MaxBody: "15MiB",
		},
		Retention: retentionTable{Articles: "90d"},
		Access:    accessTable{Users: []string{}},
	}
}

// decodeDocument reads a config as it is written. The problems are about keys,
// types and syntax; where there are any, the document may be incomplete.
func decodeDocument(data []byte) (document, *positions) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	p := scan(data)
	doc := defaults()
	d := toml.NewDecoder(bytes.NewReader(data))
	if len(p.problems) == 0 {
		d.DisallowUnknownFields()
	}
	err := d.Decode(&doc)
	if err != nil && len(p.problems) == 0 {
		p.problems = append(p.problems, decodeProblems(err)...)
	}
	p.incomplete = p.incomplete || err != nil
	return doc, p
}

// decodeProblems returns what the decoder found that scan had let pass, such
// as a key that is given twice.
func decodeProblems(err error) []problem {
	var missing *toml.StrictMissingError
	if errors.As(err, &missing) {
		var all []problem
		for _, e := range missing.Errors {
			line, column := e.Position()
			all = append(all, problem{position{line, column}, "unknown key " + strings.Join(e.Key(), ".")})
		}
		return all
	}
	at := position{1, 1}
	var e *toml.DecodeError
	if errors.As(err, &e) {
		at.line, at.column = e.Position()
	}
	return []problem{{at, strings.TrimPrefix(err.Error(), "toml: ")}}
}
