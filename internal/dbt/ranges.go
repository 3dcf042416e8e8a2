package dbt

import "bytes"

// NodeDecoder decodes nodes from the ranges that ManifestOptions.Index reports.
// It is not for concurrent use.
type NodeDecoder struct {
	rangeDecoder
	texts bool
}

// NewNodeDecoder returns a decoder for nodes of manifests; texts is ManifestOptions.Texts.
func NewNodeDecoder(limits Limits, texts bool) *NodeDecoder {
	return &NodeDecoder{newRangeDecoder(Manifest, limits), texts}
}

// Decode returns the node whose range is r, whose bytes are raw and whose hash is h,
// and the issues of its fields. The node and its list of columns are valid until the
// next call; everything else in it may be kept. An error caused by the file is an *[Error].
func (d *NodeDecoder) Decode(section, uniqueID string, h Hash, r Range, raw []byte) (*Node, []Issue, error) {
	skip := volatile
	if !d.texts {
		skip = withoutText(section)
	}
	if r.Sound {
		d.enterSound(section, uniqueID, raw, skip)
	} else {
		d.enterRange(section, uniqueID, raw, skip)
	}
	d.decodeNode(&d.reused.node, section, uniqueID, h)
	issues, err := d.found()
	return &d.reused.node, issues, err
}

// TableDecoder decodes tables from the ranges that CatalogOptions.Index reports.
// It is not for concurrent use.
type TableDecoder struct{ rangeDecoder }

// NewTableDecoder returns a decoder for tables of catalogs.
func NewTableDecoder(limits Limits) *TableDecoder {
	return &TableDecoder{newRangeDecoder(Catalog, limits)}
}

// Decode returns the table whose range is r, whose bytes are raw and whose hash is h,
// and the issues of its fields. The table and its lists are valid until the next call.
func (d *TableDecoder) Decode(section, uniqueID string, h Hash, r Range, raw []byte) (*CatalogTable, []Issue, error) {
	var v value
	if r.Sound {
		d.begin(entry{section: section, id: uniqueID})
		d.loose, v = true, raw
	} else {
		v = d.enterRange(section, uniqueID, raw, volatile)
	}
	d.decodeTable(&d.reused.table, section, uniqueID, v, h)
	issues, err := d.found()
	return &d.reused.table, issues, err
}

// rangeDecoder decodes values that were found sound, or were repaired, when the
// file was indexed.
type rangeDecoder struct {
	decoder
	finite []byte // scratch
}

func newRangeDecoder(part Kind, limits Limits) rangeDecoder {
	return rangeDecoder{decoder: decoder{limits: limits.orDefault(part), part: part, reused: &reused{
		columns: make([]Column, 0, 32), tableColumns: make([]CatalogColumn, 0, 32),
	}}}
}

// reused is what a decoder uses for one value after the other.
type reused struct {
	node         Node
	columns      []Column
	table        CatalogTable
	tableColumns []CatalogColumn
}

// enterRange enters a value. Oddities of the value as a whole were reported when
// the file was indexed.
func (d *rangeDecoder) enterRange(section, id string, raw []byte, skip func([]byte) bool) value {
	d.begin(entry{section: section, id: id})
	d.loose = false
	v := d.enter(d.withoutNonFinite(raw), skip)
	d.issues = nil
	return v
}

// enterSound enters an object that needs no repair. It is decoded as it is in the file, blanks and nulls included; only
// what is kept as JSON gets its canonical form.
func (d *rangeDecoder) enterSound(section, id string, raw value, skip func([]byte) bool) {
	d.begin(entry{section: section, id: id})
	d.loose = true
	d.fields, d.compact = d.fields[:0], d.compact[:0]
	for name, val := range raw.members {
		if val.absent() || skip(name) {
			continue
		}
		if string(name) == "config" {
			val = d.compacted(val)
		}
		d.fields = append(d.fields, member{name, val})
	}
}

// withoutNonFinite returns raw with null in place of NaN and Infinity.
func (d *rangeDecoder) withoutNonFinite(raw []byte) value {
	if !bytes.Contains(raw, []byte("NaN")) && !bytes.Contains(raw, []byte("Infinity")) {
		return raw
	}
	out, done := d.finite[:0], 0
	for from, w := range nonFinite(raw) {
		out = append(append(out, raw[done:from]...), "null"...)
		done = from + len(nonFiniteWords[w])
	}
	d.finite = append(out, raw[done:]...)
	return d.finite
}

// found returns the issues and the error of the last decoding, and resets both.
func (d *rangeDecoder) found() ([]Issue, error) {
	list, err := d.issues, d.err
	d.issues, d.err = nil, nil
	if err != nil {
		return nil, err
	}
	return list, nil
}
