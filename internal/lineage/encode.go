package lineage

import "encoding/binary"

// blockFormat is the first byte of an encoded block.
const blockFormat = 1

// Bits of an output's flags and of an edge's certainty byte.
const (
	flagStar = 1 << iota
	flagMasked
	flagGap
)

const (
	confidenceBits = 3
	confidenceMask = 1<<confidenceBits - 1
)

// Encode writes a block in a compact form: every text once, numbers as
// varints. Equal blocks encode alike.
func (b *Block) Encode() []byte {
	w := &blockWriter{index: make(map[string]uint64, len(b.Outputs)+8)}
	w.body = make([]byte, 0, 32+8*len(b.Outputs))
	w.text(b.Dialect)
	w.refs(b.Refs)
	w.outputs(b.Outputs)
	w.rows(b.Rows)
	w.issues(b.Issues)
	size := 0
	for _, s := range w.texts {
		size += len(s) + 2
	}
	out := make([]byte, 0, 8+size+len(w.body))
	out = append(out, blockFormat, byte(b.Status))
	out = binary.AppendUvarint(out, uint64(len(w.texts)))
	for _, s := range w.texts {
		out = appendText(out, s)
	}
	return append(out, w.body...)
}

type blockWriter struct {
	texts []string
	index map[string]uint64
	body  []byte
}

func (w *blockWriter) number(n uint64) { w.body = binary.AppendUvarint(w.body, n) }

func (w *blockWriter) text(s string) {
	at, ok := w.index[s]
	if !ok {
		at = uint64(len(w.texts))
		w.index[s] = at
		w.texts = append(w.texts, s)
	}
	w.number(at)
}

func (w *blockWriter) refs(refs []Ref) {
	w.number(uint64(len(refs)))
	for _, r := range refs {
		w.body = binary.AppendVarint(w.body, r.Table)
		if r.Table == 0 {
			w.text(r.Name)
			w.text(r.Key)
		}
	}
}

func (w *blockWriter) outputs(outputs []Output) {
	w.number(uint64(len(outputs)))
	end := int32(0)
	for i := range outputs {
		o := &outputs[i]
		w.text(o.Name)
		flags := byte(0)
		if o.Star {
			flags |= flagStar
		}
		if o.Masked {
			flags |= flagMasked
		}
		if o.Gap {
			flags |= flagGap
		}
		w.body = append(w.body, flags)
		w.body = binary.AppendVarint(w.body, int64(o.Span.Start)-int64(end))
		w.body = binary.AppendVarint(w.body, int64(o.Span.End)-int64(o.Span.Start))
		end = o.Span.End
		w.number(uint64(len(o.Edges)))
		for _, e := range o.Edges {
			w.number(uint64(e.Ref))
			w.text(e.Column)
			w.text(e.Path)
			w.number(uint64(e.Kinds))
			certainty := byte(e.Confidence) & confidenceMask
			if e.Masked {
				certainty |= 1 << confidenceBits
			}
			w.body = append(w.body, certainty)
		}
	}
}

func (w *blockWriter) rows(rows []Use) {
	w.number(uint64(len(rows)))
	for _, u := range rows {
		w.number(uint64(u.Ref))
		w.text(u.Column)
		w.number(uint64(u.Kinds))
		w.body = append(w.body, byte(u.Confidence)&confidenceMask)
	}
}

func (w *blockWriter) issues(issues []Issue) {
	w.number(uint64(len(issues)))
	for _, i := range issues {
		w.text(i.Code)
		w.text(i.Message)
		w.number(uint64(max(i.Line, 0)))
		w.number(uint64(max(i.Column, 0)))
	}
}
