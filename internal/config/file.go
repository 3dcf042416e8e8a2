package config

import (
	"errors"
	"fmt"

	"go.yaml.in/yaml/v4"
)

// entry is a setting of a file, as text.
type entry struct {
	name   string // sections are joined by dots: "limits.request"
	values []string
	list   bool
	number int // line, from 1
}

// parse reads a settings file in YAML; JSON is a subset of it:
//
//	listen: 127.0.0.1:8080
//	hosts: [catalog.example.com]
//	limits:
//	  request: 2GiB
//
// It returns the settings in the order of the file. A setting that is made twice, one without a value and one nested
// deeper than a section are refused with their line.
func parse(text []byte) ([]entry, error) {
	var documents []yaml.Node
	if err := yaml.Load(text, &documents, yaml.WithAllDocuments()); err != nil {
		return nil, syntaxError(err)
	}
	if len(documents) > 1 {
		return nil, fmt.Errorf("line %d: a second YAML document begins; a settings file has one", documents[1].Line)
	}
	if len(documents) == 0 || documents[0].Content[0].Tag == "!!null" { // nothing but comments
		return nil, nil
	}
	var p fileParser
	if err := p.section("", documents[0].Content[0]); err != nil {
		return nil, err
	}
	return p.entries, unique(p.entries)
}

// syntaxError adds the line of the construct that could not be parsed.
func syntaxError(err error) error {
	var at *yaml.LoadError
	if !errors.As(err, &at) {
		return err
	}
	line := at.Mark.Line
	if at.ContextMark.Line > 0 {
		line = at.ContextMark.Line
	}
	return fmt.Errorf("line %d: %s", line, at.Message)
}

func unique(entries []entry) error {
	first := map[string]int{}
	for _, e := range entries {
		if line, ok := first[e.name]; ok {
			return fmt.Errorf("line %d: %s is set twice, first in line %d", e.number, e.name, line)
		}
		first[e.name] = e.number
	}
	return nil
}

type fileParser struct{ entries []entry }

// section reads the settings of a mapping; prefix is the name of the section with a dot.
func (p *fileParser) section(prefix string, node *yaml.Node) error {
	if node.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: want settings, as in `listen: 127.0.0.1:8080`", node.Line)
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], resolved(node.Content[i+1])
		name := prefix + key.Value
		if value.Kind == yaml.MappingNode && prefix == "" {
			if err := p.section(name+".", value); err != nil {
				return err
			}
			continue
		}
		e := entry{name: name, number: key.Line, list: value.Kind == yaml.SequenceNode}
		var err error
		if e.values, err = valuesOf(value); err != nil {
			return fmt.Errorf("line %d: %s: %w", key.Line, name, err)
		}
		p.entries = append(p.entries, e)
	}
	return nil
}

// resolved returns the node that an alias refers to.
func resolved(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		return node.Alias
	}
	return node
}

// valuesOf returns the text of a scalar, or the texts of a list.
func valuesOf(node *yaml.Node) ([]string, error) {
	switch node.Kind {
	case yaml.ScalarNode:
		if node.Tag == "!!null" {
			return nil, errors.New("it has no value; leave the line out for the default")
		}
		return []string{node.Value}, nil
	case yaml.SequenceNode:
		values := []string{}
		for _, c := range node.Content {
			if c = resolved(c); c.Kind != yaml.ScalarNode || c.Tag == "!!null" {
				return nil, errors.New("want a list of strings")
			}
			values = append(values, c.Value)
		}
		return values, nil
	}
	return nil, errors.New("want a text, a number, a boolean or a list")
}
