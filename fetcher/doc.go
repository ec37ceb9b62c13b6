// Package fetcher brings articles in: from feeds on the network and from files.
//
// A Fetcher looks at each source when it is due, and hands what it finds, one
// Result a look, to a Sink that commits it. What the server said about the
// document (validators, next look) is kept only once the Result is committed, so
// that a crash between the two costs a request and never an article.
//
// # Words
//
// A look is one visit to a source, whatever comes of it. A document is what a
// server or file gave: RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, JSON Feed 1.0 and 1.1.
// An item (entry in Atom) is a part of a document; an article is what is made of it. A
// guid is the name that a feed gives an item. Validators are the ETag and
// Last-Modified of a document, sent back with the next request so that the server can answer
// "not modified".
//
// # What holds whatever a server does
//
//   - A request ends within Options.Timeout, after at most 10 redirects, with at most
//     256 KiB of headers and Options.MaxBody bytes of document, counted unpacked.
//   - No address out of a redirect or a name server leads to a machine of a private network,
//     unless the config says so. What is configured for one host (headers, private access)
//     does not go to another.
//   - A document is nested at most 200 levels, and has at most 10,000 items,
//     before it reaches a parser whose cost grows with either. A title has at most 500
//     letters, a text at most 256 KiB.
//   - What leaves the package is plain text without control characters, and absolute http or
//     https addresses.
//   - A document that breaks off or has to be mended gives the items that can be
//     read, an error, and no validators.
//   - A failure stays with its source: looks are bounded in number, and each host has a
//     queue of its own.
//
// # Schedule
//
// See plan. An interval comes from the rhythm of a feed's items, and is stretched by what
// the feed and its server ask for. Failures double it. Each state says in words why
// its next look is when it is.
package fetcher
