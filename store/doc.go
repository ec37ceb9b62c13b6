// Package store keeps articles, stories, decisions and the states of sources in
// one bbolt file, storyfold.db.
//
// # Guarantees
//
// A [story.Commit] is one transaction: all of it is on disk when Commit returns
// without an error, or, after a crash at any instant, none of it is. A commit
// that fails leaves what was there. (One exception is the disk's: where it
// refuses only the very last flush, a commit that was reported as failed may be
// in force. NextSeq, Known and the others tell what is.) What is read is copied
// out of the file; no method holds a transaction while its caller is at work,
// so a slow reader delays nobody.
//
// The lock file storyfold.lock is taken before the store's file is looked at: by
// one process for writing, or by several for reading. A new store is written as
// storyfold.db.new and renamed when it is complete. A file that is damaged,
// foreign or of a newer version is refused, and only ever opened for reading
// until that is known. Damage that is found later is an error of the one read
// that comes upon it; for an article, what is known beside its record stands in where
// stories are restored, told and removed: see Readable.
//
// A store of an earlier version is converted when it is opened: in a copy, which
// takes the file's place when it is complete; the earlier file stays as
// storyfold.db.vN, N being its version.
//
// # Format, version 2
//
// In keys and values numbers are 8 bytes, big-endian; a time is 12 bytes that
// sort as times do: seconds since 1970 as a number with the sign bit flipped, and
// nanoseconds in 4 bytes, big-endian. A name from outside is 'n' and the name,
// or 'h' and its SHA-256 if it is longer than 400 bytes. 0 is a zero byte.
//
// A record is CBOR with the integer keys of its type's tags and times as RFC
// 3339 text in UTC; before it stands one byte for the form: 1, the CRC-32C of the
// CBOR in 4 bytes, and the CBOR; or 2, and a zstd frame of the CBOR (from 256
// bytes on). Fields that are not known are skipped.
//
// A story is kept in parts, so that what a join costs does not depend on how large
// the story is: its header, which stays small, and records of its members, its
// revisions, what these told, and its formers. The records of parts are CBOR maps
// of indefinite length, their keys ascending; zero fields are left out, and a time
// is whole seconds since 1970, or a list of those and nanoseconds. Records of
// members and revisions are compressed from 1,024 bytes on.
//
//	bucket      key                    value
//	meta        "format"               "storyfold"
//	            "version"              4 bytes, big-endian: 2, or 3 while stories are owed
//	            "uuid"                 16 bytes, random, RFC 9562 version 4
//	            "secret"               32 bytes, random, made when first needed
//	            "mutes"                record of a list of story.Mute, up to 1,000
//	            "next"                 sequence number of the next new article, from 1
//	            "decision", "alias"    number of the next decision, of the next alias, from 1
//	            "owed"                 number of the first decision that the stories do not show;
//	                                   there while stories are owed
//	            "generation"           number, grows with each change of a story
//	            "totals"               5 numbers: articles, open stories, closed stories,
//	                                   aliases, decisions
//	article     sequence               record story.Article
//	key         name of a key          'a' (the article's own) or 'l' (a further listing),
//	                                   sequence, ContentHash or 0 in a listing, the key
//	link        name of a link,        empty
//	            0, sequence
//	name        sequence, 'k' or 'l',  empty: the keys of buckets key and link that lead
//	            name of a key or link  to the article
//	id          public id (16 bytes)   sequence
//	member      sequence               id of the story that the article is in
//	story       id                     record of the header: story.Story without its members,
//	                                   revisions and formers, and 12: number of members, 13: sum
//	                                   of their numbers' SplitMix64, modulo 2^64, 14: number of revisions,
//	                                   15: time of the last one, 16: sequence of the first
//	                                   member, 17: when the newest was first seen, if the story
//	                                   is closed, 18: formers, {1: time, 2: id}, in their order,
//	                                   19: generation that stored the story last
//	memberof    id, 0, sequence        record story.Member
//	revision    id, 0, number          record story.Revision, with the articles that came since
//	                                   the one before, and 8: those that went
//	told        id, 0, number          record story.Told of that revision; may be missing
//	former      id, 0, id of a story   record story.Story: a story that became this one, whole
//	            that became it
//	sourceof    id, 0, name of a       number of members that the source brings or lists, the
//	            source (as a name)     source
//	updated     time of the last       empty
//	            revision, id
//	open        sequence of the first  empty: stories that are not closed
//	            member, id
//	closed      time at which the      empty: stories that are closed
//	            newest member was
//	            first seen, id
//	removed     id                     time of the removal: stories and aliases that were
//	alias       id                     number, id of the story that it became
//	aliasof     id of a story, 0, id   empty: alias turned round
//	aliasorder  number                 id of the alias
//	decision    number                 record {1: time of the commit, 2: story.Decision}
//	decisionof  id, 0, number          empty: the decision's Story, and its From if it has one
//	engine      "state"                record, the CBOR being the Grouper's own bytes
//	            "settings"             record story.Settings: those in force; may be missing
//	state       name of the source     record story.SourceState
//	count       name of the source     numbers of its articles and stories, the source
//	            (as a name)
//	gone        name of a key          time when it was last asked for, the key: keys of
//	                                   removed articles
//	read        name of the source     time when keys of it were last asked for, to a day
//	            (as a name)
//	constraint  number                 record story.Constraint. The bucket is made with the first
//	                                   one; its sequence is the highest number ever used
//	owed        sequence               empty: articles stored while stories are owed; the
//	                                   bucket is there so long
//	icon        story.IconKey of it    record story.Icon. The bucket is made with the first one
//
// Links are what Options.Canonical makes of an article's address, also of its
// earlier ones. The articles of a source are those that it brought (Source) or
// lists (Also); its stories are those with such a member. An alias is no story:
// it has no record in bucket story, and it names the story where it ends, also
// after that one became another. Aliases of a removed story are in bucket removed
// themselves. A decision goes with its Story, or with what that one became.
//
// # Invariants
//
// Check walks them all, |b| being the number of keys in bucket b.
//
//	article[n].Seq = n, 0 < n < next
//	key[article[n].Key()] = 'a', n, ContentHash(article[n]);  'a' occurs |article| times
//	id[article[n].ID()] = n, |id| = |article|
//	key[k] = _, n    ⇔  name has n 'k' k;  then article[n] is there
//	link has l 0 n   ⇔  name has n 'l' l;  then article[n] is there
//	gone[k] is there  ⇒  key[k] is not
//	member[n] = s  ⇔  memberof has s 0 n, |member| = |memberof| = |article|
//	story[s].ID = s, Members not empty, Seq ascending, id[Members[i].ID] = Members[i].Seq
//	Revisions not empty, Revisions[i].Number = i+1, Time and Articles ascending
//	told has s 0 n  ⇒  revision has s 0 n, n > |Revisions| - story.MaxTold
//	former has s 0 f  ⇔  f is among the header's formers
//	sourceof[s 0 x] = number of members of x > 0
//	the header says what the parts are
//	Reports = story.Independent(Members)
//	updated has Updated() s, and open has Members[0].Seq s, or, if Closed, closed has
//	    the newest FirstSeen and s;  |updated| = |open| + |closed| = |story|
//	alias[a] = n, s  ⇔  aliasof has s 0 a  ⇔  aliasorder[n] = a;  story[s] is there, story[a] is not
//	removed[s] is there  ⇒  story[s] and alias[s] are not
//	decision[n] is readable, 0 < n < next decision;  its Story is in story or alias
//	decisionof has s 0 n  ⇔  s is Story or From of decision[n]
//	icon[k].Key = k = IconKey(icon[k].Data)
//	constraint[n].Number = n ≤ the bucket's sequence
//	count and totals are what is there
//
// # What is owed
//
// A commit may leave its decisions to be applied to the stories later
// ([story.Commit].Owing): its articles, decisions and states are stored, and no story
// changes. Then "owed" in meta is the number of the first such decision, bucket owed has the
// articles that were stored since, new or edited, and "version" is 3, so that an earlier
// program, which would take the articles for lost, refuses the file. The commit that
// pays stores all those stories, empties the bucket and makes the version 2 again. A new
// article that no story has, n, breaks no invariant where
//
//	owed has n, member does not, and exactly one decision from "owed" on opens a story with n,
//	    or has it join one
//
// and the Story of such a decision may be one that a decision from "owed" on opened, by an
// article of its own, by a split or by a move. All else holds as ever.
//
// Pages are checked before by bbolt itself. Its list of free pages is kept in the
// file: without it, opening a file would walk all its pages.
package store
