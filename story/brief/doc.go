// Package brief says in short what the articles of a story say together.
//
// # Words
//
// A family is the copies and light rewrites of one report. Two articles are one
// family if the word pairs they share, less those that the story shares anyway,
// make up enough of the shorter one (families.go). A family speaks with one
// voice: its fullest clean article.
//
// The headline is the best title of the members, the representative the article
// that stands for all, the summary up to three sentences of different families
// that the other families bear out, "only" what one family alone reports, and
// "new" what an article said that none before it had.
//
// # Guarantees
//
// Make is a function of the members, their articles and the reader's
// preferences: it knows no clock, no map order and no randomness. It looks at
// no more than 18 articles and at no more than the first 24,000 bytes of each,
// so that its cost is bounded however large a story grows. Articles beyond
// those keep the family they have. Each member of a large story carries a
// fingerprint, 16 hashes of its text (print.go): it tells of a new one what it is a
// copy of, and which articles are read because it may be a rewrite of one. A Reader remembers the articles it prepared last, in a bounded
// number of bytes, which changes nothing but the cost. What Make quotes are
// sentences of the articles as they stand, but for a dateline, which is cut off
// the front; link lists, bylines, credits, comment forms and halves of sentences
// are never quoted.
package brief
