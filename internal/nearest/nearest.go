// Package nearest finds the name that somebody meant who wrote another one.
package nearest

// Of returns the candidate that word is a misspelling of, or "" if none is near:
// one that a third of its letters, left out, added, changed or swapped with their
// neighbour, make equal to word. Of equally near ones it is the first.
func Of(word string, candidates []string) string {
	best, limit := "", (len(word)+1)/3+1
	for _, c := range candidates {
		if d := distance(word, c); d < limit {
			best, limit = c, d
		}
	}
	return best
}

// distance is the optimal string alignment distance, in bytes: names are ASCII.
func distance(a, b string) int {
	var before []int // the row of a[:i-2]
	last := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := last[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			row[j] = min(last[j]+1, row[j-1]+1, change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
