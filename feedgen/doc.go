// Package feedgen shows stories: as feeds, as pages, and as JSON. Handler is all
// of it, one http.Handler; it reads what Stories gives and writes nothing.
//
// # What a reader sees
//
// A view is the store under one Config. It shows the articles of configured
// sources alone: what a removed source brought is hidden at once, with the
// revisions that it caused and the sentences that were taken from it. A story
// without a visible article, and one that has not been through its first pass,
// is not there.
//
// # Feeds
//
// An output feed is a pure function of stories, their revisions and its Feed:
//
//	id         urn:uuid: of UUIDv5(the store's UUID, story id), in every format;
//	           of "feed/" and its name for the Atom feed itself
//	filter     a story is in the feed while it meets it, as it stands now
//	published  first shown: the first moment at which the story met the filter,
//	           not before Story.Shown. Its articles and revisions are gone
//	           through in the order in which they came, so the date stays when
//	           more of them come
//	updated    silent: as published; bump: the last revision, not before published
//	order      by updated, newest first; then by the newest article, since all of
//	           a first import was committed at one time; then by id
//	entries    the first Items, on to the last one first shown within 24 hours of
//	           the newest revision in the store, up to 500; ?limit= instead
//	pages      ?before= a place in that order, which next names (RFC 5005, section
//	           3; next_url): the entries after it, Items or limit of them
//
// Two policies make entries that never change, of what a revision told when it was
// committed (story.Told):
//
//	reissue    one entry a revision, its id made of "STORY/rN": of the revision
//	           that was current when the story was first shown, and of all later
//	           ones; published and updated are the revision's time, not before
//	           first shown
//	digest     one entry a day, its id made of "digest/FEED/DATE", with the stories
//	           that had such a revision after the time of the day before and up to
//	           that of this day, each as its last one told it; none on other days.
//	           Days are those of the config's zone. A time that a change of the
//	           clock skips is the moment of the change, one that comes twice is
//	           the first
//
// A story that became another one goes on in these with what it had told until
// then. In the feeds with one entry a story its entry is gone; Atom says so with a
// tombstone (RFC 6721). A story keeps what its last story.MaxTold revisions told,
// so a feed holds no entries for older ones.
//
// Two things need a clock: a digest is served from half a minute after its time on,
// and a Mute ends. In between, the bytes stay the same until the store or the config
// changes. Times in Atom carry milliseconds that are made from the entry's id:
// entries of one commit would have the same date otherwise.
//
// RSS 2.0 comes with content:encoded, dc:creator, atom:link and media:content;
// Atom is RFC 4287; JSON Feed is version 1.1, with the extension _storyfold. The
// structures are those of gorilla/feeds, embedded and extended. An RSS item has
// one enclosure, the first, since most readers take one alone; media:content,
// Atom and JSON Feed have them all. RSS source and atom:source name the feed of
// the representative article where its address is no secret, atom:source only
// where that feed has an id; entries that never change name none.
//
// # What comes from outside
//
// Every string of an article is hostile. It is text, never markup; it loses what
// XML 1.0 forbids, control characters, and the characters that turn the
// direction of what follows; it is cut to a length. An address is linked if it
// is absolute, http or https, and loses user and password. Content is made by
// html/template from a fixed form. A story of thousands of articles gives an
// entry that lists some and counts the rest.
//
// # Serving
//
// Answers are kept while generation and config stay, with a strong ETag made of
// their bytes. Last-Modified is the last change that the stories tell of.
// Nothing is written to a client while the store is read. What an entry says is
// kept while story, feed and config stay as they are. A search goes through an
// index of words that is made when the first one comes, and then looks at the
// stories that it may find; of 20,000 stories at most, the newest.
//
// Beside the name of an outlet stands the icon of the source of that name, where it has one
// (see Icons). Icons are served from here, under an address made of their bytes; pages load
// nothing from elsewhere.
//
// # Who may see and do what
//
// "Local use" (see localUse) is a request from the machine's own user. Where
// Config.Users names users, pages, the API and actions are for those who log in
// with basic auth. Without users pages and API are for all, and actions for
// local use. Output feeds are for all, or for who has the feed's key. Addresses
// with secrets, /opml, /metrics and the list of feeds with a key are for local
// use and for users. An action is a POST; one that a page of another site sends
// is refused. A link that leads to an action is signed with the store's secret
// and holds for a time; it opens a page that asks, and its button acts. Entries
// hold such links where their reader may act: in answers for local use, which
// nobody else is given, and in feeds with a key where there are users; in none
// that a hub hands on.
package feedgen
