package dbt

import (
	"bytes"
	"iter"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// decoder turns raw values into Go values. An odd field costs no more than itself: it becomes an issue.
// Only what exceeds a limit or damages an id is an error, kept in err. Each goroutine has its own.
type decoder struct {
	limits Limits
	part   Kind
	canon  canonical // of a value that arrived unchecked

	entry    entry    // the current one
	given    form     // text of the entry: its canonical form if it is checked, or the raw value
	entered  form     // the canonical form of the value that was entered last
	section  string   // of the entry
	id       string   // its name in the section, or its index
	about    string   // unique id of the node it is about
	fields   []member // scratch: the members of the current value
	loose    bool     // the value is as it is in the file, with blanks and nulls; fields are set
	compact  []byte   // scratch: canonical forms of parts of a loose value
	interned interned
	reused   *reused  // nil if every value is to be a new one
	list     []string // scratch

	issues []Issue
	err    *Error
}

// member is one name and value of an object.
type member struct {
	name []byte
	val  value
}

// begin sets the current entry.
func (d *decoder) begin(e entry) {
	d.entry, d.section, d.id, d.about = e, e.section, e.id, e.id
	if len(d.canon.out) > heldBytes {
		d.canon, d.entered = canonical{}, form{}
	}
}

// heldBytes is how much memory of the value before is kept for the next one.
const heldBytes = 2 * mib

// enter checks a raw value of the current entry and repairs it if needed. What it returns is the canonical form,
// which lasts until the next call: it has no blanks, no null members, none of those that skip leaves out, and no
// object with two members of one name. It is absent where there is an error.
func (d *decoder) enter(raw value, skip func([]byte) bool) value {
	d.canon.read(raw, skip)
	if !d.canon.sound() {
		d.repair(raw, skip)
	}
	if len(d.canon.fields) > mostMembers {
		d.refuse(tooManyMembers(pointer(d.section, d.id)))
		d.canon.read(nil, skip)
	}
	d.entered = d.canon.form
	return value(d.entered.buf)
}

// enterEntry enters the current entry, which need not be checked again if it was when it was found. skip must be the
// one that was used then.
func (d *decoder) enterEntry(skip func([]byte) bool) value {
	if !d.entry.checked {
		return d.enter(d.given.buf, skip)
	}
	d.entered = d.given
	return value(d.entered.buf)
}

// isJSON reports whether a raw value is JSON; an error is kept where it is not.
func (d *decoder) isJSON(raw value) bool {
	if d.canon.read(raw, allMembers); !d.canon.valid {
		d.refuse(d.entry.broken(raw))
	}
	return d.canon.valid
}

// repair rewrites a value that cannot be taken as it is.
func (d *decoder) repair(raw value, skip func([]byte) bool) {
	if !d.canon.valid {
		d.refuse(d.entry.broken(raw))
		d.canon.read(nil, skip)
		return
	}
	at := jsontext.Pointer(pointer(d.section))
	if d.id != "" {
		at = at.AppendToken(d.id)
	}
	fixed, found := clean(raw, at)
	if found.crowded != "" {
		d.refuse(tooManyMembers(string(found.crowded)))
	}
	d.issues = append(d.issues, found.issues(d.section, d.about)...)
	if found.nulInID {
		d.refuse(&Error{Code: CodeEncoding, Offset: -1, Detail: "an id contains a NUL character", Remedy: remedyRewrite, Pointer: string(found.nul)})
	}
	d.canon.read(fixed, skip)
}

// object enters an entry that has to be an object. It records an issue if it is not.
func (d *decoder) object(skip func([]byte) bool) (value, bool) {
	v := d.enterEntry(skip)
	if v.kind() != '{' && d.err == nil {
		d.note(IssueNodeType, "", "an entry is not an object and was left out", remedyRewrite)
	}
	return v, v.kind() == '{'
}

// compacted returns the canonical form of a part of a loose value, which lasts as long as the value.
func (d *decoder) compacted(v value) value {
	d.canon.read(v, allMembers)
	from := len(d.compact)
	d.compact = append(d.compact, d.canon.buf...)
	return value(d.compact[from:len(d.compact):len(d.compact)])
}

// load returns the members of the value that was entered last, none of them null.
func (d *decoder) load() []member {
	if d.loose {
		return d.fields
	}
	d.fields = d.fields[:0]
	buf := d.entered.buf
	for _, f := range d.entered.fields {
		d.fields = append(d.fields, member{unquoteName(buf[f.name:f.nameEnd]), value(buf[f.val:f.valEnd:f.valEnd])})
	}
	return d.fields
}

func (d *decoder) fail(e *Error, at string) {
	e.Pointer, e.Offset = at, -1
	d.refuse(e)
}

// refuse keeps the first error.
func (d *decoder) refuse(e *Error) {
	if d.err == nil {
		e.Part = string(d.part)
		d.err = e
	}
}

// place returns the JSON pointer of a field of the current value.
func (d *decoder) place(field string) string { return pointer(d.section, d.id) + "/" + field }

func (d *decoder) note(code, field, message, remedy string) {
	d.issues = append(d.issues, Issue{
		Code: code, Severity: Warning, Pointer: d.place(field), UniqueID: d.about,
		Message: message, Remedy: remedy, field: d.section + "/" + field,
	})
}

func (d *decoder) odd(field, want string) {
	d.note(IssueFieldType, field, "the field "+field+" is not "+want+" and was left out", "")
}

// text reads a string, cut at the limit. Numbers and booleans are taken as they are written.
func (d *decoder) text(field string, v value) string {
	s := d.whole(field, v)
	if len(s) > d.limits.Text {
		d.note(IssueTextCut, field, "the field "+field+" was cut at "+byteText(int64(d.limits.Text)), "")
		s = strings.Clone(cutRunes(s, d.limits.Text))
	}
	return s
}

// whole reads a string of any length, such as SQL.
func (d *decoder) whole(field string, v value) string {
	switch k := v.kind(); {
	case k == '"' && len(v) >= 2 && len(v) <= longestInterned && bytes.IndexByte(v, '\\') < 0:
		return d.interned.text(v[1 : len(v)-1])
	case k == '"':
		return v.str()
	case v.absent():
		return ""
	case k == '{' || k == '[':
		d.odd(field, "a text")
		return ""
	}
	return string(v)
}

// name reads an id or a name, which is never cut.
func (d *decoder) name(field string, v value) string {
	s := d.whole(field, v)
	if len(s) > d.limits.Name {
		d.fail(limitError("name", "the field "+field+" is longer than "+byteText(int64(d.limits.Name)), ""), d.place(field))
		return ""
	}
	return s
}

// names reads a list of names, or a single name, which counts as a list of one. Repeated ones are
// kept once.
func (d *decoder) names(field string, v value) []string {
	if v.absent() {
		return nil
	}
	if v.kind() == '"' {
		if s := d.name(field, v); s != "" {
			return []string{s}
		}
		return nil
	}
	if v.kind() != '[' {
		d.odd(field, "a list")
		return nil
	}
	list := d.list[:0]
	for e := range d.elements(field, v) {
		list = append(list, d.name(field, e))
	}
	if d.list = list; len(list) == 0 {
		return nil
	}
	list = distinct(list)
	return append(make([]string, 0, len(list)), list...)
}

// elements yields the elements of an array that are not blank, as many as one list may have.
func (d *decoder) elements(field string, v value) iter.Seq[value] {
	return func(yield func(value) bool) {
		n := 0
		for e := range v.elements {
			if isBlank(e) {
				continue
			}
			if n++; n > d.limits.Columns {
				d.note(IssueListCut, field, "the list "+field+" was cut at "+itoa(int64(d.limits.Columns))+" elements; the artifact has all of them", "")
				return
			}
			if !yield(e) {
				return
			}
		}
	}
}

// isBlank reports whether an element has nothing in it.
func isBlank(e value) bool {
	switch string(e) {
	case `""`, `{}`, `[]`, `null`:
		return true
	}
	return false
}

// distinct drops blanks and repetitions, keeping the order.
func distinct(list []string) []string {
	const small = 32
	if len(list) <= small {
		kept := list[:0]
		for _, s := range list {
			if s != "" && !slices.Contains(kept, s) {
				kept = append(kept, s)
			}
		}
		return kept
	}
	seen := make(map[string]bool, len(list))
	return slices.DeleteFunc(list, func(s string) bool {
		was := seen[s]
		seen[s] = true
		return was || s == ""
	})
}

// truth reads a boolean; anything else is false.
func (d *decoder) truth(field string, v value) bool {
	if k := v.kind(); k != 't' && k != 'f' && !v.absent() {
		d.odd(field, "true or false")
	}
	return v.kind() == 't'
}

// raw keeps a value in canonical form, or nil where it is absent, empty or larger than the limit of a text.
func (d *decoder) raw(field string, v value) jsontext.Value {
	if d.loose && !v.absent() {
		d.canon.read(v, allMembers)
		v = d.canon.buf
	}
	return bytes.Clone(d.rawOwn(field, v))
}

// rawFilled is raw for an object whose members are often all null, false or empty: then it is nil.
func (d *decoder) rawFilled(field string, v value) jsontext.Value {
	if !v.filled() {
		return nil
	}
	return d.raw(field, v)
}

// rawOwn is raw for a value of the canonical form that nothing else holds.
func (d *decoder) rawOwn(field string, v value) jsontext.Value {
	if v.absent() || bytes.Equal(v, []byte("{}")) || bytes.Equal(v, []byte("[]")) {
		return nil
	}
	if len(v) > d.limits.Text {
		d.note(IssueTextCut, field, "the field "+field+" is larger than "+byteText(int64(d.limits.Text))+" and was left out", "")
		return nil
	}
	return jsontext.Value(v)
}

// merged merges objects member by member; the last one that has a name wins. Names keep the order in
// which they first appear.
func (d *decoder) merged(field string, objects ...value) jsontext.Value {
	var only value
	n := 0 // different ones
	for i, o := range objects {
		if o.kind() != '{' || skipSpace(o, 1) >= len(o)-1 {
			continue
		}
		if d.loose {
			o = d.compacted(o)
			objects[i] = o
		}
		if len(o) > len("{}") && !bytes.Equal(o, only) {
			only = o
			n++
		}
	}
	if n == 0 {
		return nil
	}
	if n == 1 {
		return bytes.Clone(d.rawOwn(field, only))
	}
	return d.rawOwn(field, mergeObjects(objects))
}

func mergeObjects(objects []value) value {
	size := 2
	for _, o := range objects {
		size += len(o)
	}
	out := append(make([]byte, 0, size), '{')
	var members memberList
	for _, o := range objects {
		for name, val := range o.members {
			members.set(name, val)
		}
	}
	for i, m := range members.list {
		if i > 0 {
			out = append(out, ',')
		}
		out, _ = jsontext.AppendQuote(out, m.name)
		out = append(append(out, ':'), m.val...)
	}
	return append(out, '}')
}

// memberList holds members in the order in which their names first appear.
type memberList struct {
	list  []member
	index map[string]int // of a long list
}

// longMemberList is the length from which looking for a name takes a map.
const longMemberList = 16

// set sets the value of a name.
func (l *memberList) set(name []byte, val value) {
	if i := l.find(name); i >= 0 {
		l.list[i].val = val
		return
	}
	if l.list = append(l.list, member{name, val}); len(l.list) == longMemberList {
		l.index = make(map[string]int, 2*longMemberList)
		for i, m := range l.list {
			l.index[string(m.name)] = i
		}
	} else if l.index != nil {
		l.index[string(name)] = len(l.list) - 1
	}
}

// find returns the place of a name, or -1.
func (l *memberList) find(name []byte) int {
	if l.index != nil {
		if i, ok := l.index[string(name)]; ok {
			return i
		}
		return -1
	}
	return slices.IndexFunc(l.list, func(m member) bool { return bytes.Equal(m.name, name) })
}
