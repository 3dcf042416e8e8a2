package dbt

import "math"

// Limits bound what one artifact may cost. A zero field takes the value of [DefaultLimits].
type Limits struct {
	Bytes   int64 // unpacked bytes of the whole file
	Ratio   int64 // unpacked bytes per packed byte
	Depth   int   // nesting of objects and arrays
	Value   int   // bytes of one raw value, such as one node; at most 2 GiB
	Name    int   // bytes of one id or name
	Text    int   // bytes kept of one text; the rest is cut off
	Nodes   int   // nodes, tables or results in one file
	Columns int   // columns of one node or table
}

const (
	kib = 1 << 10
	mib = 1 << 20
	gib = 1 << 30
)

// DefaultLimits returns the limits of one kind of artifact: a manifest may unpack to 1 GiB, every other
// artifact to 256 MiB.
func DefaultLimits(kind Kind) Limits {
	l := Limits{
		Bytes: 256 * mib, Ratio: 200, Depth: 128, Value: 64 * mib, Name: 4 * kib, Text: 256 * kib,
		Nodes: 1_000_000, Columns: 20_000,
	}
	if kind == Manifest {
		l.Bytes = gib
	}
	return l
}

// orDefault fills the zero fields of l.
func (l Limits) orDefault(kind Kind) Limits {
	d := DefaultLimits(kind)
	return Limits{
		Bytes: orElse(l.Bytes, d.Bytes), Ratio: orElse(l.Ratio, d.Ratio), Depth: orElse(l.Depth, d.Depth),
		Value: min(orElse(l.Value, d.Value), math.MaxInt32), Name: orElse(l.Name, d.Name), Text: orElse(l.Text, d.Text),
		Nodes: orElse(l.Nodes, d.Nodes), Columns: orElse(l.Columns, d.Columns),
	}
}

func orElse[T int | int64](v, otherwise T) T {
	if v > 0 {
		return v
	}
	return otherwise
}
