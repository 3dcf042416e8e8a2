package dbt

import (
	"context"
	"runtime"
	"slices"
	"sync"
)

// batchBytes is how much raw JSON is handed to a decoder at once: enough that handing over costs nothing,
// little enough that memory stays flat.
const batchBytes = 256 * kib

// firstBytes is the room with which the first batch of a file begins: most files of small projects fit into one
// batch, which grows with them.
const firstBytes = 16 * kib

// entry is one raw value of a section.
type entry struct {
	section  string
	id       string // name in the section, or "" in an array
	index    int    // place in an array
	at       int64  // offset in the file
	length   int64  // in the file
	checked  bool   // text is the canonical form of a sound value, not the raw value
	from     int    // text in the batch: buf[from:to]
	to       int
	fields   int // members of a checked value in the batch: fields[fields:fieldsTo]
	fieldsTo int
}

// batch is a run of entries on its way to a decoder and, decoded, to the sink.
type batch[T any] struct {
	buf     []byte
	entries []entry
	fields  []span
	out     []T
	issues  []Issue
	err     error
	done    chan struct{}
}

// add copies an entry into the batch, whose room is at least doubled where it has too little.
func (b *batch[T]) add(e entry, text form, room int) {
	if cap(b.buf)-len(b.buf) < len(text.buf) {
		b.buf = slices.Grow(b.buf, max(room, len(b.buf), len(text.buf)))
	}
	e.from, e.fields = len(b.buf), len(b.fields)
	b.buf, b.fields = append(b.buf, text.buf...), append(b.fields, text.fields...)
	e.to, e.fieldsTo = len(b.buf), len(b.fields)
	b.entries = append(b.entries, e)
}

// text returns the text of an entry.
func (b *batch[T]) text(e entry) form {
	return form{b.buf[e.from:e.to:e.to], b.fields[e.fields:e.fieldsTo:e.fieldsTo]}
}

// pipeline reads in one goroutine, decodes in others and delivers in the caller's, in the order of the file.
type pipeline[T any] struct {
	decoders int
	split    func(ctx context.Context, emit func(e entry, text form) error) error
	decode   func(d *decoder, e entry, emit func(T)) // errors go to d, which has the text
	deliver  func(T) error
	decoder  func() *decoder
	issues   *issues // of decoded values
}

// run returns the first error in the order of the file.
func (p *pipeline[T]) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	n := p.decoders
	if n <= 0 {
		n = min(2, runtime.GOMAXPROCS(0))
	}
	work, order := make(chan *batch[T]), make(chan *batch[T], 2*n)
	free := &sync.Pool{New: func() any { return &batch[T]{} }}
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() { p.decodeAll(work) })
	}
	var splitErr error
	wg.Go(func() {
		defer close(order)
		defer close(work)
		splitErr = p.splitAll(ctx, free, work, order)
	})
	err := p.deliverAll(free, order)
	cancel()
	for range order { // let the splitter end
	}
	wg.Wait()
	if err == nil {
		err = splitErr
	}
	return err
}

// splitAll cuts the file into batches.
func (p *pipeline[T]) splitAll(ctx context.Context, free *sync.Pool, work, order chan<- *batch[T]) error {
	take := func() *batch[T] {
		b := free.Get().(*batch[T])
		*b = batch[T]{buf: b.buf[:0], entries: b.entries[:0], fields: b.fields[:0], out: b.out[:0], done: make(chan struct{})}
		return b
	}
	b, room := take(), firstBytes
	flush := func() error {
		if len(b.entries) == 0 {
			return nil
		}
		select {
		case order <- b:
		case <-ctx.Done():
			return ctx.Err()
		}
		work <- b // a decoder is always going to take it
		b, room = take(), batchBytes+batchBytes/4
		return nil
	}
	var d *decoder // of long values, which are not copied
	err := p.split(ctx, func(e entry, text form) error {
		if len(text.buf) > heldBytes {
			if err := flush(); err != nil {
				return err
			}
			if d == nil {
				d = p.decoder()
			}
			long := take()
			p.decodeOne(d, long, e, text)
			long.finish(d)
			select {
			case order <- long:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if b.add(e, text, room); len(b.buf) < batchBytes {
			return nil
		}
		return flush()
	})
	if ferr := flush(); err == nil {
		err = ferr
	}
	return err
}

func (p *pipeline[T]) decodeAll(work <-chan *batch[T]) {
	d := p.decoder()
	for b := range work {
		for _, e := range b.entries {
			if p.decodeOne(d, b, e, b.text(e)); d.err != nil {
				break
			}
		}
		b.finish(d)
	}
}

func (p *pipeline[T]) decodeOne(d *decoder, b *batch[T], e entry, text form) {
	d.begin(e)
	d.given = text
	p.decode(d, e, func(v T) { b.out = append(b.out, v) })
}

// finish passes on what a decoder found in the batch.
func (b *batch[T]) finish(d *decoder) {
	b.issues = d.issues
	if d.err != nil {
		b.err = d.err
	}
	d.issues, d.err = nil, nil
	close(b.done)
}

func (p *pipeline[T]) deliverAll(free *sync.Pool, order <-chan *batch[T]) error {
	for b := range order {
		<-b.done
		p.issues.add(b.issues...)
		for _, v := range b.out {
			if err := p.deliver(v); err != nil {
				return err
			}
		}
		if b.err != nil {
			return b.err
		}
		clear(b.out) // the values belong to the receiver now
		free.Put(b)
	}
	return nil
}
