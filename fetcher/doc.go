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
//   - A request ends within Options.Timeout, and its redirects, headers and document are
//     bounded: see Limits.
//   - No address out of a redirect or a name server leads to a machine of a private network,
//     unless the config says so. What is configured for one host (headers, private access)
//     does not go to another.
//   - A document is bounded in size, depth and number of items before it reaches a
//     parser whose cost grows with any of them.
//   - What leaves the package is plain text without control characters, and absolute http or
//     https addresses.
//   - A document that breaks off, gets too deep or has to be mended gives the items that can be
//     read, an error, and no validators.
//   - A failure stays with its source: looks are bounded in number, and each host has a
//     queue of its own.
//
// # Schedule
//
// After a good look the next one is planned by plan in schedule.go:
//
//	rhythm   = half of the median gap between the newest 20 items
//	rest     = a twentieth of the time since the newest item
//	interval = max(rhythm, rest), within min_interval and max_interval
//	           (o.Interval while fewer than two items have dates)
//	wait     = max(interval, ttl of the feed, max-age or else Expires of the server), at most max_interval
//	next     = now + wait + up to a tenth of it, at random;
//	           hours later where that is in skipHours or skipDays
//
// What feed and server ask for is remembered, for "not modified" does not repeat it. An
// interval that is set at the source stands for wait, and nothing but Retry-After stretches it.
//
// After the nth failure in a row, a quarter added at random:
//
//	wait = min_interval·2ⁿ⁻¹, at most max_interval;
//	       at least a day once all looks of seven days failed;
//	       a week for a feed that is gone (410), whose state says so;
//	       at least Retry-After, in seconds or as a date, of 429, 503 or any other answer, at most a day
//
// A 429 without Retry-After counts as one of Options.Interval.
//
// Three kinds of answers keep the whole host quiet, and so its other sources: Retry-After, for four
// hours at most; a 429 or 503 without it, and 403 at three addresses within ten minutes in which the
// host gave nothing, for ten minutes. In private networks, where many services share
// a name, an answer is for its own address alone.
//
// Next looks are part of the stored states and kept after a restart. Those that are overdue then are
// spread over up to a minute. Each state says in words why its next look is when it is.
//
// # Politeness
//
// One host (all names of one registrable domain; each unusual port is another one) gets
// at most Options.PerHost requests at a time, and their starts are Options.HostDelay apart,
// redirects included. A host has a queue of its own, so that a thousand feeds on one
// do not keep those of others waiting, and a look that needs many requests takes every other
// turn of a host at most while feeds wait there. Connections are used again. Where customers of a
// hoster have domains of their own by the public suffix list, each is a host.
//
// A server's 304 may renew validators. Where a day brought nothing else, the document is
// asked for without them once. Where it turns out that validators stayed the same while the
// document changed (but for a weak ETag), they are not sent any more, and the state says so.
//
// A permanent redirect (301, 308) is followed each time, and adopted once five good looks
// in a row, over a day or longer, led to the same address, unless another source is read
// from there. The state and the log say so. When the new address fails three times in a row, the
// configured one is asked again. Headers and private access stay with the configured host.
//
// # Web pages
//
// Where a source's address turns out to be a web page, its feed is looked for: first
// the page's links of rel "alternate" (feeds of comments and of machines' interfaces
// aside), then, at the first look and every eighth failed one, six well-known places of
// the site. Each request waits for its host's turn. What is found is kept in the state, and asked at once
// from then on; the page is asked again when it failed five times in a row, over a
// day or longer. An address that once was a feed is taken for one until it has been a page for a week.
//
// With Source.FullText, new articles get the text of the page that they link to, where that is
// longer than the feed's and is about the same: see Fetcher.fullText. One look
// reads at most 50 pages in ten minutes, one after the other, and other sources do not wait for it. An article
// that is known is not asked for again. A page that fails is a warning.
//
// # Icons
//
// With Options.SaveIcon, each source that is well has its icon looked for once a week: the one
// that the feed names (image, icon, logo, favicon), else those that its site's page names, else
// /favicon.ico there. One source is searched for at a time, a second after another, and each request waits for
// its host's turn. PNG, GIF, JPEG, WebP and ICO are taken, told by their content, and nothing
// that is drawn by lines, for that can hold programs. Sources of one site share one. A search that finds
// nothing leaves what was there, and is no fault of the source.
//
// # Known items
//
// Of a document that changed, most items have not. Those are told by a hash of their bytes as they
// stand in it, and cost no parsing, no sanitising and no search for credits: the Result has their keys
// (Result.Same). What they were is remembered until the program ends, and only of what a Sink
// named (Result.Kept). A document is read as a whole where anything else of it matters to its articles and is
// new (language, namespaces, authors of the feed), where guids are not what tells its items, and
// where it had to be mended.
//
// # Limits
//
// Every limit has a name, and what exceeds it an error that says what to do:
//
//	Options.Timeout    30 s       one look's requests and body, waiting for a turn not counted
//	dialTimeout        10 s       a connection, and its TLS handshake
//	maxRedirects       10         in a row; only http and https, without user names
//	maxHeaderBytes     256 KiB    headers of an answer
//	maxValidator       1 KiB      an ETag or Last-Modified that is kept
//	maxCodings         2          compressions over one another
//	Options.MaxBody    15 MiB     a document, unpacked and packed; larger ones give nothing
//	maxAnnounced       256 KiB    of a document that is announced as larger are read, if it ends there
//	maxSmall           1 MiB      documents larger than that are read mediums (2) at a time,
//	maxMedium          2 MiB      and those larger than that one at a time
//	maxRetryAfter      a day      that a server can keep an address quiet at once
//	maxHostHold        4 h        that one address can keep its host quiet
//	hostRest           10 min     that a host is left alone which is too busy, or refuses, and does not say for how long
//	maxDepth           200        nested elements or JSON values; the items before are kept
//	maxItems           10,000     items of a document; the first are kept
//	maxRemembered      200        items of a document that are known again without being read; see memory
//	maxAttrs           64         attributes of an element; the first are kept
//	maxTag             64 KiB     a tag; maxLongTag, 4 MiB, if it has an end
//	maxBareTags        10,000     "<" that open nothing
//	maxTitle           500        letters of a title
//	maxText            256 KiB    the text of an article
//	maxURL             4 KiB      an address; a longer one counts as none
//	maxIdentity        1 KiB      an identity; a longer one stands as its hash
//	maxAuthors, maxCategories, maxEnclosures  20, 30, 20 of an article
//	maxAlternates      5          feeds of a web page that are tried
//	maxPage            3 MiB      a web page; maxPageText, 1 MiB, of text in it
//	maxPageElements    20,000     of a page, at most maxPageDepth, 100, in one another; see also maxPageWork
//	maxPages           50         pages that one look reads for full text, in maxPagesTime, 10 min
//	maxIcon            64 KiB     an icon, of minIconSide, 8, to maxIconSide, 1,024, pixels, about square; iconTimeout, 10 s, and
//	                              maxIconURLs, 4, addresses in one search
//	maxOPML            16 MiB     an OPML document; maxOutlineDepth 100, maxSubscriptions 100,000
//
// # Identity
//
// The identity of an article is its guid, else its canonical link, else a hash of title and
// text. Where more than one in twenty guids of a document repeat, or where at
// least two thirds of the items that are still there have new guids, guids are not used;
// links likewise when they repeat. Where guids and links are both new, what stays is title and date (of
// items without a date, title and text): see churnOf. It is told from the traces of
// sixteen items, and Result.Renamed has the stored articles recognised once, by the same.
// CanonicalLink says which addresses are one.
package fetcher
