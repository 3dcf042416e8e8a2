package revision

import "iter"

// batch is how many assets are read, merged and written at a time, and batchBytes about how many bytes of reports: they
// bound the memory of an apply, not its atomicity.
const (
	batch      = 500
	batchBytes = 6 << 20
)

// batches yields a list in runs of at most that many elements, and of about batchBytes.
func batches[T any](list []T, most int, size func(T) int64) iter.Seq[[]T] {
	return func(yield func([]T) bool) {
		for len(list) > 0 {
			n, bytes := 0, int64(0)
			for n < min(most, len(list)) && (n == 0 || bytes+size(list[n]) <= batchBytes) {
				bytes += size(list[n])
				n++
			}
			if !yield(list[:n:n]) {
				return
			}
			list = list[n:]
		}
	}
}
