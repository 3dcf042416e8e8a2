package oracle

import (
	"fmt"
	"strconv"
	"strings"
)

// node is one node of a pg_node_tree: {NAME :field value :field value}. Values are
// *node, []any or string; an absent value is nil.
type node struct {
	name   string
	fields map[string]any
	// order lists the fields as written, so that walks are the same each time.
	order []string
}

func (n *node) child(field string) *node { c, _ := n.fields[field].(*node); return c }

func (n *node) list(field string) []any { l, _ := n.fields[field].([]any); return l }

func (n *node) text(field string) string { s, _ := n.fields[field].(string); return s }

// number is a field's integer, 0 where there is none.
func (n *node) number(field string) int {
	i, _ := strconv.Atoi(n.text(field))
	return i
}

// numbers are the members of a list of integers, (i 1 2).
func (n *node) numbers(field string) []int {
	var out []int
	for _, v := range n.list(field) {
		if s, ok := v.(string); ok {
			if i, err := strconv.Atoi(s); err == nil {
				out = append(out, i)
			}
		}
	}
	return out
}

// nodes are the members of a list that are nodes.
func (n *node) nodes(field string) []*node {
	var out []*node
	for _, v := range n.list(field) {
		if c, ok := v.(*node); ok {
			out = append(out, c)
		}
	}
	return out
}

// readTree reads the text of a pg_node_tree.
func readTree(text string) (any, error) {
	r := &treeReader{text: text}
	v, err := r.value(r.token())
	if err != nil {
		return nil, fmt.Errorf("node tree at byte %d: %w", r.at, err)
	}
	return v, nil
}

type treeReader struct {
	text string
	at   int
}

// token is the next bracket or run of other bytes, escapes kept; "" at the end.
func (r *treeReader) token() string {
	for r.at < len(r.text) && strings.IndexByte(" \n\t", r.text[r.at]) >= 0 {
		r.at++
	}
	start := r.at
	for r.at < len(r.text) {
		c := r.text[r.at]
		if strings.IndexByte(" \n\t(){}[]", c) >= 0 {
			if r.at == start && c != ' ' {
				r.at++
			}
			break
		}
		if c == '\\' {
			r.at++
		}
		r.at++
	}
	return r.text[start:min(r.at, len(r.text))]
}

// value reads the value that begins with a token.
func (r *treeReader) value(t string) (any, error) {
	switch t {
	case "":
		return nil, fmt.Errorf("the text ends")
	case "{":
		return r.node()
	case "(", "[":
		list := []any{}
		for {
			t := r.token()
			if t == ")" || t == "]" {
				return list, nil
			}
			v, err := r.value(t)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
	case "<>":
		return nil, nil
	}
	return unescaped(t), nil
}

// node reads a node behind its brace. Of a field with several values, such as the
// length and the bytes of a constant, the first counts.
func (r *treeReader) node() (*node, error) {
	n := &node{name: r.token(), fields: map[string]any{}}
	field := ""
	for {
		t := r.token()
		switch {
		case t == "}":
			return n, nil
		case strings.HasPrefix(t, ":") && len(t) > 1:
			field = t[1:]
			n.order = append(n.order, field)
			continue
		}
		v, err := r.value(t)
		if err != nil {
			return nil, err
		}
		if _, known := n.fields[field]; !known {
			n.fields[field] = v
		}
	}
}

func unescaped(t string) string {
	if len(t) >= 2 && t[0] == '"' && t[len(t)-1] == '"' {
		t = t[1 : len(t)-1]
	}
	if strings.IndexByte(t, '\\') < 0 {
		return t
	}
	var b strings.Builder
	for i := 0; i < len(t); i++ {
		if t[i] == '\\' && i+1 < len(t) {
			i++
		}
		b.WriteByte(t[i])
	}
	return b.String()
}
