package httpapi

import "sync"

// openStreams counts the streams of each key.
type openStreams struct {
	mu sync.Mutex
	of map[int64]int // by key; 0: none is needed
}

// take opens a stream of a key unless it has as many as it may. release closes it.
func (o *openStreams) take(key int64, most int) (release func(), ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.of[key] >= most {
		return nil, false
	}
	if o.of == nil {
		o.of = map[int64]int{}
	}
	o.of[key]++
	return func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		if o.of[key]--; o.of[key] == 0 {
			delete(o.of, key)
		}
	}, true
}
