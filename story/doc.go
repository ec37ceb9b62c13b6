// Package story holds the vocabulary of storyfold (articles, stories,
// decisions) and the [Grouper], which puts articles into stories one at a time, as
// they arrive. The package does no I/O, reads no clock and keeps no text.
//
// # Terminology
//
// A story is open while it is in the Grouper's memory and may gain articles. A
// stem is a content word as package text gives it. A feature is a stem of an
// article with its weights. A candidate is an open story that shares heavy stems
// with an article; a rival is a candidate beside the article's own story. A pass is
// the second look at recent articles. A camp is a part of a story that is a story
// of its own. Siblings are the stories that a split left; they never merge.
//
// # Guarantees
//
// The same articles in the same order give the same decisions. A Grouper made by
// [Restore] from [Grouper.State] and the open stories takes, for the same further
// articles, the decisions that the one that never stopped would have taken, byte
// for byte. Articles that are known to be in different languages, or in letters of different scripts, share no story.
// An id is made from the key of a story's first article and never used twice. A
// story is shown (Show) by the pass after the one that it was opened before, and
// always before it is closed.
//
// This holds because what the Grouper knows is whole numbers that follow from
// the members of its open stories alone. A story's sums are the sums of its members'
// weights, which were rounded once; document frequencies are sums of rounded square roots.
// So joining and leaving are exact inverses, and order does not matter. Everything
// else is computed from these numbers when it is needed: there is no stored
// weight that could be out of date. Where a computation adds up fractions over a
// set without an order, each is rounded to a whole number first; where it has
// ties, the first article's place in the stream decides, or the word itself.
//
// # Weights
//
// The first 200 content words of the body are read. A stem occurs x times,
// an occurrence in the title counting 3, one among the first 60 words 1.5. Its weight saturates,
// as in BM25 (Robertson and Walker 1994):
//
//	v(w) = x/(x+3), scaled to Σ v² = 1
//
// h is the same over the head, that is the title and the first 30 words. The
// shortness of an article with U different stems is r = exp(-U/16): about .65 for a
// bare title, .15 for one with a sentence or two, nothing for a full text. What depends on the kind of article is mixed by r;
// there are no two modes. A date that the text names, in whatever words of its language, is a stem too,
// but of v alone, with x = 6(1-r)²: the 9th of October tells two accidents apart, while in a bare title it is
// rather a heading. An article of fewer than two different words, beside numbers and dates, stays alone,
// and so does one whose title announces a round-up. Instalments of a column (one title but for its date, or one title
// of one source on another day over another text) share no story.
//
// A stem's weight among all follows Spärck Jones (1972), with stories for
// documents, each by the square root of its articles, so that two hundred reports on one event
// do not make its key words common:
//
//	DF(w)  = Σ over open stories √(articles of the story having w) + 20 p(w)
//	N      = Σ over open stories √(articles), in the article's language
//	idf(w) = max(.01, ln((N+20) / (DF(w)+½)))
//
// The 20 stands for stories not seen yet, and p(w) for the share of them that have w, from lists of common
// words in ten languages and of dates (text.Common): the first five articles group well, and in a small stream or among
// bare titles a word like "launch" does not pass for rare. Among thousands of stories both hardly count.
//
// # Joining
//
// With V and H the sums of v and h over the members of a story c with n members,
// and cosines taken with idf, an article d has the score
//
//	s(d,c) = cos(v,V) + .37(1-r) cos(h,H) + .12 r·max over 40 members cos(v,vₘ) + .10 r(1 - 1/√n)
//
// and joins the best story with s ≥ .29(1-r) + .19 r, or opens one: single-pass
// clustering as in topic detection (Allan et al. 1998). Candidates come from an inverted index:
// the 25 heaviest stems, shortest lists first, up to 1,000 postings; of the five best by an
// estimate those are scored that reach .5(1-r) of the best estimate, and .5(1-r/2) of that of the article's own
// story. So the cost of an article depends on its own stems and on the
// lists of common ones up to that budget, not on how much is stored.
//
// A story takes no more than 1,000 articles: what else would join it, without end, opens a story beside it.
//
// Strictness adds .08 to the thresholds for each unit.
//
// # Splitting look-alike events
//
// Whenever a story has grown by a fifth (from 6 up to 80 members, unless they are
// titles) it is bisected by two-means with average link, started from up to 16 members, each
// against the member least like it (compare Steinbach, Karypis and Kumar 2000). The vectors are residuals: what all
// members share is taken away,
//
//	u(w) = v(w)·idf(w)·(1 - df(w)/n), for stems of at least two members
//
// with numbers weighing three times as much, and the dates that members name beside the stems, so that two ferries aground differ by their names and harbours. With ρ the
// mean likeness across over the geometric mean of those within, and e how exclusive
// the five best words of the camps are (the least of both camps' mean difference of shares), it is split if
//
//	ρ < .52 - 3.2/n + .3(e - .75)
//
// The 1/n is there because small groups fall apart by chance. The camp with the
// first article keeps the id; both are tested again.
//
// # The pass
//
// Every 50 articles, and when the caller says that none waits, those of the last 500 whose story
// changed or was nearly joined (by .1) since the pass before are scored again, each against its own story without itself and against its rivals. It
// moves where it is better off by more than .06 (staying alone scores as the threshold), and is put out
// where it is .05 under the threshold. Then stories merge if
//
//	.7 cos(Va,Vb) + .3 cos(Ha,Hb) > .50(1-r) + .07 r
//
// surest pairs first; the earlier story keeps its id.
//
// # Corrections
//
// A [Constraint] is the reader's word about the articles with two keys: same
// story, apart, or alone. Same is transitive: the articles that it ties are a
// block, which is in one story as far as it is open; blocks that are apart never
// are, and one that is out has its story to itself. A new constraint makes itself true at once. Same merges both stories,
// unless their languages or other corrections keep the rest apart: then the
// article goes alone, with its block. Apart bisects the story around both articles if camps show
// (ρ < .52), else the one that fits worse leaves. From then on articles are not
// offered stories that they must not join, pairs that must not merge are not, a
// split that would part a block is not made, and an article that a block's
// article alone would have let in is not put out of the story. A constraint that others exclude is refused with
// the shortest chain of them. An undone Same parts the
// story where camps show, and every undone one has its articles' stories judged again in the next pass.
//
// # Other settings
//
// [Grouper.Regroup] adds the open articles, in commit order, to an empty Grouper
// with the new settings, corrects it as the reader did, and takes its stories
// over: what stays with a story's first article keeps the id, what leaves it moves, or opens a story.
//
// # Measured
//
// The file quality.md has scores on labelled streams, cross-validation, cost, and the errors that remain. The
// parameters were set while looking at these streams; on others expect less.
package story
