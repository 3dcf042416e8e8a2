package catalog

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"
)

// Stamp is when a report was made. Reports are ordered by their stamps, never by
// the order in which they arrived. The zero Stamp is before every other one.
type Stamp struct {
	At  time.Time
	Tie Hash // decides between reports of one At; it follows from the report
}

// IsZero reports whether the time of the report is unknown.
func (s *Stamp) IsZero() bool { return s.At.IsZero() && s.Tie.IsZero() }

// Compare orders stamps.
func (s Stamp) Compare(o Stamp) int {
	return cmp.Or(s.At.Compare(o.At), bytes.Compare(s.Tie[:], o.Tie[:]))
}

// TieOf makes the tie-breaker of a report: its invocation decides before its content.
func TieOf(invocation string, content Hash) Hash {
	tie := HashOfText(invocation)
	copy(tie[len(tie)/2:], content[:])
	return tie
}

// AppendText writes the stored form: microseconds and, if there is one, the
// tie-breaker in hexadecimal digits.
func (s Stamp) AppendText(b []byte) ([]byte, error) {
	if s.IsZero() {
		return b, nil
	}
	b = strconv.AppendInt(b, s.At.UnixMicro(), 10)
	if !s.Tie.IsZero() {
		b = hex.AppendEncode(append(b, '+'), s.Tie[:])
	}
	return b, nil
}

// MarshalText is AppendText for encoders that do not append.
func (s Stamp) MarshalText() ([]byte, error) { return s.AppendText(nil) }

// UnmarshalText reads what MarshalText writes.
func (s *Stamp) UnmarshalText(b []byte) error {
	*s = Stamp{}
	if len(b) == 0 {
		return nil
	}
	at, tie, tied := bytes.Cut(b, []byte{'+'})
	micros, err := strconv.ParseInt(string(at), 10, 64)
	if err != nil {
		return fmt.Errorf("time of a report %q: %w", b, ErrInvalid)
	}
	s.At = time.UnixMicro(micros).UTC()
	if tied {
		return s.Tie.UnmarshalText(tie)
	}
	return nil
}
