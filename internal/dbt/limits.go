package dbt

import "math"

// Limits bound what one artifact may cost. A zero field takes the value of [DefaultLimits].
type Limits struct {
	Bytes   int64 // unpacked bytes of the whole file
	Ratio   int64 // unpacked bytes per packed byte
	Depth   int   // nesting of objects and arrays
	Value   int   // bytes of one value, such as one node, without blanks and what is cut off; at most 2 GiB
	Name    int   // bytes of one id or name
	Text    int   // bytes kept of one text; the rest is cut off
	Code    int   // bytes kept of one text of any kind, such as SQL
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
		Bytes: 256 * mib, Ratio: 200, Depth: 128, Value: 4 * mib, Name: 4 * kib, Text: 256 * kib,
		Code: mib, Nodes: 1_000_000, Columns: 20_000,
	}
	if kind == Manifest {
		l.Bytes = gib
	}
	return l
}

// orDefault fills the zero fields of l.
func (l Limits) orDefault(kind Kind) Limits {
	d := DefaultLimits(kind)
	d.Code = max(d.Code, l.Text)
	return Limits{
		Bytes: orElse(l.Bytes, d.Bytes), Ratio: orElse(l.Ratio, d.Ratio), Depth: orElse(l.Depth, d.Depth),
		Value: min(orElse(l.Value, d.Value), math.MaxInt32), Name: orElse(l.Name, d.Name), Text: orElse(l.Text, d.Text),
		Code: orElse(l.Code, d.Code), Nodes: orElse(l.Nodes, d.Nodes), Columns: orElse(l.Columns, d.Columns),
	}
}

func tooLong(l Limits) *Error {
	return limitError("value", "a value is larger than "+byteText(int64(l.Value)), "")
}

// mostMembers is how many members an entry may have, and any object that has to be repaired.
const mostMembers = 20_000

func tooManyMembers(at string) *Error {
	e := limitError("members", "an object has more than "+itoa(mostMembers)+" members", "")
	e.Pointer = at
	return e
}

func tooDeep(l Limits) *Error {
	return limitError("depth", "values nest deeper than "+itoa(int64(l.Depth))+" levels", "")
}

// windowed is the length up to which a value is read as it is. Longer ones are condensed while they are read.
func (l Limits) windowed() int { return min(mib, l.Code, l.Value) }

func orElse[T int | int64](v, otherwise T) T {
	if v > 0 {
		return v
	}
	return otherwise
}
