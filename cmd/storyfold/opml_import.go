package main

import (
	"bytes"
	"cmp"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"unicode"

	"github.com/google/renameio/v2"

	"storyfold/cmd/internal/daemon"
	"storyfold/fetcher"
)

// importPlan is what an import comes to.
type importPlan struct {
	sources []fetcher.Subscription // to be added, with names that are free
	known   int                    // feeds that the config, or the document itself, has already
	skipped []string               // feeds that cannot be sources, and why
}

// planImport compares feeds with the sources of the config.
func planImport(cfg *config, feeds []fetcher.Subscription) importPlan {
	var plan importPlan
	names, addresses := map[string]int{daemon.IngestSource: 1}, map[string]bool{}
	for _, s := range cfg.Sources {
		names[s.Name] = 1
		addresses[sameFeed(s.Feed)] = true
	}
	for _, f := range feeds {
		address, err := importAddress(f.Feed)
		switch {
		case err != nil:
			plan.skipped = append(plan.skipped, fmt.Sprintf("%s: %v", cmp.Or(printable(f.Name), "a feed without a name"), err))
			continue
		case addresses[sameFeed(address)]:
			plan.known++
			continue
		}
		addresses[sameFeed(address)] = true
		name := freeName(names, f.Name, address)
		plan.sources = append(plan.sources, fetcher.Subscription{Name: name, Feed: address, Category: configLine(f.Category, maxLine)})
	}
	return plan
}

// sameFeed returns what two addresses of one feed have in common.
func sameFeed(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	user := ""
	if u.User != nil { // one address for each subscriber
		user = u.User.String() + "@"
	}
	return user + fetcher.CanonicalLink(address)
}

// importAddress returns an address of an OPML document as the config has it. It is
// an error where the config would refuse it.
func importAddress(address string) (string, error) {
	address = strings.TrimSpace(address)
	if rest, ok := cutPrefixFold(address, "feed:"); ok { // feed://host/path, feed:https://host/path
		address = rest
		if strings.HasPrefix(rest, "//") {
			address = "http:" + rest
		}
	}
	const maxAddress = 4 << 10 // bytes
	if len(address) > maxAddress {
		return "", fmt.Errorf("its address has %d bytes; at most %d are taken", len(address), maxAddress)
	}
	c := &checker{places: scan(nil)}
	if strings.ContainsFunc(address, unicode.IsControl) || c.feedAddress("feed", address) == "" {
		if len(c.problems) > 0 {
			return "", fmt.Errorf("%s", strings.TrimSuffix(c.problems[0].text, `; for files on this machine write files = "…"`))
		}
		return "", fmt.Errorf("its address cannot be read")
	}
	return address, nil
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// maxLine is how many bytes a name or category of the config may have.
const maxLine = 200

// freeName returns name, or the host of address if it is empty, with a number
// behind it if it is taken. Then it is taken; taken counts how often each name was asked for.
func freeName(taken map[string]int, name, address string) string {
	if name = configLine(name, maxLine); name == "" {
		u, _ := url.Parse(address)
		name = configLine(strings.TrimPrefix(u.Hostname(), "www."), maxLine)
	}
	free := name
	for taken[free] > 0 {
		taken[name]++
		tail := fmt.Sprintf(" %d", taken[name])
		free = configLine(name, maxLine-len(tail)) + tail
	}
	taken[free]++
	return free
}

// configLine returns s as one line of at most max bytes that a config may have.
func configLine(s string, max int) string {
	s = strings.TrimSpace(strings.ToValidUTF8(printable(s), "\ufffd"))
	if len(s) <= max {
		return s
	}
	end := 0
	for i := range s {
		if i > max {
			break
		}
		end = i
	}
	return strings.TrimSpace(s[:end])
}

// appendSources adds the sources of the plan to the config file, all or none of them.
func (a *app) appendSources(cfg *config, plan importPlan) error {
	if len(plan.sources) > 0 {
		if err := appendToConfig(cfg.Path, sourceTables(plan.sources)); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(a.stdout, "%s: %s added, %d there already, %d left out\n",
		cfg.Path, count(len(plan.sources), "source", "sources"), plan.known, len(plan.skipped))
	return err
}

// appendToConfig puts text behind what the config file holds. It replaces the file
// in one step, with the mode and owner that it had, and only by one that is right.
func appendToConfig(path, text string) error {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return fmt.Errorf("write config: %w", err)
	}
	data, err := os.ReadFile(real)
	if err != nil {
		return fmt.Errorf("write config: %w", err)
	}
	if len(data) == 0 {
		text = strings.TrimPrefix(text, "\n")
	} else if !bytes.HasSuffix(data, []byte("\n")) {
		text = "\n" + text
	}
	if bytes.Contains(data, []byte("\r\n")) {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	data = append(data, text...)
	if len(data) > maxConfig {
		return fmt.Errorf("write config: %s would have more than the %s that a config may have", path, formatSize(maxConfig))
	}
	if _, err := parseConfig(path, data); err != nil {
		return withHint(fmt.Errorf("write config: %s was not changed, since it would not be right with [[source]] tables at its end", path),
			"run the command without --write and put what it prints into the file by hand")
	}
	if err := replaceFile(real, data); err != nil {
		return withHint(fmt.Errorf("write config: %w", err), "run the command as the user who owns the file and its folder, or without --write")
	}
	return nil
}

// replaceFile gives the file at path new content, in one step.
func replaceFile(path string, data []byte) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	f, err := renameio.NewPendingFile(path, renameio.WithExistingPermissions())
	if err != nil {
		return err
	}
	defer f.Cleanup()
	if owner, ok := info.Sys().(*syscall.Stat_t); ok {
		if err := f.Chown(int(owner.Uid), int(owner.Gid)); err != nil {
			return err
		}
	}
	if _, err := f.Write(data); err != nil {
		return err
	}
	return f.CloseAtomicallyReplace()
}
