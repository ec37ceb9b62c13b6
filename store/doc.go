// Package store keeps articles, stories, decisions and the states of sources in
// one bbolt file.
package store
