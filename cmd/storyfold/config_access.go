package main

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/bcrypt"

	"storyfold/feedgen"
)

// maxUsers is how many users may log in.
const maxUsers = 1000

// Costs that the hash of a password may have: a check at the largest takes
// seconds, and each login waits for one.
const (
	minCost = bcrypt.MinCost
	maxCost = 15
)

// hashHint says how a user is made.
const hashHint = `make one with: htpasswd -nBC 10 NAME`

// access checks [access].
func (c *checker) access(cfg *config, doc *document) {
	cfg.Access.Open = doc.Access.Open
	if len(doc.Access.Users) > maxUsers {
		c.wrong("access.users", "users has %d entries; at most %d are allowed", len(doc.Access.Users), maxUsers)
		return
	}
	first := map[string]int{}
	for i, text := range doc.Access.Users {
		at := fmt.Sprintf("access.users[%d]", i)
		u, ok := c.user(at, text)
		if !ok {
			continue
		}
		if j, taken := first[u.Name]; taken {
			c.wrong(at, "the user %q is there already, in line %d", u.Name, c.places.find(fmt.Sprintf("access.users[%d]", j)).line)
			continue
		}
		first[u.Name] = i
		cfg.Access.Users = append(cfg.Access.Users, u)
	}
}

// user reads "name:hash". What is wrong is not repeated: it may be a password.
func (c *checker) user(at, text string) (feedgen.User, bool) {
	name, hash, ok := strings.Cut(text, ":")
	switch {
	case !ok || name == "":
		c.wrong(at, `a user is "name:bcrypt hash"; %s`, hashHint)
		return feedgen.User{}, false
	case len(name) > 200 || !utf8.ValidString(name) || strings.ContainsFunc(name, isControl):
		c.wrong(at, "the name of a user has at most 200 bytes, and no control characters")
		return feedgen.User{}, false
	}
	cost, err := bcrypt.Cost([]byte(hash))
	switch {
	case err != nil || len(hash) != hashLen || strings.Trim(hash[saltAt:], hashAlphabet) != "":
		c.wrong(at, "what stands after %q: is no bcrypt hash; %s", name, hashHint)
		return feedgen.User{}, false
	case cost < minCost || cost > maxCost:
		c.wrong(at, "the hash of %q has the cost %d; it must be from %d to %d", name, cost, minCost, maxCost)
		return feedgen.User{}, false
	}
	return feedgen.User{Name: name, Hash: hash}, true
}

// The shape of a bcrypt hash: "$2b$10$" and 53 characters of salt and sum.
const (
	hashLen      = 60
	saltAt       = 7
	hashAlphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
)

func isControl(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }
