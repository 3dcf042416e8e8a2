package bucket

import (
	"context"
	"fmt"
	"iter"
)

// Limits bound what is read of a bucket.
type Limits struct {
	Keys   int   // objects of a listing
	Pages  int   // requests of a listing
	Object int64 // bytes of one object
}

// Objects lists the objects whose keys begin with prefix, in order of keys. The listing ends with an error if the
// store does not end it within the limits.
func (c Client) Objects(ctx context.Context, prefix string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		l := listing{limits: c.Limits, prefix: prefix}
		for {
			page, err := c.page(ctx, prefix, l.next)
			if err == nil {
				err = l.take(page)
			}
			if err != nil {
				yield(Object{}, err)
				return
			}
			for _, o := range page.Objects {
				if !yield(o, nil) {
					return
				}
			}
			if l.next == "" {
				return
			}
		}
	}
}

// page asks for one page, again while the store is unavailable.
func (c Client) page(ctx context.Context, prefix, next string) (page Page, err error) {
	err = c.retry(ctx, func() error {
		page, err = c.Bucket.Page(ctx, prefix, next)
		return err
	})
	return page, err
}

// listing counts what a store sends, because a store that errs may never end.
type listing struct {
	limits      Limits
	prefix      string
	keys, pages int
	last        string // key
	next        string
}

// take checks a page.
func (l *listing) take(p Page) error {
	l.pages++
	l.keys += len(p.Objects)
	switch {
	case l.keys > l.limits.Keys:
		return &Error{Reason: TooMany, Message: fmt.Sprintf("more than %d objects are below %q; set a search path that holds "+
			"the artifacts alone", l.limits.Keys, l.prefix)}
	case p.Next != "" && (p.Next == l.next || l.pages >= l.limits.Pages):
		return &Error{Reason: Looping, Message: fmt.Sprintf("the store did not end its listing after %d pages", l.pages)}
	}
	l.next = p.Next
	for _, o := range p.Objects {
		if o.Key <= l.last && l.pages > 1 {
			return &Error{Reason: Looping, Message: fmt.Sprintf("the store listed %.200q after %.200q: its listing goes backwards", o.Key, l.last)}
		}
		l.last = o.Key
	}
	return nil
}
