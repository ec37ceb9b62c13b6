// Package text reads what articles say, in any language: the language itself, content words, sentences,
// dates, and runs of words.
//
// # Words
//
// A content word is one that says what a text is about: a stop word, such as "the", says nothing, and
// what news of every kind says ("reported", "Monday") hardly more. A stem stands for the forms of a
// word. Who reads words asks whether two stems are alike, hardly ever how one is written: a Token has
// the hash of its stem, and the stem is found again where it is asked for. A sign is a letter of a script that
// is written without spaces; two that stand side by side are taken for a word. A shingle is the hash
// of some words in a row.
//
// # Guarantees
//
// What is returned depends on the arguments alone. Everything may be called by several goroutines. Any text is
// read, broken ones too, in time that grows with its length. What is kept between calls
// is bounded whatever is read: the rules of the languages that were met, and the stems of the words that were met, in
// tables of 2.3 MB (cache.go).
//
// Most words are taken by a quick way (simple.go, plain.go), and the others by the word boundaries of Unicode
// Annex 29 (tokens.go); both find the same words, as the fuzz tests check. The hashes of stems and shingles
// do not change from one version to the next: fingerprints of articles that are made of them are stored.
package text
