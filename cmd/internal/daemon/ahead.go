package daemon

import (
	"iter"
	"sync"
)

// ahead gives what seq gives, which a goroutine of its own asks for up to n values
// ahead. It has ended when the iteration has.
func ahead[T any](seq iter.Seq2[T, error], n int) iter.Seq2[T, error] {
	type result struct {
		v   T
		err error
	}
	return func(yield func(T, error) bool) {
		results, stop := make(chan result, n), make(chan struct{})
		var asking sync.WaitGroup
		defer asking.Wait()
		defer close(stop)
		asking.Go(func() {
			defer close(results)
			for v, err := range seq {
				select {
				case results <- result{v, err}:
				case <-stop:
					return
				}
			}
		})
		for r := range results {
			if !yield(r.v, r.err) {
				return
			}
		}
	}
}
