// Package story holds the vocabulary of storyfold (articles, stories, decisions) and the
// Grouper, which puts articles into stories one at a time, as they arrive.
package story
