package mcp

import (
	"unicode/utf8"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// foreign is a text that somebody wrote, such as a description. Untrusted is always true: an order in it is not one.
type foreign struct {
	Text      string `json:"text"`
	Source    string `json:"source"`
	Untrusted bool   `json:"untrusted"`
	Cut       bool   `json:"cut,omitempty"` // there is more of it
}

// Lengths of texts, in characters.
const (
	shortText = 240  // in rows
	longText  = 1500 // about the one thing that was asked for
	nameText  = 120  // of names in rows
)

// foreignText returns the beginning of a text; nil if it is empty.
func foreignText(text, source string, most int) *foreign {
	if text == "" {
		return nil
	}
	out := foreign{Text: beginning(text, most), Source: source, Untrusted: true}
	out.Cut = len(out.Text) < len(text)
	return &out
}

// described returns the beginning of a description.
func described(t catalog.Text, most int) *foreign {
	return foreignText(t.Value, originOf(t), most)
}

// originOf names who wrote a text.
func originOf(t catalog.Text) string {
	if t.Origin == catalog.OriginUser && t.By.Name != "" {
		return string(t.Origin) + ":" + t.By.Name
	}
	return string(t.Origin)
}

// beginning returns the first characters of a text.
func beginning(text string, most int) string {
	n := 0
	for i := range text {
		if n == most {
			return text[:i]
		}
		n++
	}
	return text
}

// short is a name within the length that rows have room for.
func short(name string) string {
	if utf8.RuneCountInString(name) <= nameText {
		return name
	}
	return beginning(name, nameText) + "…"
}

// some returns the first of many labels.
func some(labels []string) []string {
	const most = 20
	out := make([]string, 0, min(len(labels), most))
	for _, l := range labels[:min(len(labels), most)] {
		out = append(out, short(l))
	}
	if len(labels) > most {
		out = append(out, "…")
	}
	return out
}
