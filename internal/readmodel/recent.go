package readmodel

import "sync"

// recent keeps what the pages that were read lately needed, up to a number of bytes; then it begins again. It is part
// of a part, which counts the limit as used from the beginning.
type recent[K comparable, V any] struct {
	limit int64
	weigh func(V) int64

	mu     sync.Mutex
	values map[K]V
	used   int64
}

// split returns the values of the keys that are kept, and the other keys.
func (r *recent[K, V]) split(keys []K) (kept map[K]V, missing []K) {
	kept = make(map[K]V, len(keys))
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, k := range keys {
		if v, ok := r.values[k]; ok {
			kept[k] = v
		} else {
			missing = append(missing, k)
		}
	}
	return kept, missing
}

// add keeps a value, which never changes.
func (r *recent[K, V]) add(k K, v V) {
	bytes := r.weigh(v)
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.values[k]; ok || bytes > r.limit {
		return
	}
	if r.values == nil || r.used+bytes > r.limit {
		r.values, r.used = map[K]V{}, 0
	}
	r.values[k] = v
	r.used += bytes
}

// replace keeps a value in place of that of its key.
func (r *recent[K, V]) replace(k K, v V) {
	r.mu.Lock()
	if old, ok := r.values[k]; ok {
		r.used -= r.weigh(old)
		delete(r.values, k)
	}
	r.mu.Unlock()
	r.add(k, v)
}
