package mcp

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/store"
)

// answer is what a tool returns: fields, and lists of which as many rows are shown as there is room for.
type answer struct {
	fields  []field
	lists   []list
	version int64 // of the schema; later pages are of it too; 0: none
	notes   []string
}

type field struct {
	name  string
	value any
}

// list is a list of an answer, from where this page of it begins.
type list struct {
	name   string
	before int   // rows on earlier pages
	count  int   // rows that row knows
	total  int64 // rows of the whole list; -1: not counted
	row    func(i int) any
	// after returns the position behind the first n rows, and whether there are more.
	after func(n int) (string, bool, error)
}

// set adds a field.
func (a *answer) set(name string, value any) { a.fields = append(a.fields, field{name, value}) }

// note adds a sentence about the answer.
func (a *answer) note(format string, args ...any) {
	a.notes = append(a.notes, fmt.Sprintf(format, args...))
}

// position is where the next page of a list begins.
type position struct {
	At     string `json:"a"`
	Before int    `json:"n"`
}

// positions are where the next pages of an answer's lists begin; those that are complete are not in it.
type positions struct {
	Version int64               `json:"v,omitempty"`
	Lists   map[string]position `json:"l"`
}

// memory adds a list that is in memory. from is nil on the first page.
func (a *answer) memory(from *positions, name string, n int, row func(i int) any) error {
	start, ok, err := from.numbered(name)
	if err != nil || !ok {
		return err
	}
	start = min(start, n)
	a.lists = append(a.lists, list{
		name: name, before: start, count: n - start, total: int64(n), row: func(i int) any { return row(start + i) },
		after: func(shown int) (string, bool, error) { return strconv.Itoa(start + shown), start+shown < n, nil },
	})
	return nil
}

// pageRows is how many rows of a stored list are read at a time.
const pageRows = store.MaxLimit

// stored adds a list that is read page by page.
func stored[T any](ctx context.Context, a *answer, from *positions, name string, read func(context.Context, store.Page) (store.Paged[T], error), row func(T) any) error {
	at, ok := from.of(name)
	if !ok {
		return nil
	}
	rows, err := read(ctx, store.Page{Limit: pageRows, After: at.At})
	if err != nil {
		return httpserver.StaleCursor(err, store.Page{After: at.At})
	}
	a.lists = append(a.lists, list{
		name: name, before: at.Before, count: len(rows.Rows), total: rows.Total, row: func(i int) any { return row(rows.Rows[i]) },
		after: func(shown int) (string, bool, error) {
			switch shown {
			case len(rows.Rows):
				return rows.Next, rows.Next != "", nil
			case 0:
				return at.At, true, nil
			}
			part, err := read(ctx, store.Page{Limit: shown, After: at.At})
			return part.Next, true, err
		},
	})
	return nil
}

// of returns where a list begins; false if it was complete.
func (p *positions) of(name string) (position, bool) {
	if p == nil {
		return position{}, true
	}
	at, ok := p.Lists[name]
	return at, ok
}

// numbered is of where a position is the number of a row.
func (p *positions) numbered(name string) (int, bool, error) {
	at, ok := p.of(name)
	if !ok || at.At == "" {
		return 0, ok, nil
	}
	n, err := strconv.Atoi(at.At)
	if err != nil || n < 0 {
		return 0, false, httpserver.InvalidCursor()
	}
	return n, true, nil
}

// frameTokens are those of the parts of an answer that every one has: braces, shown, next_cursor.
const frameTokens = 260

// listTokens are those of a list without its rows: its name twice, and how many it shows.
const listTokens = 24

// render returns the answer as JSON of at most so many tokens. sign makes a cursor.
func (a *answer) render(most int, sign func(positions) (string, error)) (string, error) {
	var out object
	for _, f := range a.fields {
		if err := out.add(f.name, f.value); err != nil {
			return "", err
		}
	}
	if len(a.notes) > 0 {
		if err := out.add("notes", a.notes); err != nil {
			return "", err
		}
	}
	rows, err := a.fit(most - tokens(out.String()) - frameTokens - listTokens*len(a.lists))
	if err != nil {
		return "", err
	}
	if err := a.addShown(&out, rows, sign); err != nil {
		return "", err
	}
	for i, l := range a.lists {
		out.put(l.name, "["+strings.Join(rows[i], ",")+"]")
	}
	return visible(out.String() + "}"), nil
}

// fit chooses the rows that there is room for: one of each list in turn, so that no list pushes out another. The first
// row of the answer is always there, so that pages go on.
func (a *answer) fit(room int) ([][]string, error) {
	rows := make([][]string, len(a.lists))
	full := make([]bool, len(a.lists))
	first := true
	for more := true; more; {
		more = false
		for i, l := range a.lists {
			if full[i] || len(rows[i]) == l.count {
				continue
			}
			row, err := compact(l.row(len(rows[i])))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", l.name, err)
			}
			cost := tokens(row) + 1
			if full[i] = !first && cost > room; full[i] {
				continue
			}
			rows[i] = append(rows[i], row)
			room, first, more = room-cost, false, true
		}
	}
	return rows, nil
}

// addShown adds how many rows of each list there are, and how to get the rest.
func (a *answer) addShown(out *object, rows [][]string, sign func(positions) (string, error)) error {
	if len(a.lists) == 0 {
		return nil
	}
	next := positions{Version: a.version, Lists: map[string]position{}}
	var shown object
	for i, l := range a.lists {
		n := len(rows[i])
		at, more, err := l.after(n)
		if err != nil {
			return fmt.Errorf("%s: %w", l.name, err)
		}
		if more {
			next.Lists[l.name] = position{At: at, Before: l.before + n}
		}
		shown.put(l.name, strconv.Quote(l.shown(n, more)))
	}
	out.put("shown", shown.String()+"}")
	if len(next.Lists) == 0 {
		return nil
	}
	cursor, err := sign(next)
	if err != nil {
		return err
	}
	out.put("next_cursor", strconv.Quote(cursor))
	out.put("rest", `"There is more: call again with the same arguments and cursor set to next_cursor, or ask for less."`)
	return nil
}

// shown is "N of M" for a list of which n rows are shown.
func (l *list) shown(n int, more bool) string {
	count := strconv.Itoa(l.before + n)
	if l.before > 0 && n > 0 {
		count = fmt.Sprintf("%d to %d", l.before+1, l.before+n)
	}
	switch {
	case l.total >= 0:
		return fmt.Sprintf("%s of %d", count, l.total)
	case more:
		return fmt.Sprintf("%s of more than %d", count, l.before+n)
	}
	return fmt.Sprintf("%s of %d", count, l.before+n)
}

// object is a JSON object that lacks its last brace.
type object struct{ strings.Builder }

// add adds a value.
func (o *object) add(name string, value any) error {
	text, err := compact(value)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	o.put(name, text)
	return nil
}

// put adds a value that is JSON.
func (o *object) put(name, value string) {
	before := byte(',')
	if o.Len() == 0 {
		before = '{'
	}
	o.WriteByte(before)
	o.WriteString(strconv.Quote(name))
	o.WriteByte(':')
	o.WriteString(value)
}

// compact returns a value as JSON that escapes nothing for pages.
func compact(value any) (string, error) {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return "", err
	}
	return strings.TrimSuffix(out.String(), "\n"), nil
}
