package main

import (
	"storyfold/cmd/internal/daemon"
	"storyfold/fetcher"
	"storyfold/story"
)

// daemonConfig says in the daemon's terms what the config file says.
func (a *app) daemonConfig(c *config) daemon.Config {
	return daemon.Config{
		Listen:    c.Listen,
		DataDir:   c.DataDir,
		Group:     story.Options{Window: c.Group.Window, Strictness: c.Group.Strictness},
		Fetch:     a.fetcherOptions(c),
		Feeds:     c.feedgenConfig(),
		Sources:   c.Sources,
		Retention: c.Retention.Articles,
		Open:      c.Access.Open || len(c.Access.Users) > 0,
	}
}

// fetcherOptions says in the fetcher's terms how sources are read.
func (a *app) fetcherOptions(c *config) fetcher.Options {
	f := c.Fetch
	return fetcher.Options{
		Interval: f.Interval, MinInterval: f.MinInterval, MaxInterval: f.MaxInterval,
		HostDelay: f.HostDelay, Timeout: f.Timeout, Concurrency: f.Concurrency, PerHost: f.PerHost,
		MaxBody: f.MaxBody, AllowPrivateNetworks: f.AllowPrivateNetworks,
		Proxy: f.Proxy, UserAgent: f.UserAgent, Log: a.log,
	}
}
