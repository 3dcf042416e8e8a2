package search

import (
	"bytes"
	"encoding/binary"
	"slices"
	"sort"
	"strings"
)

// Builder makes a Segment of documents.
type Builder struct {
	docs   int32
	fields [indexed]tokens
	tokens tokenizer
}

// tokens are the tokens of a field with their documents.
type tokens struct {
	numbers map[string]int32
	lists   []docList
}

// docList is a list of ascending documents, as differences.
type docList struct {
	last  int32
	bytes []byte
}

// Add adds a document. Documents are numbered from 0 in the order in which they are added. The empty token of a field
// has those with anything in it.
func (b *Builder) Add(texts []Text) {
	doc := b.docs
	b.docs++
	for _, text := range texts {
		if text.Field >= fields {
			if word := whole(text.Text); word != "" {
				b.fields[text.Field].add([]byte(word), doc)
			}
			continue
		}
		field := &b.fields[text.Field]
		field.add(nil, doc)
		b.tokens.each(text.Text, func(token []byte, _ int) bool {
			field.add(token, doc)
			return true
		})
	}
}

func (t *tokens) add(token []byte, doc int32) {
	n, ok := t.numbers[string(token)]
	if !ok {
		if t.numbers == nil {
			t.numbers = map[string]int32{}
		}
		n = int32(len(t.lists))
		t.numbers[string(token)] = n
		t.lists = append(t.lists, docList{last: -1})
	}
	list := &t.lists[n]
	if list.last == doc {
		return
	}
	list.bytes = binary.AppendUvarint(list.bytes, uint64(doc-list.last-1))
	list.last = doc
}

// Segment returns the index of the documents. The builder is of no use after that.
func (b *Builder) Segment() *Segment {
	s := &Segment{docs: b.docs}
	for f := range b.fields {
		s.fields[f] = b.fields[f].dictionary()
		b.fields[f] = tokens{}
	}
	return s
}

func (t *tokens) dictionary() dictionary {
	sorted := make([]string, 0, len(t.numbers))
	length, size := 0, 0
	for token, n := range t.numbers {
		sorted = append(sorted, token)
		length += len(token) + 1
		size += len(t.lists[n].bytes)
	}
	slices.Sort(sorted)
	d := dictionary{
		words: make([]byte, 0, length), ends: make([]uint32, 0, len(sorted)),
		lists: make([]byte, 0, size), listEnds: make([]uint32, 0, len(sorted)),
	}
	for _, token := range sorted {
		d.words = append(append(d.words, token...), 0)
		d.ends = append(d.ends, uint32(len(d.words)))
		d.lists = append(d.lists, t.lists[t.numbers[token]].bytes...)
		d.listEnds = append(d.listEnds, uint32(len(d.lists)))
	}
	return d
}

// Segment is an index of some documents. It never changes.
type Segment struct {
	docs   int32
	fields [indexed]dictionary
}

// dictionary has the tokens of a field in order, each with the list of its documents.
type dictionary struct {
	words    []byte // each followed by a zero byte
	ends     []uint32
	lists    []byte
	listEnds []uint32
}

// Size is the number of bytes that the segment takes.
func (s *Segment) Size() int64 {
	n := 0
	for i := range s.fields {
		d := &s.fields[i]
		n += len(d.words) + len(d.lists) + 4*len(d.ends) + 4*len(d.listEnds) + 96
	}
	return int64(n)
}

func (d *dictionary) word(i int) []byte {
	from := uint32(0)
	if i > 0 {
		from = d.ends[i-1]
	}
	return d.words[from : d.ends[i]-1]
}

// docs calls f for the documents of a word.
func (d *dictionary) docs(i int, f func(doc int32)) {
	from := uint32(0)
	if i > 0 {
		from = d.listEnds[i-1]
	}
	list, doc := d.lists[from:d.listEnds[i]], int32(-1)
	for len(list) > 0 {
		if step := list[0]; step < 0x80 {
			doc += int32(step) + 1
			list = list[1:]
		} else {
			step, n := binary.Uvarint(list)
			doc += int32(step) + 1
			list = list[n:]
		}
		f(doc)
	}
}

// beginning returns the range of the words that begin with a prefix.
func (d *dictionary) beginning(prefix string) (from, to int) {
	from = sort.Search(len(d.ends), func(i int) bool { return string(d.word(i)) >= prefix })
	to = from + sort.Search(len(d.ends)-from, func(i int) bool { return !strings.HasPrefix(string(d.word(from+i)), prefix) })
	return from, to
}

// Find calls f for the documents that have a word in a field, some of them several times.
func (s *Segment) Find(field Field, word string, f func(doc int32)) {
	d := &s.fields[field]
	from, to := d.beginning(word)
	if onlyWhole(field, word) {
		if from < to && len(d.word(from)) == len(word) {
			d.docs(from, f)
		}
		return
	}
	for i := from; i < to; i++ {
		d.docs(i, f)
	}
}

// FindWhole calls f for the documents that have a token in a field which is exactly the word; "" is for those that have
// anything in it.
func (s *Segment) FindWhole(field Field, word string, f func(doc int32)) {
	d := &s.fields[field]
	if from, to := d.beginning(word); from < to && len(d.word(from)) == len(word) {
		d.docs(from, f)
	}
}

// onlyWhole reports whether a word has to be a whole token of a field.
func onlyWhole(field Field, word string) bool {
	const shortest = 3
	return field.text() && len(word) < shortest || field == Identity
}

// shortestInside is the length from which a word is found inside of tokens.
const shortestInside = 3

// FindInside calls f for the documents that have a word of three letters or more anywhere in a token of a field.
func (s *Segment) FindInside(field Field, word string, f func(doc int32)) {
	if len(word) < shortestInside {
		return
	}
	d := &s.fields[field]
	for from, i := 0, 0; ; {
		n := bytes.Index(d.words[from:], []byte(word))
		if n < 0 {
			return
		}
		i += sort.Search(len(d.ends)-i, func(k int) bool { return int(d.ends[i+k]) > from+n })
		d.docs(i, f)
		from = int(d.ends[i])
	}
}
