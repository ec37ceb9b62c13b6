package story

// params are the numbers of the method; doc.go tells what they do and how they
// were chosen. Those in pairs hold for full texts and for bare titles, and are
// mixed by shortness between.
type params struct {
	titleWeight, leadWeight float64
	saturation, shortScale  float64

	head             float64 // weight of the head's cosine
	member           float64 // weight of the best member's cosine, for titles
	size             float64 // weight of the story's size, for titles
	joinText, joinT  float64 // thresholds
	mergeText, mergT float64
	mergeHead        float64 // share of the head in a merge
	better           float64 // by how much another story must be better for a move
	out              float64 // own score under which an article is put out

	splitRho, splitN, splitEx float64
	splitWithin               float64

	candidates, stems, budget int
	members                   int // newest members looked at for the best one
	every, recent             int
}

var p = params{
	titleWeight: 3, leadWeight: 1.5, saturation: 1.2, shortScale: 25,
	head: .37, member: .10, size: .09, joinText: .27, joinT: .16,
	mergeText: .50, mergT: .13, mergeHead: .3, better: .06, out: -.05,
	splitRho: .52, splitN: 3.2, splitEx: .3, splitWithin: .05,
	candidates: 8, stems: 25, budget: 1000, members: 40,
	every: 50, recent: 500,
}
