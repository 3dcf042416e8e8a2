package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// entry is one setting of a file, still as text.
type entry struct {
	name   string
	value  string
	number int // line, from 1
}

// parse reads a settings file: a JSON object, or the part of YAML that settings need, which is
//
//	# a comment
//	listen: 127.0.0.1:8080
//	limits:
//	  request: "2GiB"   # values may be quoted
//
// Anything else, and a setting made twice, is refused with its line.
func parse(text []byte) ([]entry, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	var entries []entry
	var err error
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		entries, err = parseJSON(text)
	} else {
		entries, err = parseYAML(string(text))
	}
	if err != nil {
		return nil, err
	}
	seen := map[string]int{}
	for _, e := range entries {
		if first, ok := seen[e.name]; ok {
			return nil, fmt.Errorf("line %d: %s is set twice, first in line %d", e.number, e.name, first)
		}
		seen[e.name] = e.number
	}
	return entries, nil
}

func parseYAML(text string) ([]entry, error) {
	var entries []entry
	var section entry // a name without a value; what is indented below belongs to it
	empty := func() error {
		if section.name == "" || section.value != "" {
			return nil
		}
		return fmt.Errorf("line %d: %s has no value", section.number, section.name)
	}
	for i, line := range strings.Split(text, "\n") {
		trimmed := strings.TrimSpace(line)
		if trimmed == "" || trimmed[0] == '#' || trimmed == "---" && i == 0 {
			continue
		}
		name, value, err := member(trimmed)
		indented := line[0] == ' ' || line[0] == '\t'
		switch {
		case err != nil:
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		case indented && (section.name == "" || value == nil):
			return nil, fmt.Errorf("line %d: %s is indented, but is no setting of a section", i+1, name)
		case indented:
			section.value = "has settings"
			entries = append(entries, entry{name: section.name + "." + name, value: *value, number: i + 1})
			continue
		}
		if err := empty(); err != nil {
			return nil, err
		}
		section = entry{}
		if value == nil {
			section = entry{name: name, number: i + 1}
		} else {
			entries = append(entries, entry{name: name, value: *value, number: i + 1})
		}
	}
	return entries, empty()
}

// member reads `name: value`; a nil value means that there is none.
func member(line string) (name string, value *string, err error) {
	name, rest, ok := strings.Cut(line, ":")
	if !ok || !isName(name) || rest != "" && rest[0] != ' ' {
		return "", nil, errors.New("want `name: value`")
	}
	value, err = scalar(strings.TrimSpace(rest))
	return name, value, err
}

func isName(key string) bool {
	return key != "" && strings.Trim(key, "abcdefghijklmnopqrstuvwxyz_.0123456789") == ""
}

// scalar reads a value; nil means that there is none.
func scalar(text string) (*string, error) {
	if text == "" || text[0] == '#' {
		return nil, nil
	}
	quote := text[0]
	if quote != '"' && quote != '\'' {
		if before, _, ok := strings.Cut(text, " #"); ok {
			text = strings.TrimSpace(before)
		}
		if strings.ContainsRune("[{&*!|>%@`-?", rune(quote)) {
			return nil, fmt.Errorf("%q: lists, anchors and blocks are not read; quote it if it is a text", text)
		}
		return &text, nil
	}
	end := strings.IndexByte(text[1:], quote)
	if end < 0 {
		return nil, errors.New("the quote is not closed")
	}
	value, after := text[1:end+1], strings.TrimSpace(text[end+2:])
	if after != "" && after[0] != '#' || strings.Contains(value, `\`) && quote == '"' {
		return nil, fmt.Errorf("%s: escapes in a quoted value are not read", text)
	}
	return &value, nil
}

// parseJSON reads an object of texts, numbers, booleans and objects of those. It goes by tokens, since only those
// have places.
func parseJSON(text []byte) ([]entry, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	p := jsonParser{text: text, decoder: decoder}
	if _, err := decoder.Token(); err != nil { // the brace that made it JSON
		return nil, p.at(err)
	}
	if err := p.object(""); err != nil {
		if errors.Is(err, io.EOF) {
			err = errors.New("the object is not closed")
		}
		return nil, p.at(err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, p.at(errors.New("something follows the object"))
	}
	return p.entries, nil
}

type jsonParser struct {
	text    []byte
	decoder *json.Decoder
	entries []entry
}

func (p *jsonParser) line() int {
	return 1 + bytes.Count(p.text[:p.decoder.InputOffset()], []byte("\n"))
}

func (p *jsonParser) at(err error) error { return fmt.Errorf("line %d: %w", p.line(), err) }

// object reads members up to the closing brace.
func (p *jsonParser) object(section string) error {
	for p.decoder.More() {
		key, err := p.decoder.Token()
		if err != nil {
			return err
		}
		name := section + fmt.Sprint(key)
		value, err := p.decoder.Token()
		switch {
		case err != nil:
			return err
		case value == json.Delim('{') && section == "":
			if err := p.object(name + "."); err != nil {
				return err
			}
			continue
		case value == nil:
			return fmt.Errorf("%s is null: leave it out instead", name)
		}
		if _, ok := value.(json.Delim); ok {
			return fmt.Errorf("%s: want a text, a number or a boolean", name)
		}
		p.entries = append(p.entries, entry{name: name, value: fmt.Sprint(value), number: p.line()})
	}
	_, err := p.decoder.Token()
	return err
}
