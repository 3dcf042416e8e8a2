package dbt

import (
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// Column is a column as a manifest describes it.
type Column struct {
	Key         string // as typed in YAML: what identifies the column within the node
	Name        string // usually the same
	Description string
	DataType    string // free text in the dialect of the warehouse; a hint
	Quote       bool
	Granularity string
	Meta        jsontext.Value // object: meta merged with config.meta; nil if empty
	Tags        []string       // tags and config.tags
	Constraints []Constraint
	DocBlocks   []string // unique ids
}

// Constraint is one constraint on a column or on a table.
type Constraint struct {
	Type       string // "not_null", "unique", "primary_key", "foreign_key", "check", "custom"
	Name       string
	Expression string
	Columns    []string
	To         string // relation that a foreign key points to, as compiled
	ToColumns  []string
}

// columns reads a map from names to columns, or a list of columns as some tools write it.
func (d *decoder) columns(v value) []Column {
	var list []Column
	if d.reused != nil {
		list = d.reused.columns[:0]
	} else {
		list = make([]Column, 0, len(v)/256)
	}
	for name, c := range v.members {
		if c.absent() {
			continue
		}
		if !d.columnFits(len(list), len(name)) {
			return nil
		}
		list = append(list, d.column(d.interned.text(name), c))
	}
	for c := range v.elements {
		key := d.name("columns/name", c.get("name"))
		if !d.columnFits(len(list), len(key)) {
			return nil
		}
		if key != "" {
			list = append(list, d.column(key, c))
		}
	}
	if d.reused != nil {
		d.reused.columns = list
		return list
	}
	return slices.Clip(list)
}

// columnFits checks the limits before one more column with a name of that many bytes is read.
func (d *decoder) columnFits(columns, name int) bool {
	if name > d.limits.Name {
		d.fail(limitError("name", "the name of a column is longer than "+byteText(int64(d.limits.Name)), ""), d.place("columns"))
	}
	if columns >= d.limits.Columns {
		d.fail(limitError("columns", "there are more than "+itoa(int64(d.limits.Columns))+" columns", ""), d.place("columns"))
	}
	return d.err == nil
}

func (d *decoder) column(key string, v value) Column {
	c := Column{Key: key, Name: key}
	if v.kind() != '{' && !v.absent() {
		d.odd("columns", "a map of objects")
	}
	var meta, config value
	for name, m := range v.members {
		if m.absent() {
			continue
		}
		switch string(name) {
		case "name":
			if len(m) != len(key)+2 || string(m[1:len(m)-1]) != key { // else share the key's memory
				c.Name = orText(d.name("columns/name", m), key)
			}
		case "description":
			c.Description = d.text("columns/description", m)
		case "data_type":
			c.DataType = d.text("columns/data_type", m)
		case "quote":
			c.Quote = d.truth("columns/quote", m)
		case "granularity":
			c.Granularity = d.name("columns/granularity", m)
		case "meta":
			meta = m
		case "config":
			config = m
		case "tags":
			c.Tags = append(c.Tags, d.names("columns/tags", m)...)
		case "constraints":
			c.Constraints = d.constraints("columns/constraints", m)
		case "doc_blocks":
			c.DocBlocks = d.names("columns/doc_blocks", m)
		}
	}
	c.Tags = distinct(append(c.Tags, d.names("columns/config/tags", config.get("tags"))...))
	c.Meta = d.merged("columns/meta", meta, config.get("meta"))
	return c
}

func (d *decoder) constraints(field string, v value) []Constraint {
	var list []Constraint
	for e := range d.elements(field, v) {
		var c Constraint
		for name, m := range e.members {
			if m.absent() {
				continue
			}
			switch string(name) {
			case "type":
				c.Type = d.name(field+"/type", m)
			case "name":
				c.Name = d.name(field+"/name", m)
			case "expression":
				c.Expression = d.text(field+"/expression", m)
			case "columns":
				c.Columns = d.names(field+"/columns", m)
			case "to":
				c.To = d.name(field+"/to", m)
			case "to_columns":
				c.ToColumns = d.names(field+"/to_columns", m)
			}
		}
		list = append(list, c)
	}
	return list
}
