package catalog

import (
	"fmt"
	"strconv"
	"strings"
)

// Prefixes of the ids that users see. Numbers come from one counter per kind
// of thing for the whole installation and are never reused.
const (
	PrefixSchema  = "SCH"
	PrefixImport  = "IMP"
	PrefixTable   = "TBL"
	PrefixProject = "PRJ"
	PrefixTest    = "TST"
	PrefixRun     = "RUN"
	PrefixKey     = "KEY"
	PrefixEdit    = "EDT"
	PrefixUser    = "USR"
	PrefixAudit   = "AUD"
	PrefixSync    = "SYN"
	PrefixJob     = "JOB"

	PrefixIntegration = "INT" // within the server, as that of syncs; users see UUIDs
	PrefixWebhook     = "WHK"
	PrefixDelivery    = "DLV"

	PrefixSession    = "SES"
	PrefixInvitation = "INV" // of all one-time links
)

// FirstSchema is the number of the first schema of an installation.
const FirstSchema = 101

// Ids are integers inside. Outside they carry a prefix: FormatID, ParseID.
type (
	// SchemaID is the number of a schema, SCH-101 outside.
	SchemaID int64
	// ImportID is the number of an import, IMP-7 outside.
	ImportID int64
	// AssetID is the number of an asset; its prefix depends on the kind.
	AssetID int64
	// ProjectID is the number of a dbt project, PRJ-3 outside.
	ProjectID int64
	// TestID is the number of a data test, TST-9 outside.
	TestID int64
	// RunID is the number of a dbt invocation, RUN-4 outside.
	RunID int64
)

func (id SchemaID) String() string  { return FormatID(PrefixSchema, int64(id)) }
func (id ImportID) String() string  { return FormatID(PrefixImport, int64(id)) }
func (id ProjectID) String() string { return FormatID(PrefixProject, int64(id)) }
func (id TestID) String() string    { return FormatID(PrefixTest, int64(id)) }
func (id RunID) String() string     { return FormatID(PrefixRun, int64(id)) }

// Label is the id of an asset as users see it: TBL-12 for tables, EXP-13 for
// an exposure. All assets share one counter.
func (id AssetID) Label(kind Kind) string { return FormatID(kind.Prefix(), int64(id)) }

// FormatID returns an id such as "SCH-101".
func FormatID(prefix string, n int64) string { return prefix + "-" + strconv.FormatInt(n, 10) }

// ParseID reads "SCH-101", case-insensitively, and returns its upper-case prefix
// and its number. ErrNotFound for anything that is not such an id, so that a
// hostile id never reaches a query.
func ParseID(s string) (prefix string, n int64, err error) {
	if len(s) > 24 {
		return "", 0, fmt.Errorf("id of %d bytes: %w", len(s), ErrNotFound)
	}
	head, tail, ok := strings.Cut(s, "-")
	if !ok || len(head) < 2 || len(head) > 5 || len(tail) < 1 || len(tail) > 18 {
		return "", 0, fmt.Errorf("id %q: %w", s, ErrNotFound)
	}
	for _, c := range []byte(head) {
		if (c|0x20) < 'a' || (c|0x20) > 'z' {
			return "", 0, fmt.Errorf("id %q: %w", s, ErrNotFound)
		}
	}
	for _, c := range []byte(tail) {
		if c < '0' || c > '9' {
			return "", 0, fmt.Errorf("id %q: %w", s, ErrNotFound)
		}
	}
	n, err = strconv.ParseInt(tail, 10, 64)
	if err != nil {
		return "", 0, fmt.Errorf("id %q: %w", s, ErrNotFound)
	}
	return strings.ToUpper(head), n, nil
}

// ParseIDOf reads an id that must have the given prefix.
func ParseIDOf(prefix, s string) (int64, error) {
	got, n, err := ParseID(s)
	if err != nil {
		return 0, err
	}
	if got != prefix {
		return 0, fmt.Errorf("id %q: %w", s, ErrNotFound)
	}
	return n, nil
}
