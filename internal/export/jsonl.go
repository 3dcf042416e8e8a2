package export

import (
	"fmt"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// JSONLMedia is the media type of JSON Lines.
const JSONLMedia = "application/x-ndjson"

// JSONL writes a record a line. The first line is the head, a cursor follows what is complete, and the last line counts
// the records: without it an export is not complete.
type JSONL struct {
	out    *jsontext.Encoder
	head   Head
	counts map[string]int64
}

// NewJSONL writes the head.
func NewJSONL(w io.Writer, head Head) (*JSONL, error) {
	j := &JSONL{out: jsontext.NewEncoder(w), head: head, counts: map[string]int64{}}
	first := head
	first.Next = "" // the last line has it
	return j, j.line(struct {
		Record string `json:"record"`
		Head
	}{"export", first})
}

// Write implements [Writer].
func (j *JSONL) Write(records []Record) error {
	for i := range records {
		if err := j.line(&records[i]); err != nil {
			return err
		}
		j.counts[records[i].Record]++
	}
	return nil
}

// Mark implements [Writer].
func (j *JSONL) Mark(cursor string) error {
	return j.line(struct {
		Record string `json:"record"`
		Cursor string `json:"cursor"`
	}{"cursor", cursor})
}

// Close implements [Writer].
func (j *JSONL) Close() error {
	return j.line(struct {
		Record string           `json:"record"`
		Counts map[string]int64 `json:"counts"`
		Next   string           `json:"next,omitzero"`
	}{"end", j.counts, j.head.Next})
}

func (j *JSONL) line(v any) error {
	// The encoder ends the line.
	if err := json.MarshalEncode(j.out, v, json.Deterministic(true)); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}
