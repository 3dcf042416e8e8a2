package gen

import "strings"

// sentences are what people write about tables and columns; together with names they
// give descriptions of the lengths that public projects have.
var sentences = [...]string{
	"Comes from the source system as it is, once an hour.",
	"Null where the customer has not agreed to be contacted.",
	"Amounts are in the currency of the contract, not in the currency of the report.",
	"See the [handbook](https://handbook.example.com/data/grain) for the grain and the owner.",
	"Filled from the previous day if the loader is late; the flag next to it shows which rows were.",
	"Used by finance for the monthly close \u2013 don't change it between the 1st and the 5th.",
	"Test accounts are left out.",
	"Deprecated: read `status` instead.",
	"The value of the last event wins, and events that arrive more than three days late are ignored.",
	"One of `open`, `won`, `lost`, `paused` and `closed`; any other value is an error of the source.",
	"Personal: masked for all but support.",
	"Times are UTC.",
}

// describe continues a first sentence: usually with one or two more, for one text in
// twenty with a page of Markdown.
func describe(r *random, first string) string {
	var b strings.Builder
	b.WriteString(first)
	count := r.below(3)
	long := r.percent(5)
	if long {
		count = 4 + r.below(8)
		b.WriteString("\n\n## Notes\n")
	}
	for range count {
		if long {
			b.WriteString("\n- ")
		} else {
			b.WriteByte(' ')
		}
		b.WriteString(sentences[r.below(len(sentences))])
	}
	if long && r.percent(30) {
		b.WriteString("\n\n| value | meaning |\n|---|---|")
		for range 4 + r.below(10) {
			b.WriteString("\n| `" + attributes[r.below(len(attributes))].name + "` | " + sentences[r.below(len(sentences))] + " |")
		}
	}
	return b.String()
}

// columnTags and columnMeta are what a documented column has; one in five has both.
var columnTags = [...]string{`["pii"]`, `["finance", "certified"]`, `["deprecated"]`, `["key"]`}

var columnMeta = [...]string{
	`{"classification": "personal", "masking": "sha256"}`, `{"owner": "@finance", "unit": "EUR", "certified": true}`,
	`{"replaced_by": "status", "since": 2025}`, `{"display": {"label": "Key", "hidden": true}, "order": 1}`,
}
