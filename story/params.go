package story

// params are the numbers of the method. doc.go has the formulas that they stand
// in. Where there are two, the first holds for full texts and the second for
// bare titles; between, they are mixed by shortness.
type params struct {
	// Weights of words.
	titleWeight, leadWeight float64 // of a word in the title, in the first words; 1 elsewhere
	dateWeight              float64 // of a date that a full text names
	saturation, shortScale  float64

	// Joining.
	head               float64 // weight of the head's cosine, for texts
	member, size       float64 // weight of the best member's cosine and of the story's size, for titles
	joinText, joinT    float64 // least score
	better             float64 // by how much another story must be better for a move
	out                float64 // added to the least score, what a member must have to stay
	mergeText, mergeT  float64 // least likeness of two stories that are one
	mergeHead          float64 // share of the head in it
	rivalText, rivalT  float64 // how far below the least score a story is still a candidate for a merge
	candidates, stems  int     // stories scored for an article; its heaviest stems that find them
	worth              float64 // share of the best guess that a story needs to be scored, times 1-r; of the guess of the article's own story, times 1-r/2
	budget             int     // postings read for it, beside those of the rarest stem
	members            int     // newest members among which the best one is sought
	every, recent      int     // articles between two passes; articles that a pass judges
	nearMiss           float64 // how far below the least score an article may be and still be worth a second look at the story
	splitRho, splitN   float64
	splitEx, splitBase float64
	splitWithin        float64
	splitDate          float64 // of a date in the comparison of camps, in words of usual weight
	splitNumber        float64 // of a number in it
}

// param holds the values in force; only tests change them.
var param = params{
	titleWeight: 3, leadWeight: 1.5, dateWeight: 6, saturation: 3, shortScale: 16,
	head: .37, member: .12, size: .10, joinText: .29, joinT: .19, better: .06, out: -.05,
	mergeText: .50, mergeT: .07, mergeHead: .3, rivalText: .17, rivalT: .13,
	candidates: 5, stems: 25, worth: .1, budget: 1000, members: 40, every: 50, recent: 500, nearMiss: .1,
	splitRho: .52, splitN: 3.2, splitEx: .3, splitBase: .75, splitWithin: .05,
	splitDate: 3, splitNumber: 3,
}
