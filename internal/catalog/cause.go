package catalog

import (
	"bytes"
	"cmp"
	"fmt"
	"strconv"
	"time"
)

// CauseKind classifies what made a value change.
type CauseKind string

// The kinds of causes.
const (
	CauseImport  CauseKind = "import"      // ID is that of the import
	CauseCrawl   CauseKind = "crawl"       // ID is that of the sync
	CauseEdit    CauseKind = "edit"        // ID is that of the edit
	CauseRemoval CauseKind = "removal"     // confirmed by a person; ID is that of the import that withheld it
	CauseRevert  CauseKind = "revert"      // of an import by a person; ID is that of the import
	CauseEvents  CauseKind = "openlineage" // events of other programs; ID is that of the job that applied them
)

// Cause is why a value changed. The zero Cause means none.
type Cause struct {
	Kind CauseKind
	ID   int64
}

// IsZero reports whether the cause is unknown. It takes a pointer because an
// encoder that asks a value allocates a copy of it for every column.
func (c *Cause) IsZero() bool { return *c == Cause{} }

// ImportCause returns the cause for an import; the zero Cause for import 0.
func ImportCause(id ImportID) Cause {
	if id == 0 {
		return Cause{}
	}
	return Cause{Kind: CauseImport, ID: int64(id)}
}

// Import returns the import behind the cause; 0 if the cause is not an import.
func (c Cause) Import() ImportID {
	if c.Kind != CauseImport {
		return 0
	}
	return ImportID(c.ID)
}

// Artifacts returns the import whose artifacts are behind the cause: the import
// itself, or the one that withheld a removal. It is 0 for other causes.
func (c Cause) Artifacts() ImportID {
	if c.Kind == CauseRemoval {
		return ImportID(c.ID)
	}
	return c.Import()
}

// compare orders causes in a fixed way that has nothing to do with time.
func (c Cause) compare(o Cause) int {
	return cmp.Or(cmp.Compare(c.Kind, o.Kind), cmp.Compare(c.ID, o.ID))
}

// Label returns the id of the cause as users see it, such as IMP-7; "" without
// a cause.
func (c Cause) Label() string {
	switch c.Kind {
	case "":
		return ""
	case CauseImport, CauseRemoval, CauseRevert:
		return FormatID(PrefixImport, c.ID)
	case CauseCrawl:
		return FormatID(PrefixSync, c.ID)
	case CauseEvents:
		return FormatID(PrefixJob, c.ID)
	}
	return FormatID(PrefixEdit, c.ID)
}

func (c Cause) String() string {
	if c.IsZero() {
		return ""
	}
	return string(c.Kind) + "-" + strconv.FormatInt(c.ID, 10)
}

// AppendText writes a cause in its stored form, "import-7". Stored bodies hold
// one for every described column, so it is short and made without allocation.
func (c Cause) AppendText(b []byte) ([]byte, error) {
	if c.IsZero() {
		return b, nil
	}
	return strconv.AppendInt(append(append(b, c.Kind...), '-'), c.ID, 10), nil
}

// MarshalText is AppendText for encoders that do not append.
func (c Cause) MarshalText() ([]byte, error) { return c.AppendText(nil) }

// UnmarshalJSON reads the stored form, and the bare number of an import that
// bodies held before there were other causes. Bodies of that time are therefore
// never rewritten: the time of an upgrade does not depend on the history.
func (c *Cause) UnmarshalJSON(b []byte) (err error) {
	if string(b) == "null" {
		return nil
	}
	*c, err = parseCause(b)
	return err
}

func parseCause(b []byte) (Cause, error) {
	text, quoted := bytes.CutPrefix(b, []byte{'"'})
	if !quoted {
		id, err := strconv.ParseInt(string(b), 10, 64)
		if err != nil {
			return Cause{}, fmt.Errorf("cause %s: %w", b, ErrInvalid)
		}
		return ImportCause(ImportID(id)), nil
	}
	text = bytes.TrimSuffix(text, []byte{'"'})
	if len(text) == 0 {
		return Cause{}, nil
	}
	dash := bytes.IndexByte(text, '-')
	if dash < 0 {
		return Cause{}, fmt.Errorf("cause %s: %w", b, ErrInvalid)
	}
	id, err := strconv.ParseInt(string(text[dash+1:]), 10, 64)
	if err != nil {
		return Cause{}, fmt.Errorf("cause %s: %w", b, ErrInvalid)
	}
	return Cause{Kind: causeKind(text[:dash]), ID: id}, nil
}

// causeKind returns the constant for a kind where there is one, without
// allocating.
func causeKind(b []byte) CauseKind {
	switch CauseKind(b) {
	case CauseImport:
		return CauseImport
	case CauseCrawl:
		return CauseCrawl
	case CauseEdit:
		return CauseEdit
	case CauseRemoval:
		return CauseRemoval
	case CauseRevert:
		return CauseRevert
	case CauseEvents:
		return CauseEvents
	}
	return CauseKind(b)
}

// Withdrawal is why and when an origin stopped reporting something. The zero
// Withdrawal means that it still reports it. Withdrawals are ordered by At, the
// time of the report that no longer had the thing, never by the order in which
// reports arrived.
type Withdrawal struct {
	Cause Cause
	At    time.Time // zero for columns that became absent before times were kept
}

// IsZero reports whether nothing was withdrawn.
func (w *Withdrawal) IsZero() bool { return *w == Withdrawal{} }

// AppendText writes the stored form, "import-7@1764440000000000", with the time
// in microseconds.
func (w Withdrawal) AppendText(b []byte) ([]byte, error) {
	b, err := w.Cause.AppendText(b)
	if err != nil || w.At.IsZero() {
		return b, err
	}
	return strconv.AppendInt(append(b, '@'), w.At.UnixMicro(), 10), nil
}

// MarshalText is AppendText for encoders that do not append.
func (w Withdrawal) MarshalText() ([]byte, error) { return w.AppendText(nil) }

// UnmarshalJSON reads the stored form, and the bare number of an import; see
// Cause.UnmarshalJSON.
func (w *Withdrawal) UnmarshalJSON(b []byte) (err error) {
	if string(b) == "null" {
		return nil
	}
	head, tail, timed := bytes.Cut(b, []byte{'@'})
	*w = Withdrawal{}
	if w.Cause, err = parseCause(head); err != nil || !timed {
		return err
	}
	at, err := strconv.ParseInt(string(bytes.TrimSuffix(tail, []byte{'"'})), 10, 64)
	if err != nil {
		return fmt.Errorf("withdrawal %s: %w", b, ErrInvalid)
	}
	w.At = time.UnixMicro(at).UTC()
	return nil
}
